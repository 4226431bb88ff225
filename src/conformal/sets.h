/* What all methods that give sets of numbers share: checks of the inputs, the result that is filled point by point, random halves. */
#ifndef FRUGAL_CONFORMAL_SETS_H
#define FRUGAL_CONFORMAL_SETS_H

#include <frugal/conformal.h>

/* FR_EUSAGE for sizes, FR_EINPUT for numbers that are not finite (row and column named). */
int conformal_check_data(const fr_conformal_data *data);
/* `count` values, `columns` in a row; `name` stands for the array in the message. */
int conformal_check_finite(const char *name, int64_t count, int64_t columns, const double *values);
/* FR_EUSAGE unless there is a level and all lie in (0, 1). */
int conformal_check_alphas(int64_t n_alphas, const double *alphas);
/* Tells the observer if a level is below 1 / (n_scores), where every set is everything; `what`: what that means, "the sets are ...". */
void conformal_warn_small_alphas(int64_t n_alphas, const double *alphas, int64_t n_scores, const char *what);

/* The sets while they are being found. */
typedef struct {
    int64_t count;
    fr_interval only; /* of a single piece; several are at `all` */
    fr_interval *all;
} conformal_set;
typedef struct {
    int64_t m, n_alphas;
    conformal_set *set; /* m * n_alphas */
} conformal_sets;

/* Checks the levels (NULL: 0.1 alone) and makes the arrays that every result has: levels, status, centre (NaN), guarantee (NaN).
 * On failure there is nothing to free. */
int conformal_sets_new(int64_t m, int64_t n_alphas, const double *alphas, conformal_sets *sets,
                       fr_conformal_result *out);
void conformal_sets_free(conformal_sets *sets);
/* The set of a test point at a level (by number); any thread, each set once. */
int conformal_sets_put(conformal_sets *sets, fr_conformal_result *out, int64_t point, int64_t level,
                       int64_t count, const fr_interval *pieces, bool on_grid);
/* The interval [lower, upper], nothing if it is empty. */
int conformal_sets_put_interval(conformal_sets *sets, fr_conformal_result *out, int64_t point, int64_t level,
                                double lower, double upper);
/* Sets and centres of `count` test points from `first` on as a block of bytes of that size, for other processes. */
int64_t conformal_sets_packed_size(int64_t n_alphas, int64_t count);
/* False: a set has more pieces than the block holds. */
bool conformal_sets_pack(const conformal_sets *sets, const fr_conformal_result *out, int64_t first,
                         int64_t count, void *block);
int conformal_sets_unpack(conformal_sets *sets, fr_conformal_result *out, int64_t first, int64_t count,
                          const void *block);
/* Puts the pieces of all sets one behind the other. */
int conformal_sets_join(conformal_sets *sets, fr_conformal_result *out);

/* floor(n/2) random rows get the flag 1, the others 0. */
int conformal_random_half(int64_t n, uint64_t seed, uint8_t *flags);
/* Folds 0..n_folds-1 of random rows, sizes at most one apart. */
int conformal_random_folds(int64_t n, int64_t n_folds, uint64_t seed, int64_t *fold);

#endif
