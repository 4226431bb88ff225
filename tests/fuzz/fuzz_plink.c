/* PLINK filesets. The input's first two bytes are the sizes of the .bim and the .fam that follow; the rest is the .bed. */
#include <frugal/data.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Every genotype, into room that the address sanitizer watches. */
static void decode(const fr_plink *plink)
{
    int8_t *dosage = malloc((size_t)plink->n_samples);
    if (dosage == NULL) return;
    for (int64_t snp = 0; snp < plink->n_snps; snp++) {
        fr_plink_dosages(plink, snp, dosage);
        for (int64_t k = 0; k < plink->n_samples; k++)
            if (dosage[k] < -1 || dosage[k] > 2) __builtin_trap();
    }
    free(dosage);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2) return 0;
    size_t bim_size = bytes[0], fam_size = bytes[1];
    if (size - 2 < bim_size + fam_size) return 0;
    const uint8_t *bim = bytes + 2, *fam = bim + bim_size, *bed = fam + fam_size;
    fr_plink plink;
    if (fr_plink_parse("fuzz", bed, (int64_t)(bytes + size - bed), (const char *)bim, (int64_t)bim_size,
                       (const char *)fam, (int64_t)fam_size, &plink) != FR_OK)
        return 0;
    decode(&plink);
    fr_plink_close(&plink);
    return 0;
}
