/* The FEEMS data sets with reference values, and access to the files of oracles/feems. What is missing or misshapen fails
 * the running test. */
#ifndef FRUGAL_TESTS_ORACLE_FEEMS_H
#define FRUGAL_TESTS_ORACLE_FEEMS_H

#include <frugal/feems.h>

#include <jansson.h>

typedef enum { TINY4, WOLVES_250, WOLVES_100, BARRIER } feems_set;

/* Graph, places, genotypes and their statistics; without filters. */
typedef struct {
    fr_feems_graph graph;
    fr_points samples;
    fr_plink plink;
    fr_feems_data data;
} feems_input;
void feems_input_load(feems_set set, feems_input *out);
void feems_input_free(feems_input *input);

/* oracles/feems/NAME, parsed; release with json_decref. */
json_t *oracle_json(const char *name);
/* A number at a path of members, such as "fits", "100", "loss", NULL. */
double oracle_number(const json_t *json, ...) __attribute__((sentinel));
/* The numbers of a JSON list (of lists: row by row); free with free(). */
double *oracle_list(const json_t *list, int64_t count);

/* A column of oracles/feems/NAME, which must have `count` rows; free with free(). */
double *oracle_column(const char *name, const char *column, int64_t count);
/* The values of oracles/feems/NAME, an array of `count` numbers in row-major order; free with fr_free. */
double *oracle_array(const char *name, int64_t count);

/* Settings that hold the null quantities at the reference's: w0, s2 and alpha = 1 / w0. */
fr_feems_settings oracle_settings(const json_t *json, double lambda);

/* A fit of the reference: tight, at its null quantities, of `lambda`. The loss may lie at most 0.05 above the reference's, no
 * log10 weight farther off than the tolerance, and R^2, slope and intercept of the distances not by more than 1e-3. */
void check_reference_fit(const feems_input *input, const json_t *json, const char *lambda_name, double lambda,
                         const char *weights_name, const char *weights_column, double weight_tolerance);

/* Fails unless all are within tolerance * largest |expected|. */
void assert_all_near_largest(int64_t count, const double *got, const double *expected, double tolerance);

#endif
