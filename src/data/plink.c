/* PLINK 1 binary filesets. PREFIX.bed holds, after the bytes 6c 1b 01, one block of ceil(n/4) bytes per SNP; sample k has
 * bits 2(k%4) and up of byte k/4: 0 = two copies of allele 1, 1 = missing, 2 = one copy, 3 = none. Genotypes stay in the
 * mapped file; the text of .bim and .fam is kept once, cut in place, with pointers into it. */
#include <frugal/data.h>

#include "lines.h"
#include "number.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { n_bim_columns = 6, n_fam_columns = 6 };

/* What an opened fileset owns besides the lists of pointers. */
typedef struct {
    char *bim, *fam; /* texts that the ids point into */
    char *bed;       /* bytes of a .bed that could not be mapped */
    void *map;
    size_t map_size;
} plink_parts;

void fr_plink_close(fr_plink *plink)
{
    if (plink == NULL) return;
    plink_parts *parts = plink->owned;
    if (parts != NULL) {
        if (parts->map != NULL) munmap(parts->map, parts->map_size);
        fr_free(parts->bim);
        fr_free(parts->fam);
        fr_free(parts->bed);
        fr_free(parts);
    }
    fr_free(plink->family_id);
    fr_free(plink->sample_id);
    fr_free(plink->chromosome);
    fr_free(plink->snp_id);
    fr_free(plink->position);
    fr_free(plink->allele1);
    fr_free(plink->allele2);
    *plink = (fr_plink){0};
}

/* ---- .bim and .fam ---- */

static int64_t count_rows(const char *text, int64_t size)
{
    fr_text lines;
    fr_text_start(&lines, text, size);
    int64_t n = 0;
    while (fr_text_next(&lines)) {
        int64_t i = 0;
        while (i < lines.length && fr_is_blank(lines.text[i]))
            i++;
        n += i < lines.length;
    }
    return n;
}

/* Goes to the next line that is not blank and cuts it into `n_columns` terminated words. `*more` is false at the end. */
static int next_row(fr_text *lines, const char *name, int n_columns, const char *meaning, char **column,
                    bool *more)
{
    const char *word[8];
    int64_t length[8], found = 0;
    do
        *more = fr_text_next(lines);
    while (*more && (found = fr_line_words(lines->text, lines->length, n_columns, word, length)) == 0);
    if (!*more) return FR_OK;
    if (found != n_columns)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": expected %d columns (%s), found %" PRId64, name,
                       lines->number, n_columns, meaning, found);
    for (int i = 0; i < n_columns; i++) {
        column[i] = (char *)(uintptr_t)word[i]; /* the text belongs to the fileset, which may cut it */
        column[i][length[i]] = '\0';
    }
    return FR_OK;
}

/* The text must have room for one more byte behind its end. */
static int read_fam(const char *name, char *text, int64_t size, fr_plink *out)
{
    int status = fr_text_check(name, text, size);
    if (status != FR_OK) return status;
    int64_t n = out->n_samples = count_rows(text, size);
    if (n == 0) return fr_fail(FR_EINPUT, "%s: no samples, only blank lines", name);
    out->family_id = fr_alloc(n, sizeof *out->family_id);
    out->sample_id = fr_alloc(n, sizeof *out->sample_id);
    if (out->family_id == NULL || out->sample_id == NULL) return FR_ENOMEM;
    fr_text lines;
    fr_text_start(&lines, text, size);
    char *column[n_fam_columns] = {0};
    bool more;
    for (int64_t i = 0;; i++) {
        status = next_row(&lines, name, n_fam_columns, "family, sample, father, mother, sex, phenotype",
                          column, &more);
        if (status != FR_OK || !more) return status;
        out->family_id[i] = column[0];
        out->sample_id[i] = column[1];
    }
}

static int read_bim(const char *name, char *text, int64_t size, fr_plink *out)
{
    int status = fr_text_check(name, text, size);
    if (status != FR_OK) return status;
    int64_t n = out->n_snps = count_rows(text, size);
    if (n == 0) return fr_fail(FR_EINPUT, "%s: no SNPs, only blank lines", name);
    out->chromosome = fr_alloc(n, sizeof *out->chromosome);
    out->snp_id = fr_alloc(n, sizeof *out->snp_id);
    out->position = fr_alloc(n, sizeof *out->position);
    out->allele1 = fr_alloc(n, sizeof *out->allele1);
    out->allele2 = fr_alloc(n, sizeof *out->allele2);
    if (out->chromosome == NULL || out->snp_id == NULL || out->position == NULL || out->allele1 == NULL ||
        out->allele2 == NULL)
        return FR_ENOMEM;
    fr_text lines;
    fr_text_start(&lines, text, size);
    char *column[n_bim_columns] = {0};
    bool more;
    for (int64_t i = 0;; i++) {
        status = next_row(&lines, name, n_bim_columns,
                          "chromosome, SNP id, centimorgans, position, allele 1, allele 2", column, &more);
        if (status != FR_OK || !more) return status;
        if (!fr_number_i64(column[3], (int64_t)strlen(column[3]), &out->position[i]))
            return fr_fail(FR_EINPUT,
                           "%s:%" PRId64
                           ": column 4: expected a position in base pairs (a whole number), found '%.40s'",
                           name, lines.number, column[3]);
        out->chromosome[i] = column[0];
        out->snp_id[i] = column[1];
        out->allele1[i] = column[4];
        out->allele2[i] = column[5];
    }
}

