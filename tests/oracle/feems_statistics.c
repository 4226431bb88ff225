/* From genotypes and places to assignment, S and S0: the wolves on both grids of the paper, and a simulated data set,
 * against the authors' package. */
#include "oracle_feems.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void check_sizes(const feems_input *input, const char *json_name)
{
    json_t *json = oracle_json(json_name);
    const fr_feems_data *data = &input->data;
    assert_int_equal(data->graph.n_nodes, (int64_t)oracle_number(json, "n_nodes", NULL));
    assert_int_equal(data->graph.n_edges, (int64_t)oracle_number(json, "n_edges", NULL));
    assert_int_equal(data->n_observed, (int64_t)oracle_number(json, "n_observed", NULL));
    assert_int_equal(data->n_snps, (int64_t)oracle_number(json, "n_snps", NULL));
    int64_t *degree = calloc((size_t)data->graph.n_nodes, sizeof *degree), pairs = 0;
    for (int64_t e = 0; e < data->graph.n_edges; e++) {
        pairs += degree[data->graph.i[e]]++; /* each edge pairs with those that came before at its ends */
        pairs += degree[data->graph.j[e]]++;
    }
    assert_int_equal(pairs, (int64_t)oracle_number(json, "adjacent_edge_pairs", NULL));
    assert_int_equal(data->n_nodes_dropped, 0);
    free(degree);
    json_decref(json);
}

/* Every S within 1e-11 of itself; S0, which is centred and passes through zero, of its largest. */
static void check_similarities(const fr_feems_data *data, const char *s_name, const char *s0_name)
{
    int64_t cells = data->n_observed * data->n_observed;
    double *s = oracle_array(s_name, cells);
    for (int64_t k = 0; k < cells; k++)
        assert_close(data->similarity[k], s[k], 1e-11);
    fr_free(s);
    if (s0_name == NULL) return;
    double *s0 = oracle_array(s0_name, cells);
    assert_all_near_largest(cells, data->similarity0, s0, 1e-11);
    fr_free(s0);
}

static void check_wolves(feems_set set, int number)
{
    feems_input wolves;
    feems_input_load(set, &wolves);
    const fr_feems_data *data = &wolves.data;
    char name[5][64];
    const char *kind[5] = {".json", "_assign.csv", "_observed.csv", "_S.npy", "_S0.npy"};
    for (int k = 0; k < 5; k++)
        snprintf(name[k], sizeof name[k], "wolves%d%s", number, kind[k]);
    check_sizes(&wolves, name[0]);
    assert_int_equal(data->n_samples, 111);
    double *node = oracle_column(name[1], "node_of_sample", 111);
    for (int64_t k = 0; k < 111; k++) {
        assert_int_equal(data->sample[k], k);
        assert_int_equal(data->sample_node[k], (int64_t)node[k]);
    }
    double *observed = oracle_column(name[2], "node", data->n_observed),
           *count = oracle_column(name[2], "n_samples", data->n_observed);
    for (int64_t a = 0; a < data->n_observed; a++) {
        assert_int_equal(data->observed[a], (int64_t)observed[a]);
        assert_int_equal(data->n_at[a], (int64_t)count[a]);
    }
    check_similarities(data, name[3], name[4]);
    assert_near(data->missing_share, 0.0213, 5e-5); /* as published, two digits of a percentage */
    free(node), free(observed), free(count);
    feems_input_free(&wolves);
}

static void wolves_on_307_nodes(void **state)
{
    (void)state;
    check_wolves(WOLVES_250, 250);
}

static void wolves_on_1207_nodes(void **state)
{
    (void)state;
    check_wolves(WOLVES_100, 100);
}

static void simulated_barrier(void **state)
{
    (void)state;
    feems_input barrier;
    feems_input_load(BARRIER, &barrier);
    check_sizes(&barrier, "barrier.json");
    assert_int_equal(barrier.data.n_samples, 293);
    check_similarities(&barrier.data, "barrier_S.npy", NULL);
    feems_input_free(&barrier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wolves_on_307_nodes),
        cmocka_unit_test(wolves_on_1207_nodes),
        cmocka_unit_test(simulated_barrier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
