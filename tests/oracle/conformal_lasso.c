/* Exact lasso sets and trimmed conformal prediction against the reference values of oracles/conformal. */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>
#include <string.h>

typedef struct {
    fr_conformal_data data;
    double *x, *y, *x_test;
    uint8_t *half;
    json_t *json, *tests;
    double lambda, lambda_half, largest;
} lasso_case;

static lasso_case *load_case(void)
{
    lasso_case *all = fr_alloc(1, sizeof *all);
    int64_t count, *half = conformal_npy_whole("lasso_split_I1.npy", &count);
    all->x = conformal_npy("lasso_X.npy", &all->data.n, &all->data.p);
    all->y = conformal_npy("lasso_Y.npy", NULL, NULL);
    all->x_test = conformal_npy("lasso_Xtest.npy", &all->data.m, NULL);
    all->data.x = all->x, all->data.y = all->y, all->data.x_test = all->x_test;
    all->half = fr_alloc(all->data.n, 1);
    for (int64_t k = 0; k < count; k++)
        all->half[half[k]] = 1;
    fr_free(half);
    all->json = conformal_json("lasso_expected.json");
    all->tests = conformal_member(all->json, "tests");
    all->lambda = conformal_number(all->json, "lambda_full");
    all->lambda_half = conformal_number(all->json, "lambda_half");
    all->largest = conformal_number(all->json, "ymax");
    return all;
}

static void free_case(lasso_case *all)
{
    fr_free(all->x);
    fr_free(all->y);
    fr_free(all->x_test);
    fr_free(all->half);
    json_decref(all->json);
    fr_free(all);
}

static const json_t *expected_of(const lasso_case *all, int64_t t, const char *member)
{
    return conformal_member(json_array_get(all->tests, (size_t)t), member);
}

static void check_solution(const lasso_case *all)
{
    int64_t n = all->data.n, p = all->data.p;
    double *columns = fr_alloc(n * p, sizeof *columns), *b = fr_alloc(p, sizeof *b);
    double *expected = conformal_npy("lasso_beta.npy", NULL, NULL);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < p; j++)
            columns[j * n + i] = all->x[i * p + j];
    assert_close(fr_conformal_lambda(n, p, 1), all->lambda, 1e-14);
    assert_close(fr_conformal_lambda(n / 2, p, 1), all->lambda_half, 1e-14);
    for (int polish = 0; polish < 2; polish++) {
        fr_lasso_settings settings;
        fr_lasso_info info;
        fr_lasso_settings_default(&settings);
        settings.lambda = all->lambda;
        settings.polish = polish;
        /* a gap of 1e-12 leaves errors of about its root in b; 1e-20 is below rounding, so descent goes on to its limit */
        if (!polish) settings.tolerance = 1e-17, settings.max_iterations = 2000;
        memset(b, 0, (size_t)p * sizeof *b);
        assert_ok(fr_lasso(n, p, columns, n, all->y, &settings, b, NULL, &info));
        for (int64_t j = 0; j < p; j++)
            assert_near(b[j], expected[j], 1e-9);
        assert_int_equal(info.nonzeros, 13);
        assert_close(info.objective, 268.612706151, 1e-11); /* as many digits as are given */
        if (polish) assert_true(info.converged && info.kkt < 1e-13 && info.gap < 1e-12);
    }
    fr_free(columns);
    fr_free(b);
    fr_free(expected);
}

static void check_whole_range(const lasso_case *all)
{
    fr_conformal_lasso_settings settings;
    fr_conformal_result result;
    fr_conformal_lasso_settings_default(&settings);
    settings.lambda = all->lambda;
    assert_ok(fr_conformal_lasso(&all->data, &settings, &result));
    check_sets(&result);
    for (int64_t t = 0; t < all->data.m; t++) {
        assert_set(&result, t, 0, expected_of(all, t, "full_on_max_range"), 1e-8);
        /* theirs walks up from the lower end, ours both ways from the middle: one piece is met twice */
        assert_int_equal(result.segments[t],
                         1 + (int64_t)json_integer_value(expected_of(all, t, "segments_max_range")));
        assert_near(result.trim[t].upper, all->largest, 1e-14);
    }
    assert_near(result.guarantee[0], 1 - 0.1 - 1 / 101.0, 1e-14);
    assert_near(result.alpha_trim, 1 / 101.0, 1e-14);
    assert_false(result.degenerate);
    fr_conformal_result_free(&result);
}

static void check_membership_on_a_grid(const lasso_case *all)
{
    int64_t count, *member = conformal_npy_whole("lasso_grid_member_test0.npy", &count), inside = 0;
    fr_conformal_lasso_settings settings;
    fr_conformal_result result;
    fr_conformal_lasso_settings_default(&settings);
    settings.lambda = all->lambda;
    assert_ok(fr_conformal_lasso(&all->data, &settings, &result));
    for (int64_t g = 0; g < count; g++) {
        double y = -all->largest + 2 * all->largest * (double)g / (double)(count - 1);
        assert_int_equal(set_holds(&result, 0, 0, y), member[g]);
        inside += member[g];
    }
    assert_int_equal(count, 401);
    assert_in_range(inside, 1, 400);
    fr_conformal_result_free(&result);
    fr_free(member);
}

