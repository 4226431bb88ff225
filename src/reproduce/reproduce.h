/* Experiments of the papers: each computes a table of quantities and sets them beside what the paper reports and what an
 * independent computation gave. */
#ifndef FRUGAL_REPRODUCE_REPRODUCE_H
#define FRUGAL_REPRODUCE_REPRODUCE_H

#include <frugal/core.h>

/* ---- the comparison ------------------------------------------------------------------------------------------------- */

typedef enum {
    REPRODUCE_AGREES,
    REPRODUCE_DIFFERS,
    REPRODUCE_OPEN /* nothing to be judged by */
} reproduce_verdict;

/* One quantity in one setting. Numbers that there are not are NaN. */
typedef struct {
    char table[32]; /* rows of a table stand together */
    char setting[96];
    char quantity[48];
    double reported;                 /* by the paper or its authors */
    double expected, expected_error; /* by an independent computation, with its standard error */
    double obtained, obtained_error; /* here */
    double tolerance; /* |obtained - expected| allowed; without an expected number: the reported one */
    reproduce_verdict verdict;
} reproduce_row;

typedef struct {
    int64_t n, room;
    reproduce_row *rows;
} reproduce_comparison;

/* Mean of values[0], values[stride], ... (n of them) and its standard error; NaN for that of fewer than two. */
void reproduce_mean(const double *values, int64_t n, int64_t stride, double *mean, double *error);
/* Appends a copy of the row with its verdict. */
int reproduce_add(reproduce_comparison *comparison, const reproduce_row *row);
/* The row of that name; NULL if there is none. */
const reproduce_row *reproduce_find_row(const reproduce_comparison *comparison, const char *table,
                                        const char *setting, const char *quantity);
int64_t reproduce_count(const reproduce_comparison *comparison, reproduce_verdict verdict);
/* "agrees", "differs" or "open" */
const char *reproduce_verdict_text(reproduce_verdict verdict);
/* comparison.csv: table,setting,quantity,reported,expected,expected_error,obtained,obtained_error,tolerance,verdict */
int reproduce_write(const reproduce_comparison *comparison, const char *path);
int reproduce_read(const char *path, reproduce_comparison *out);
void reproduce_comparison_free(reproduce_comparison *comparison);

/* ---- experiments ---------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *data;  /* folder of the inputs; NULL: not given */
    const char *graph; /* "johnshopkins", "sfld", "ppi" or "all". Default "all" */
    /* every member of a target, also where the expected numbers are of a part. Default false */
    bool all_seeds;
    int64_t replicates; /* random graphs per setting, at least 2. Default 20 */
    int64_t trials;     /* data sets per setting of the tcp experiments, at least 2. Default 60 */
    bool full;          /* as much as the paper: 500 trials, every value of a sweep. Default false */
    uint64_t seed;      /* Default 1 */
} reproduce_settings;
void reproduce_settings_default(reproduce_settings *settings);

enum { REPRODUCE_MOST_INPUTS = 8, REPRODUCE_MOST_FIGURES = 4 };

/* The files that an experiment reads. */
typedef struct {
    int64_t n;
    char *path[REPRODUCE_MOST_INPUTS]; /* owned */
} reproduce_inputs;
void reproduce_inputs_free(reproduce_inputs *inputs);
/* FOLDER/NAME or FOLDER/NAME.gz, whichever there is; *path (release with fr_free) is NULL if neither. */
int reproduce_find_file(const char *folder, const char *name, char **path);

typedef struct {
    const char *stem, *caption;
} reproduce_figure;

typedef struct {
    const char *name;
    const char *purpose; /* one line, without full stop */
    const char *shows;   /* a paragraph: what is computed, and what it shows */
    const char *needs;   /* inputs in words; NULL: none */
    const char *paper;
    const char *const
        *options; /* names of the options of `frugal reproduce` that mean something to it; NULL-terminated */
    /* Names the input files; FR_EINPUT says which one is missing and where it comes from. NULL: none are read. */
    int (*find_inputs)(const reproduce_settings *settings, reproduce_inputs *out);
    /* Computes all rows; finished parts are kept in the journal (may be NULL). All ranks call it and get all rows. */
    int (*run)(const reproduce_settings *settings, fr_journal *journal, reproduce_comparison *out);
    reproduce_figure figures[REPRODUCE_MOST_FIGURES]; /* ends with an empty stem if there are fewer */
    /* Draws one of the figures to STEM.svg and STEM.png; does nothing if it has no row of it. */
    int (*draw)(const reproduce_comparison *comparison, int figure, const char *stem);
} reproduce_experiment;

/* NULL-terminated. */
extern const reproduce_experiment *const reproduce_experiments[];
/* NULL and FR_EUSAGE if there is none of that name: the message lists them. */
const reproduce_experiment *reproduce_find(const char *name);

extern const reproduce_experiment reproduce_cluster_model, reproduce_cluster_f1, reproduce_tcp_table1,
    reproduce_tcp_bike, reproduce_tcp_figures;

#endif
