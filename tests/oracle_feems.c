#include "oracle_feems.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- data sets ---------------------------------------------------------------------------------------------------------- */

void feems_input_load(feems_set set, feems_input *out)
{
    static const struct {
        const char *genotypes, *places, *nodes, *edges;
    } names[] = {
        {"tiny4.bed", "tiny4.coord", "tiny4.nodes", "tiny4.edges"},
        {"wolvesadmix.bed", "wolvesadmix.coord", "wolves_grid250.nodes", "wolves_grid250.edges"},
        {"wolvesadmix.bed", "wolvesadmix.coord", "wolves_grid100.nodes", "wolves_grid100.edges"},
        {"barrier.bed", "barrier.coord", "barrier.nodes", "barrier.edges"},
    };
    const char *file[] = {names[set].genotypes, names[set].places, names[set].nodes, names[set].edges},
               *path[4];
    for (int k = 0; k < 4; k++) {
        char name[128];
        snprintf(name, sizeof name, "data/feems/%s", file[k]);
        path[k] = shared_path(name);
    }
    memset(out, 0, sizeof *out);
    fr_feems_data_settings settings;
    fr_feems_data_settings_default(&settings);
    assert_ok(fr_feems_graph_read(path[2], path[3], &out->graph));
    assert_ok(fr_points_read(path[1], &out->samples));
    assert_ok(fr_plink_open(path[0], &out->plink));
    assert_ok(fr_feems_data_from_plink(&out->graph, &out->samples, &out->plink, &settings, &out->data));
}

void feems_input_free(feems_input *input)
{
    fr_feems_data_free(&input->data);
    fr_plink_close(&input->plink);
    fr_points_free(&input->samples);
    fr_feems_graph_free(&input->graph);
}

/* ---- reference files ------------------------------------------------------------------------------------------------------ */

static const char *oracle_path(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "oracles/feems/%s", name);
    return shared_path(path);
}

json_t *oracle_json(const char *name)
{
    json_error_t error;
    json_t *json = json_load_file(oracle_path(name), 0, &error);
    if (json == NULL) fail_msg("%s:%d: %s", name, error.line, error.text);
    return json;
}

double oracle_number(const json_t *json, ...)
{
    va_list path;
    va_start(path, json);
    const char *member = NULL, *last = "(root)";
    while (json != NULL && (member = va_arg(path, const char *)) != NULL)
        json = json_object_get(json, last = member);
    va_end(path);
    if (!json_is_number(json)) fail_msg("no number \"%s\" in the reference values", last);
    return json_number_value(json);
}

double *oracle_list(const json_t *list, int64_t count)
{
    double *values = calloc((size_t)count, sizeof *values);
    if (values == NULL) abort();
    int64_t found = 0;
    size_t row, column;
    json_t *item, *cell;
    json_array_foreach(list, row, item)
    {
        if (!json_is_array(item)) {
            assert_true(json_is_number(item) && found < count);
            values[found++] = json_number_value(item);
            continue;
        }
        json_array_foreach(item, column, cell)
        {
            assert_true(json_is_number(cell) && found < count);
            values[found++] = json_number_value(cell);
        }
    }
    assert_int_equal(found, count);
    return values;
}

double *oracle_column(const char *name, const char *column, int64_t count)
{
    fr_table table;
    int64_t number;
    double *values = calloc((size_t)count, sizeof *values);
    if (values == NULL) abort();
    assert_ok(fr_table_read(oracle_path(name), NULL, &table));
    assert_ok(fr_table_column(&table, column, &number));
    assert_int_equal(table.n_rows, count);
    for (int64_t k = 0; k < count; k++)
        assert_ok(fr_table_f64(&table, k, number, &values[k]));
    fr_table_free(&table);
    return values;
}

double *oracle_array(const char *name, int64_t count)
{
    fr_array array;
    double *values;
    assert_ok(fr_npy_read(oracle_path(name), &array));
    assert_int_equal(fr_array_count(&array), count);
    assert_ok(fr_array_to_f64(&array, &values));
    fr_array_free(&array);
    return values;
}

fr_feems_settings oracle_settings(const json_t *json, double lambda)
{
    fr_feems_settings settings;
    fr_feems_settings_default(&settings);
    settings.lambda = lambda;
    settings.w0 = oracle_number(json, "null_w0", NULL);
    settings.s2 = oracle_number(json, "null_s2", NULL);
    settings.alpha = 1 / settings.w0;
    return settings;
}

void check_reference_fit(const feems_input *input, const json_t *json, const char *lambda_name, double lambda,
                         const char *weights_name, const char *weights_column, double weight_tolerance)
{
    const fr_feems_data *data = &input->data;
    fr_feems_settings settings = oracle_settings(json, lambda);
    settings.tight = true;
    fr_feems_result result;
    assert_ok(fr_feems_fit(data, &settings, &result));
    const fr_feems_info *info = &result.info;
    assert_true(info->converged);
    if (!(info->loss <= oracle_number(json, "fits", lambda_name, "loss", NULL) + 0.05))
        fail_msg("lambda %s: loss %.10g is above the reference's %.10g", lambda_name, info->loss,
                 oracle_number(json, "fits", lambda_name, "loss", NULL));
    double *expected = oracle_column(weights_name, weights_column, data->graph.n_edges), worst = 0;
    for (int64_t e = 0; e < data->graph.n_edges; e++)
        worst = fmax(worst, fabs(log10(result.weights[e] / expected[e])));
    if (!(worst <= weight_tolerance))
        fail_msg("lambda %s: a weight is off by %g in log10", lambda_name, worst);
    assert_near(info->r_squared, oracle_number(json, "fits", lambda_name, "r2", NULL), 1e-3);
    assert_near(info->slope, oracle_number(json, "fits", lambda_name, "ols_slope", NULL), 1e-3);
    assert_near(info->intercept, oracle_number(json, "fits", lambda_name, "ols_intercept", NULL), 1e-3);
    free(expected);
    fr_feems_result_free(&result);
}

void assert_all_near_largest(int64_t count, const double *got, const double *expected, double tolerance)
{
    double largest = 0;
    for (int64_t k = 0; k < count; k++)
        largest = fmax(largest, fabs(expected[k]));
    for (int64_t k = 0; k < count; k++)
        if (!(fabs(got[k] - expected[k]) <= tolerance * largest))
            fail_msg("value %lld: got %.17g, expected %.17g, off by %g of the largest", (long long)k, got[k],
                     expected[k], fabs(got[k] - expected[k]) / largest);
}
