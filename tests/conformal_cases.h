/* What the tests of conformal prediction share: the files of oracles/conformal, random regression data, comparison of
 * sets. What is missing or misshapen fails the running test. */
#ifndef FRUGAL_TESTS_CONFORMAL_CASES_H
#define FRUGAL_TESTS_CONFORMAL_CASES_H

#include <frugal/conformal.h>

#include <jansson.h>

/* ---- reference files ---- */

/* oracles/conformal/NAME as numbers, row by row; free with fr_free. `rows`, `columns` may be NULL; a vector has one column. */
double *conformal_npy(const char *name, int64_t *rows, int64_t *columns);
/* The same of whole numbers. */
int64_t *conformal_npy_whole(const char *name, int64_t *count);
/* oracles/conformal/NAME, parsed; release with json_decref. */
json_t *conformal_json(const char *name);
/* A member of an object; fails if there is none. */
json_t *conformal_member(const json_t *object, const char *member);
/* A number, "inf" or "-inf". */
double conformal_value(const json_t *value);
double conformal_number(const json_t *object, const char *member);
/* The numbers of a list, or of a list of lists one behind the other; free with fr_free. `count` may be NULL. */
double *conformal_numbers(const json_t *list, int64_t *count);
int64_t *conformal_whole(const json_t *list, int64_t *count);

/* ---- comparison ---- */

/* Equal, which infinite numbers can be, or within an absolute tolerance. */
void assert_end(double got, double expected, double tolerance);

/* Pieces against a list of [lower, upper] (or one such pair), within an absolute tolerance. */
void assert_pieces(int64_t count, const fr_interval *got, const json_t *expected, double tolerance);
void assert_pieces_equal(int64_t count, const fr_interval *got, int64_t expected_count,
                         const fr_interval *expected, double tolerance);
/* The set of a test point at a level (by number) of a result. */
void assert_set(const fr_conformal_result *result, int64_t point, int64_t level, const json_t *expected,
                double tolerance);
const fr_interval *set_of(const fr_conformal_result *result, int64_t point, int64_t level, int64_t *count);
bool set_holds(const fr_conformal_result *result, int64_t point, int64_t level, double y);
/* Fails unless the pieces ascend, the statuses say what the pieces are and smaller levels give larger sets. */
void check_sets(const fr_conformal_result *result);
/* Fails unless both hold the same bytes, the seconds aside. */
void assert_sets_identical(const fr_conformal_result *a, const fr_conformal_result *b);

/* ---- random regressions ---- */

typedef struct {
    fr_conformal_data data;
    double *x, *y, *x_test, *y_test;
} conformal_case;
/* y = x'b + noise, x and noise standard normal, b = 1 for the first `signals` features. Free with conformal_case_free. */
void random_conformal_case(uint64_t seed, int64_t n, int64_t p, int64_t m, int64_t signals,
                           conformal_case *out);
void conformal_case_free(conformal_case *data);

/* Fails if so few successes had a chance below 1e-6 (exact binomial) with the success probability `least`, or so many
 * with `most`; 1 where there is no upper limit. */
void assert_chance(int64_t successes, int64_t trials, double least, double most);

#endif