/* ---- .bed ---- */

static int check_bed(const char *name, const uint8_t *bed, int64_t size, fr_plink *out)
{
    if (size < 3)
        return fr_fail(FR_EINPUT, "%s: expected at least 3 bytes, found %" PRId64 ": the file is truncated",
                       name, size);
    if (bed[0] != 0x6c || bed[1] != 0x1b)
        return fr_fail(FR_EINPUT, "%s: starts with the bytes %02x %02x, a PLINK 1 .bed file with 6c 1b", name,
                       bed[0], bed[1]);
    if (bed[2] == 0x00)
        return fr_fail(
            FR_EINPUT,
            "%s: genotypes are stored individual by individual (an old layout); convert the fileset with "
            "'plink --bfile OLD --make-bed --out NEW'",
            name);
    if (bed[2] != 0x01)
        return fr_fail(FR_EINPUT, "%s: the third byte is %02x, expected 01 (SNP by SNP)", name, bed[2]);
    int64_t expected;
    out->bytes_per_snp = (out->n_samples + 3) / 4;
    int status = fr_size_mul(out->n_snps, out->bytes_per_snp, &expected);
    if (status == FR_OK) status = fr_size_add(expected, 3, &expected);
    if (status != FR_OK) return status;
    if (size != expected)
        return fr_fail(
            FR_EINPUT,
            "%s: expected %" PRId64 " bytes for %" PRId64 " samples (.fam) and %" PRId64
            " SNPs (.bim), found %" PRId64 ": the file is %s, or .bim or .fam belong to another one",
            name, expected, out->n_samples, out->n_snps, size, size < expected ? "truncated" : "too long");
    out->genotypes = bed + 3;
    return FR_OK;
}

/* ---- the fileset ---- */

/* `name` is the prefix that messages extend by .fam, .bim, .bed. Needs out->owned->bim and ->fam. */
static int check_parts(const char *bed_name, const void *bed, int64_t bed_size, const char *bim_name,
                       int64_t bim_size, const char *fam_name, int64_t fam_size, fr_plink *out)
{
    plink_parts *parts = out->owned;
    int status = read_fam(fam_name, parts->fam, fam_size, out);
    if (status == FR_OK) status = read_bim(bim_name, parts->bim, bim_size, out);
    if (status == FR_OK) status = check_bed(bed_name, bed, bed_size, out);
    return status;
}

/* `name` with `ending` behind it. */
static char *extend(const char *name, int64_t length, const char *ending)
{
    int64_t more = (int64_t)strlen(ending);
    char *path = fr_alloc(length + more + 1, 1);
    if (path == NULL) return NULL;
    memcpy(path, name, (size_t)length);
    memcpy(path + length, ending, (size_t)more);
    return path;
}

static char *copy_text(const char *text, int64_t size)
{
    char *copy = size < INT64_MAX ? fr_alloc(size + 1, 1) : NULL;
    if (copy != NULL && size > 0) memcpy(copy, text, (size_t)size);
    return copy;
}

int fr_plink_parse(const char *name, const void *bed, int64_t bed_size, const char *bim, int64_t bim_size,
                   const char *fam, int64_t fam_size, fr_plink *out)
{
    *out = (fr_plink){0};
    int64_t length = (int64_t)strlen(name);
    char *bed_name = extend(name, length, ".bed"), *bim_name = extend(name, length, ".bim");
    char *fam_name = extend(name, length, ".fam");
    plink_parts *parts = out->owned = fr_alloc(1, sizeof *parts);
    int status = FR_ENOMEM;
    if (bed_name == NULL || bim_name == NULL || fam_name == NULL || parts == NULL) goto done;
    parts->bim = copy_text(bim, bim_size);
    parts->fam = copy_text(fam, fam_size);
    if (parts->bim == NULL || parts->fam == NULL) goto done;
    status = check_parts(bed_name, bed, bed_size, bim_name, bim_size, fam_name, fam_size, out);
done:
    fr_free(bed_name);
    fr_free(bim_name);
    fr_free(fam_name);
    if (status != FR_OK) fr_plink_close(out);
    return status;
}

