/* frugal/data.h: arrays, tables and genotype files in; tables, genotype files and whole output folders out.
 *
 * Every reader of text accepts gzip, bzip2 and xz without being told, skips a UTF-8 byte order mark, takes \n, \r\n and a missing last
 * line end, and says file and line (and column) of what it could not read. Files that are not what they should be give
 * FR_EINPUT, files that cannot be opened or written FR_EIO.
 */
#ifndef FRUGAL_DATA_H
#define FRUGAL_DATA_H

#include <frugal/core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- whole files ---------------------------------------------------------------------------------------------------- */

/* The bytes of a file, unpacked if it is gzip, bzip2 or xz (known by its first bytes), followed by one '\0' that `size`
 * does not count. Free with fr_free. */
int fr_file_read(const char *path, char **bytes, int64_t *size);
/* Writes through a temporary sibling and rename: the file is there whole or as it was before. */
int fr_file_write(const char *path, const void *bytes, int64_t size);

/* ---- arrays: NumPy .npy ---------------------------------------------------------------------------------------------- */

typedef enum { FR_F64, FR_F32, FR_I64, FR_I32, FR_U8 } fr_dtype;
enum { FR_MAX_DIMENSIONS = 8 };

typedef struct {
    fr_dtype dtype;
    int n_dimensions; /* 0..8 */
    int64_t shape[FR_MAX_DIMENSIONS];
    bool fortran; /* column-major (first index fastest); otherwise row-major */
    void *values; /* owned */
} fr_array;

/* Reads format versions 1 to 3, little-endian f8 f4 i8 i4 u1, C and Fortran order. */
int fr_npy_read(const char *path, fr_array *out);
/* The same from memory; `name` stands for the file in messages. */
int fr_npy_parse(const void *bytes, int64_t size, const char *name, fr_array *out);
int fr_npy_write(const char *path, const fr_array *array);
/* Number of elements; 1 for zero dimensions. */
int64_t fr_array_count(const fr_array *array);
/* The array as doubles in row-major order (converted and transposed as needed). Free with fr_free. */
int fr_array_to_f64(const fr_array *array, double **values);
void fr_array_free(fr_array *array);

/* ---- tables: CSV, TSV, white-space columns ----------------------------------------------------------------------------- */

typedef enum {
    FR_HEADER_AUTO,
    FR_HEADER_YES,
    FR_HEADER_NO
} fr_header; /* AUTO: a first row with a cell that is no number */

typedef struct {
    char delimiter;   /* ',' '\t' ';' ' ' (any white space); 0: chosen from the first line. Default 0 */
    fr_header header; /* default FR_HEADER_AUTO */
    /* skip lines whose first non-blank is '#'. Default true. Blank lines are always skipped */
    bool skip_comments;
} fr_table_settings;

typedef struct {
    int64_t n_rows, n_columns;
    char **names;  /* n_columns column names; NULL without a header */
    char **cells;  /* n_rows * n_columns texts, row-major, trimmed, quotes resolved */
    int64_t *line; /* n_rows line numbers, 1-based */
    char *file;    /* for messages */
    char *text;    /* what the cells point into */
} fr_table;

void fr_table_settings_default(fr_table_settings *settings);
/* settings may be NULL. Every row must have as many cells as the first. */
int fr_table_read(const char *path, const fr_table_settings *settings, fr_table *out);
int fr_table_parse(const char *bytes, int64_t size, const char *name, const fr_table_settings *settings,
                   fr_table *out);
/* Index of the named column (case-sensitive), or FR_EINPUT naming the columns there are. */
int fr_table_column(const fr_table *table, const char *name, int64_t *column);
/* One cell as a finite number / a whole number; the message says file, line, column and what was found. */
int fr_table_f64(const fr_table *table, int64_t row, int64_t column, double *value);
int fr_table_i64(const fr_table *table, int64_t row, int64_t column, int64_t *value);
const char *fr_table_text(const fr_table *table, int64_t row, int64_t column);
void fr_table_free(fr_table *table);

