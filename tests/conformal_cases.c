#include "conformal_cases.h"
#include "support.h"

#include <frugal/data.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- reference files ------------------------------------------------------------------------------------------------------ */

static const char *oracle(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "oracles/conformal/%s", name);
    return shared_path(path);
}

double *conformal_npy(const char *name, int64_t *rows, int64_t *columns)
{
    fr_array array;
    double *values;
    assert_ok(fr_npy_read(oracle(name), &array));
    assert_ok(fr_array_to_f64(&array, &values));
    if (rows != NULL) *rows = array.shape[0];
    if (columns != NULL) *columns = array.n_dimensions > 1 ? array.shape[1] : 1;
    fr_array_free(&array);
    return values;
}

static int64_t *whole_of(int64_t count, double *values)
{
    int64_t *whole = fr_alloc(count, sizeof *whole);
    assert_non_null(whole);
    for (int64_t k = 0; k < count; k++) {
        whole[k] = (int64_t)values[k];
        assert_true((double)whole[k] == values[k]);
    }
    fr_free(values);
    return whole;
}

int64_t *conformal_npy_whole(const char *name, int64_t *count)
{
    int64_t rows, columns;
    double *values = conformal_npy(name, &rows, &columns);
    if (count != NULL) *count = rows * columns;
    return whole_of(rows * columns, values);
}

json_t *conformal_json(const char *name)
{
    json_error_t error;
    json_t *json = json_load_file(oracle(name), 0, &error);
    if (json == NULL) fail_msg("%s:%d: %s", name, error.line, error.text);
    return json;
}

json_t *conformal_member(const json_t *object, const char *member)
{
    json_t *value = json_object_get(object, member);
    if (value == NULL) fail_msg("no \"%s\" in the reference values", member);
    return value;
}

double conformal_value(const json_t *value)
{
    const char *text = json_string_value(value);
    if (text != NULL && strcmp(text, "inf") == 0) return INFINITY;
    if (text != NULL && strcmp(text, "-inf") == 0) return -INFINITY;
    if (!json_is_number(value)) fail_msg("no number where one is expected in the reference values");
    return json_number_value(value);
}

double conformal_number(const json_t *object, const char *member)
{
    return conformal_value(conformal_member(object, member));
}

double *conformal_numbers(const json_t *list, int64_t *count)
{
    size_t rows = json_array_size(list), columns = 1;
    if (rows > 0 && json_is_array(json_array_get(list, 0)))
        columns = json_array_size(json_array_get(list, 0));
    double *values = fr_alloc((int64_t)(rows * columns), sizeof *values);
    assert_non_null(values);
    for (size_t r = 0; r < rows; r++) {
        const json_t *row = json_array_get(list, r);
        if (!json_is_array(row)) {
            values[r] = conformal_value(row);
            continue;
        }
        assert_int_equal(json_array_size(row), columns);
        for (size_t c = 0; c < columns; c++)
            values[r * columns + c] = conformal_value(json_array_get(row, c));
    }
    if (count != NULL) *count = (int64_t)(rows * columns);
    return values;
}

int64_t *conformal_whole(const json_t *list, int64_t *count)
{
    int64_t number;
    double *values = conformal_numbers(list, &number);
    if (count != NULL) *count = number;
    return whole_of(number, values);
}

/* ---- comparison ------------------------------------------------------------------------------------------------------------ */

void assert_end(double got, double expected, double tolerance)
{
    if (got != expected) assert_near(got, expected, tolerance);
}

void assert_pieces_equal(int64_t count, const fr_interval *got, int64_t expected_count,
                         const fr_interval *expected, double tolerance)
{
    if (count != expected_count)
        fail_msg("the set has %" PRId64 " pieces, not %" PRId64, count, expected_count);
    for (int64_t k = 0; k < count; k++) {
        assert_end(got[k].lower, expected[k].lower, tolerance);
        assert_end(got[k].upper, expected[k].upper, tolerance);
    }
}

void assert_pieces(int64_t count, const fr_interval *got, const json_t *expected, double tolerance)
{
    int64_t numbers;
    double *ends = conformal_numbers(expected, &numbers);
    fr_interval *pieces = fr_alloc(numbers / 2, sizeof *pieces);
    assert_non_null(pieces);
    for (int64_t k = 0; k < numbers / 2; k++)
        pieces[k] = (fr_interval){ends[2 * k], ends[2 * k + 1]};
    assert_pieces_equal(count, got, numbers / 2, pieces, tolerance);
    fr_free(ends);
    fr_free(pieces);
}

const fr_interval *set_of(const fr_conformal_result *result, int64_t point, int64_t level, int64_t *count)
{
    int64_t cell = point * result->n_alphas + level;
    *count = result->first[cell + 1] - result->first[cell];
    return result->pieces + result->first[cell];
}

void assert_set(const fr_conformal_result *result, int64_t point, int64_t level, const json_t *expected,
                double tolerance)
{
    int64_t count;
    const fr_interval *pieces = set_of(result, point, level, &count);
    assert_pieces(count, pieces, expected, tolerance);
}

bool set_holds(const fr_conformal_result *result, int64_t point, int64_t level, double y)
{
    int64_t count;
    const fr_interval *pieces = set_of(result, point, level, &count);
    for (int64_t k = 0; k < count; k++)
        if (pieces[k].lower <= y && y <= pieces[k].upper) return true;
    return false;
}