/* PREFIX + ending, or PREFIX + ending + .gz where only that exists. */
static char *find_part(const char *prefix, int64_t length, const char *ending)
{
    char *path = extend(prefix, length, ending);
    if (path == NULL || access(path, F_OK) == 0) return path;
    char *packed = extend(path, (int64_t)strlen(path), ".gz");
    bool there = packed != NULL && access(packed, F_OK) == 0;
    fr_free(there ? path : packed);
    return there ? packed : path;
}

/* Maps a plain .bed; anything else (gzip, a pipe) is read whole. */
static int open_bed(const char *path, plink_parts *parts, const void **bed, int64_t *size)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fr_fail(FR_EIO, "cannot open %s: %s", path, strerror(errno));
    struct stat about;
    uint8_t magic[2];
    bool mappable = fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) &&
                    pread(descriptor, magic, 2, 0) == 2 && !(magic[0] == 0x1f && magic[1] == 0x8b);
    if (mappable) {
        void *map = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (map != MAP_FAILED) {
            parts->map = map;
            parts->map_size = (size_t)about.st_size;
            *bed = map;
            *size = about.st_size;
        }
    }
    close(descriptor);
    if (parts->map != NULL) return FR_OK;
    int status = fr_file_read(path, &parts->bed, size);
    *bed = parts->bed;
    return status;
}

static int64_t prefix_length(const char *prefix)
{
    static const char *const endings[] = {".bed", ".bed.gz"};
    size_t length = strlen(prefix);
    for (size_t i = 0; i < 2; i++) {
        size_t ending = strlen(endings[i]);
        if (length > ending && strcmp(prefix + length - ending, endings[i]) == 0)
            return (int64_t)(length - ending);
    }
    return (int64_t)length;
}

int fr_plink_open(const char *prefix, fr_plink *out)
{
    *out = (fr_plink){0};
    int64_t length = prefix_length(prefix), bed_size = 0, bim_size = 0, fam_size = 0;
    const void *bed = NULL;
    char *bed_path = find_part(prefix, length, ".bed"), *bim_path = find_part(prefix, length, ".bim");
    char *fam_path = find_part(prefix, length, ".fam");
    plink_parts *parts = out->owned = fr_alloc(1, sizeof *parts);
    int status = FR_ENOMEM;
    if (bed_path == NULL || bim_path == NULL || fam_path == NULL || parts == NULL) goto done;
    status = open_bed(bed_path, parts, &bed, &bed_size);
    if (status == FR_OK) status = fr_file_read(bim_path, &parts->bim, &bim_size);
    if (status == FR_OK) status = fr_file_read(fam_path, &parts->fam, &fam_size);
    if (status == FR_OK)
        status = check_parts(bed_path, bed, bed_size, bim_path, bim_size, fam_path, fam_size, out);
done:
    fr_free(bed_path);
    fr_free(bim_path);
    fr_free(fam_path);
    if (status != FR_OK) fr_plink_close(out);
    return status;
}

/* Four dosages at once: the two-bit codes of a byte are spread to the four bytes of a word, lowest first. Per lane, with
 * code = 2 high + low: dosage = 2 - high - high low, and all bits set (-1) where low = 1, high = 0. */
static uint32_t decode_byte(uint8_t packed)
{
    uint32_t lanes = packed;
    lanes = (lanes | lanes << 12) & 0x000F000F;
    lanes = (lanes | lanes << 6) & 0x03030303;
    uint32_t low = lanes & 0x01010101, high = lanes >> 1 & 0x01010101;
    return (0x02020202 - high - (high & low)) | (low & ~high) * 0xFF;
}

void fr_plink_dosages(const fr_plink *plink, int64_t snp, int8_t *dosage)
{
    const uint8_t *packed = plink->genotypes + snp * plink->bytes_per_snp;
    int64_t n = plink->n_samples, full = n / 4;
    for (int64_t i = 0; i < full; i++) {
        uint32_t four = decode_byte(packed[i]);
        for (int lane = 0; lane < 4; lane++)
            dosage[4 * i + lane] = (int8_t)(four >> 8 * lane & 0xFF);
    }
    for (int64_t k = 4 * full; k < n; k++)
        dosage[k] = (int8_t)(decode_byte(packed[full]) >> 8 * (k - 4 * full) & 0xFF);
}