static void check_trim(const lasso_case *all, fr_conformal_trim trim, const char *sets, const char *ranges,
                       double tolerance)
{
    fr_conformal_tcp_settings settings;
    fr_conformal_result result;
    fr_conformal_tcp_settings_default(&settings);
    settings.trim = trim;
    settings.first_half = all->half;
    assert_ok(fr_conformal_tcp(&all->data, &settings, &result));
    check_sets(&result);
    for (int64_t t = 0; t < all->data.m; t++) {
        assert_set(&result, t, 0, expected_of(all, t, sets), 1e-8);
        assert_pieces(1, &result.trim[t], expected_of(all, t, ranges), tolerance);
    }
    bool proved = trim != FR_CONFORMAL_TRIM_LOO;
    double spent = !proved ? 0 : trim == FR_CONFORMAL_TRIM_SPLIT ? 1 / 51.0 : 1 / 101.0;
    assert_near(result.alpha_trim, spent, 1e-15);
    if (proved)
        assert_near(result.guarantee[0], 0.9 - spent, 1e-15);
    else
        assert_true(isnan(result.guarantee[0]));
    fr_conformal_result_free(&result);
}

static void check_trims(const lasso_case *all)
{
    check_trim(all, FR_CONFORMAL_TRIM_RIDGE, "tcp_ridge", "ridge_trim_paper_hull", 1e-8);
    check_trim(all, FR_CONFORMAL_TRIM_SPLIT, "tcp_split", "split_trim", 1e-9);
    check_trim(all, FR_CONFORMAL_TRIM_LOO, "tcp_loo", "loo_trim", 1e-9);
}

/* The exact ridge trim set alone. */
static void check_ridge_trim_set(const lasso_case *all)
{
    const double alpha = 1 / 101.0;
    fr_conformal_ridge_settings settings;
    fr_conformal_result result;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = &alpha;
    settings.n_alphas = 1;
    settings.rho = conformal_number(all->json, "rho");
    assert_ok(fr_conformal_ridge(&all->data, &settings, &result));
    for (int64_t t = 0; t < all->data.m; t++)
        assert_set(&result, t, 0, expected_of(all, t, "ridge_trim_exact_set"), 1e-8);
    fr_conformal_result_free(&result);
}

static void check_variant(const json_t *item)
{
    int64_t n, p, cells;
    double *x = conformal_numbers(conformal_member(item, "X"), &cells);
    double *y = conformal_numbers(conformal_member(item, "Y"), &n);
    double *x_test = conformal_numbers(conformal_member(item, "x"), &p);
    double alpha = conformal_number(item, "alpha");
    bool duplicates = strcmp(json_string_value(conformal_member(item, "name")), "duplicate_columns") == 0;
    const fr_conformal_data data = {n, p, 1, x, y, x_test};
    fr_conformal_lasso_settings settings;
    fr_conformal_result result;
    fr_conformal_lasso_settings_default(&settings);
    settings.alphas = &alpha;
    settings.n_alphas = 1;
    settings.lambda = conformal_number(item, "lambda");
    settings.ridge = conformal_number(item, "l2");
    settings.intercept = json_is_true(conformal_member(item, "intercept"));
    settings.low = conformal_number(item, "lo");
    settings.high = conformal_number(item, "hi");
    assert_int_equal(cells, n * p);
    assert_ok(fr_conformal_lasso(&data, &settings, &result));
    check_sets(&result);
    assert_set(&result, 0, 0, conformal_member(item, "set"), 1e-8);
    assert_int_equal(result.degenerate, duplicates);
    fr_conformal_result_free(&result);
    fr_free(x);
    fr_free(y);
    fr_free(x_test);
}

static void test_variants(void **state)
{
    (void)state;
    json_t *json = conformal_json("extra.json"), *item;
    size_t k;
    json_array_foreach(conformal_member(json, "lasso_variants"), k, item) check_variant(item);
    assert_int_equal(k, 5);
    json_decref(json);
}

/* Where the files are missing it is the running test that is skipped. */
static void on_case(void (*check)(const lasso_case *all))
{
    lasso_case *all = load_case();
    check(all);
    free_case(all);
}

static void test_solution(void **state)
{
    (void)state;
    on_case(check_solution);
}

static void test_whole_range(void **state)
{
    (void)state;
    on_case(check_whole_range);
}

static void test_membership_on_a_grid(void **state)
{
    (void)state;
    on_case(check_membership_on_a_grid);
}

static void test_trims(void **state)
{
    (void)state;
    on_case(check_trims);
}

static void test_ridge_trim_set(void **state)
{
    (void)state;
    on_case(check_ridge_trim_set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_solution),
        cmocka_unit_test(test_whole_range),
        cmocka_unit_test(test_membership_on_a_grid),
        cmocka_unit_test(test_trims),
        cmocka_unit_test(test_ridge_trim_set),
        cmocka_unit_test(test_variants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