static void check_pieces(const fr_conformal_result *result, int64_t point, int64_t level)
{
    int64_t count;
    const fr_interval *pieces = set_of(result, point, level, &count);
    int status = result->status[point * result->n_alphas + level];
    assert_true(count >= 0);
    for (int64_t k = 0; k < count; k++) {
        assert_true(pieces[k].lower <= pieces[k].upper);
        assert_true(k == 0 || pieces[k - 1].upper < pieces[k].lower);
    }
    bool infinite = count > 0 && (pieces[0].lower == -INFINITY || pieces[count - 1].upper == INFINITY);
    assert_true((status == FR_CONFORMAL_EMPTY) == (count == 0));
    if (status == FR_CONFORMAL_EMPTY || status == FR_CONFORMAL_ON_GRID) return;
    assert_int_equal(status, infinite    ? FR_CONFORMAL_INFINITE
                             : count > 1 ? FR_CONFORMAL_DISCONNECTED
                                         : FR_CONFORMAL_PLAIN);
}

void check_sets(const fr_conformal_result *result)
{
    assert_int_equal(result->first[0], 0);
    for (int64_t t = 0; t < result->m; t++)
        for (int64_t a = 0; a < result->n_alphas; a++) {
            check_pieces(result, t, a);
            for (int64_t b = 0; b < result->n_alphas; b++) {
                if (!(result->alphas[b] < result->alphas[a])) continue;
                int64_t count;
                const fr_interval *pieces = set_of(result, t, a, &count);
                for (int64_t k = 0; k < count; k++)
                    assert_true(set_holds(result, t, b, pieces[k].lower) &&
                                set_holds(result, t, b, pieces[k].upper));
            }
        }
}

static void assert_same_bytes(int64_t count, size_t size, const void *a, const void *b)
{
    assert_true((a == NULL) == (b == NULL));
    if (a != NULL && count > 0) assert_memory_equal(a, b, (size_t)count * size);
}

void assert_sets_identical(const fr_conformal_result *a, const fr_conformal_result *b)
{
    assert_int_equal(a->m, b->m);
    assert_int_equal(a->n_alphas, b->n_alphas);
    assert_same_bytes(a->n_alphas, sizeof(double), a->alphas, b->alphas);
    assert_same_bytes(a->m * a->n_alphas + 1, sizeof *a->first, a->first, b->first);
    assert_same_bytes(a->first[a->m * a->n_alphas], sizeof *a->pieces, a->pieces, b->pieces);
    assert_same_bytes(a->m * a->n_alphas, sizeof *a->status, a->status, b->status);
    assert_same_bytes(a->m, sizeof *a->centre, a->centre, b->centre);
    assert_same_bytes(a->m, sizeof *a->trim, a->trim, b->trim);
    assert_same_bytes(a->m, sizeof *a->segments, a->segments, b->segments);
    assert_same_bytes(a->n_alphas, sizeof(double), a->guarantee, b->guarantee);
    assert_same_bytes(a->n_alphas, sizeof(double), a->score_quantile, b->score_quantile);
    assert_int_equal(a->n_grid, b->n_grid);
    assert_int_equal(a->degenerate, b->degenerate);
}

/* ---- random regressions ------------------------------------------------------------------------------------------------- */

static void draw_rows(fr_rng *rng, int64_t rows, int64_t p, int64_t signals, double **x, double **y)
{
    *x = fr_alloc(rows * p, sizeof **x);
    *y = fr_alloc(rows, sizeof **y);
    assert_true(*x != NULL && *y != NULL);
    for (int64_t i = 0; i < rows; i++) {
        (*y)[i] = fr_rng_normal(rng);
        for (int64_t j = 0; j < p; j++) {
            double value = fr_rng_normal(rng);
            (*x)[i * p + j] = value;
            if (j < signals) (*y)[i] += value;
        }
    }
}

void random_conformal_case(uint64_t seed, int64_t n, int64_t p, int64_t m, int64_t signals,
                           conformal_case *out)
{
    fr_rng rng;
    fr_rng_init(&rng, seed, 41, 0);
    draw_rows(&rng, n, p, signals, &out->x, &out->y);
    draw_rows(&rng, m, p, signals, &out->x_test, &out->y_test);
    out->data = (fr_conformal_data){n, p, m, out->x, out->y, out->x_test};
}

void conformal_case_free(conformal_case *data)
{
    fr_free(data->x);
    fr_free(data->y);
    fr_free(data->x_test);
    fr_free(data->y_test);
    memset(data, 0, sizeof *data);
}

/* log of the chance of exactly k successes. */
static double log_binomial(int64_t k, int64_t n, double p)
{
    double a = (double)k, b = (double)(n - k);
    return lgamma(a + b + 1) - lgamma(a + 1) - lgamma(b + 1) + (a > 0 ? a * log(p) : 0) +
           (b > 0 ? b * log1p(-p) : 0);
}

void assert_chance(int64_t successes, int64_t trials, double least, double most)
{
    double few = 0, many = 0;
    for (int64_t k = 0; k <= successes; k++)
        few += exp(log_binomial(k, trials, least));
    for (int64_t k = successes; k <= trials; k++)
        many += exp(log_binomial(k, trials, most));
    if (few < 1e-6)
        fail_msg("%" PRId64 " of %" PRId64 " are covered, too few for %g", successes, trials, least);
    if (many < 1e-6)
        fail_msg("%" PRId64 " of %" PRId64 " are covered, too many for %g", successes, trials, most);
}
