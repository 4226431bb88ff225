/* PLINK 1 binary filesets out: .bed SNP by SNP, .bim, .fam; all three are written before any takes its place. */
#include <frugal/data.h>

#include "file.h"

#include <inttypes.h>
#include <string.h>

static void put_text(fr_file *file, const char *text)
{
    fr_file_put(file, text, (int64_t)strlen(text));
}

static void put_number(fr_file *file, int64_t number)
{
    char text[32];
    fr_file_put(file, text, snprintf(text, sizeof text, "%" PRId64, number));
}

/* A text column, or prefix1, prefix2, .. without one. */
static void put_id(fr_file *file, char *const *ids, const char *prefix, int64_t i)
{
    if (ids != NULL) {
        put_text(file, ids[i]);
    } else {
        put_text(file, prefix);
        put_number(file, i + 1);
    }
}

static int check_ids(char *const *ids, const char *meaning, int64_t n)
{
    for (int64_t i = 0; ids != NULL && i < n; i++)
        if (ids[i] == NULL || *ids[i] == '\0' || strpbrk(ids[i], " \t\r\n\v\f") != NULL)
            return fr_fail(FR_EINPUT,
                           "%s %" PRId64
                           " ('%.40s') is empty or holds white space, which PLINK files cannot store",
                           meaning, i + 1, ids[i] == NULL ? "" : ids[i]);
    return FR_OK;
}

/* The block of one SNP: two bits a sample, the first sample lowest. */
static int pack(const int8_t *dosage, int64_t n_samples, int64_t snp, uint8_t *block)
{
    static const uint8_t code_of[4] = {1, 3, 2, 0}; /* of dosage + 1 */
    memset(block, 0, (size_t)((n_samples + 3) / 4));
    for (int64_t k = 0; k < n_samples; k++) {
        if (dosage[k] < -1 || dosage[k] > 2)
            return fr_fail(FR_EUSAGE,
                           "dosage %d of SNP %" PRId64 ", sample %" PRId64 " is none of 0, 1, 2, -1",
                           dosage[k], snp + 1, k + 1);
        block[k / 4] |= (uint8_t)(code_of[dosage[k] + 1] << 2 * (k % 4));
    }
    return FR_OK;
}

static int put_bed(fr_file *file, int64_t n_samples, int64_t n_snps, const int8_t *dosages)
{
    int64_t block_size = (n_samples + 3) / 4;
    uint8_t *block = fr_alloc(block_size, 1);
    int status = block == NULL ? FR_ENOMEM : FR_OK;
    fr_file_put(file, "\x6c\x1b\x01", 3);
    for (int64_t snp = 0; snp < n_snps && status == FR_OK; snp++) {
        status = pack(dosages + snp * n_samples, n_samples, snp, block);
        fr_file_put(file, block, block_size);
    }
    fr_free(block);
    return status;
}

static void put_bim(fr_file *file, int64_t n_snps, char *const *snp_id)
{
    for (int64_t i = 0; i < n_snps; i++) {
        put_text(file, "1\t");
        put_id(file, snp_id, "snp", i);
        put_text(file, "\t0\t");
        put_number(file, i + 1);
        put_text(file, "\tA\tG\n");
    }
}

static void put_fam(fr_file *file, int64_t n_samples, char *const *family_id, char *const *sample_id)
{
    for (int64_t i = 0; i < n_samples; i++) {
        put_id(file, family_id != NULL ? family_id : sample_id, "sample", i);
        put_text(file, "\t");
        put_id(file, sample_id, "sample", i);
        put_text(file, "\t0\t0\t0\t-9\n");
    }
}

/* Opens PREFIX + ending. */
static int create(const char *prefix, const char *ending, fr_file *file)
{
    size_t length = strlen(prefix);
    char *path = fr_alloc((int64_t)(length + strlen(ending) + 1), 1);
    if (path == NULL) return FR_ENOMEM;
    memcpy(path, prefix, length);
    memcpy(path + length, ending, strlen(ending) + 1);
    int status = fr_file_create(path, file);
    fr_free(path);
    return status;
}

int fr_plink_write(const char *prefix, int64_t n_samples, int64_t n_snps, const int8_t *dosages,
                   char *const *family_id, char *const *sample_id, char *const *snp_id)
{
    static const char *const endings[] = {".bed", ".bim", ".fam"};
    fr_file file[3] = {0};
    if (n_samples < 1 || n_snps < 1)
        return fr_fail(FR_EUSAGE, "a PLINK fileset needs at least one sample and one SNP");
    int status = check_ids(family_id, "family id", n_samples);
    if (status == FR_OK) status = check_ids(sample_id, "sample id", n_samples);
    if (status == FR_OK) status = check_ids(snp_id, "SNP id", n_snps);
    for (int i = 0; i < 3 && status == FR_OK; i++)
        status = create(prefix, endings[i], &file[i]);
    if (status == FR_OK) status = put_bed(&file[0], n_samples, n_snps, dosages);
    if (status == FR_OK) {
        put_bim(&file[1], n_snps, snp_id);
        put_fam(&file[2], n_samples, family_id, sample_id);
    }
    for (int i = 2; i >= 0; i--) { /* the .bed last: it is what readers look for first */
        if (status == FR_OK)
            status = fr_file_commit(&file[i]);
        else
            fr_file_discard(&file[i]);
    }
    return status;
}