/* A CSV file being written; a failure (or a row that has not as many cells as the header) is remembered and told by
 * fr_csv_close, which puts the finished file in place. Doubles are written with the fewest digits that read back as the
 * same number; not-a-number as an empty cell; text is quoted where it needs to be. `header` is written as it is; NULL for
 * none. */
typedef struct fr_csv fr_csv;
int fr_csv_create(const char *path, const char *header, fr_csv **out);
void fr_csv_f64(fr_csv *csv, double value);
void fr_csv_i64(fr_csv *csv, int64_t value);
void fr_csv_text(fr_csv *csv, const char *text);
void fr_csv_end_row(fr_csv *csv);
int fr_csv_close(fr_csv *csv); /* NULL is fine; frees csv in any case */

/* ---- genotypes: PLINK 1 binary ------------------------------------------------------------------------------------------- */

/* An opened fileset PREFIX.bed/.bim/.fam. Genotypes stay in the file (mapped into memory) until they are asked for. */
typedef struct {
    int64_t n_samples, n_snps;
    char **family_id, **sample_id; /* n_samples, .fam columns 1 and 2 */
    char **chromosome, **snp_id;   /* n_snps, .bim columns 1 and 2 */
    int64_t *position;             /* n_snps, base pairs */
    char **allele1, **allele2;     /* n_snps, .bim columns 5 and 6 */
    int64_t bytes_per_snp;         /* ceil(n_samples / 4) */
    const uint8_t *genotypes;      /* n_snps * bytes_per_snp packed bytes, after the three magic bytes */
    void *owned;                   /* private */
} fr_plink;

/* `prefix` with or without the ending .bed. */
int fr_plink_open(const char *prefix, fr_plink *out);
void fr_plink_close(fr_plink *plink);
/* Dosages of allele 1 (0, 1, 2; -1 missing) of one SNP: n_samples values. */
void fr_plink_dosages(const fr_plink *plink, int64_t snp, int8_t *dosage);
/* Checks the three parts in memory (what _open does with the files); for tests and fuzzing. `out` borrows `bed`. */
int fr_plink_parse(const char *name, const void *bed, int64_t bed_size, const char *bim, int64_t bim_size,
                   const char *fam, int64_t fam_size, fr_plink *out);

/* Writes a fileset from dosages[snp * n_samples + sample] in {0, 1, 2, -1}. Any of the text columns may be NULL: ids
 * become sample1.. and snp1.., chromosome 1, position the SNP's number, alleles A and G. */
int fr_plink_write(const char *prefix, int64_t n_samples, int64_t n_snps, const int8_t *dosages,
                   char *const *family_id, char *const *sample_id, char *const *snp_id);

/* ---- output folders -------------------------------------------------------------------------------------------------------- */

/* A result folder that appears whole or not at all: files are written into PATH.partial, which _commit renames to PATH. */
typedef struct {
    char *path, *partial; /* owned */
    bool force;
    void *names; /* private */
} fr_output;

/* FR_EUSAGE if `path` exists and not `force`; with it, only an empty folder or one that holds a summary.json is
 * replaced, so that a slip of the hand cannot cost a folder of other things. A PATH.partial left by an unfinished run is
 * kept with `resume` (and only then may it exist, unless `force`). Makes the folder PATH.partial. */
int fr_output_begin(const char *path, bool force, bool resume, fr_output *out);
/* Path of a file inside the folder; "figures/map.svg" makes the sub-folder. The result lives until _free; NULL on failure. */
const char *fr_output_file(fr_output *output, const char *name);
/* Puts the folder in place (an old one goes away only then). */
int fr_output_commit(fr_output *output);
/* Gives up: removes PATH.partial, or keeps it for --resume. */
void fr_output_abandon(fr_output *output, bool keep);
void fr_output_free(fr_output *output);

#ifdef __cplusplus
}
#endif
#endif
