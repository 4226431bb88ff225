/* Exact lasso sets against refits by plain coordinate descent, against ridge sets where lambda is next to nothing, and what must
 * not matter: the order of the rows, the unit of y, copies of columns, the number of threads. */
#include "conformal_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { most_rows = 12, most_columns = 10 };

/* ---- plain refits ----------------------------------------------------------------------------------------------------------- */

typedef struct {
    int64_t rows, p;
    double z[most_rows * most_columns], y[most_rows], mean[most_columns];
    double b[most_columns], residual[most_rows];
} plain_fit;

static void centre(plain_fit *fit)
{
    double mean_y = 0;
    for (int64_t i = 0; i < fit->rows; i++)
        mean_y += fit->y[i] / (double)fit->rows;
    for (int64_t i = 0; i < fit->rows; i++)
        fit->y[i] -= mean_y;
    for (int64_t j = 0; j < fit->p; j++) {
        double mean = 0;
        for (int64_t i = 0; i < fit->rows; i++)
            mean += fit->z[i * fit->p + j] / (double)fit->rows;
        for (int64_t i = 0; i < fit->rows; i++)
            fit->z[i * fit->p + j] -= mean;
    }
}

/* Cyclic coordinate descent without any refinement, to the last digits. */
static void descend(plain_fit *fit, double lambda, double ridge)
{
    memcpy(fit->residual, fit->y, sizeof fit->residual);
    memset(fit->b, 0, sizeof fit->b);
    for (int pass = 0; pass < 200000; pass++) {
        double change = 0;
        for (int64_t j = 0; j < fit->p; j++) {
            double product = 0, square = 0;
            for (int64_t i = 0; i < fit->rows; i++) {
                product += fit->z[i * fit->p + j] * fit->residual[i];
                square += fit->z[i * fit->p + j] * fit->z[i * fit->p + j];
            }
            if (square < 1e-20) continue;
            double target = product + square * fit->b[j];
            double next = copysign(fmax(fabs(target) - lambda, 0), target) / (square + ridge);
            for (int64_t i = 0; i < fit->rows; i++)
                fit->residual[i] -= (next - fit->b[j]) * fit->z[i * fit->p + j];
            change = fmax(change, fabs(next - fit->b[j]));
            fit->b[j] = next;
        }
        if (change < 1e-14) return;
    }
}

/* How many training residuals are smaller than the test residual at y: certainly, and possibly (up to 1e-8). */
typedef struct {
    int64_t certain, possible;
} number;

static number refit(const fr_conformal_data *data, const fr_conformal_lasso_settings *settings, int64_t t,
                    double y)
{
    static plain_fit fit;
    int64_t n = data->n, p = data->p;
    fit = (plain_fit){.rows = n + 1, .p = p};
    memcpy(fit.z, data->x, (size_t)(n * p) * sizeof(double));
    memcpy(fit.z + n * p, data->x_test + t * p, (size_t)p * sizeof(double));
    memcpy(fit.y, data->y, (size_t)n * sizeof(double));
    fit.y[n] = y;
    if (settings->intercept) centre(&fit);
    descend(&fit, settings->lambda, settings->ridge);
    number found = {0, 0};
    double own = fabs(fit.residual[n]);
    for (int64_t i = 0; i < n; i++) {
        found.certain += fabs(fit.residual[i]) < own - 1e-8;
        found.possible += fabs(fit.residual[i]) < own + 1e-8;
    }
    return found;
}

/* ---- brute force --------------------------------------------------------------------------------------------------------------- */

static void check_membership(const fr_conformal_data *data, const fr_conformal_lasso_settings *settings,
                             const fr_conformal_result *result, int64_t t, double y, int64_t *checked)
{
    number smaller = refit(data, settings, t, y);
    for (int64_t a = 0; a < result->n_alphas; a++) {
        int64_t rank = fr_conformal_rank(result->alphas[a], data->n + 1);
        if (smaller.certain < rank && smaller.possible >= rank) continue;
        assert_int_equal(set_holds(result, t, a, y), smaller.certain < rank);
        ++*checked;
    }
    const fr_conformal_curve *curve = &settings->curves[t];
    for (int64_t b = 0; b + 1 < curve->count; b++) {
        if (!(y > curve->at[b] && y < curve->at[b + 1])) continue;
        assert_in_range(curve->inside[b], smaller.certain, smaller.possible);
    }
}

static void random_problem(fr_rng *rng, int trial, conformal_case *out)
{
    int64_t n = 2 + fr_rng_below(rng, most_rows - 2), p = 1 + fr_rng_below(rng, most_columns);
    random_conformal_case((uint64_t)trial, n, p, 2, 2, out);
    /* test rows far out make sets of several pieces */
    for (int64_t k = 0; trial % 3 == 0 && k < 2 * p; k++)
        out->x_test[k] *= 4;
    for (int64_t i = 0; i < n + 2 && p > 2; i++) {
        double *row = i < n ? out->x + i * p : out->x_test + (i - n) * p;
        if (trial % 5 == 1) row[2] = row[0];
        if (trial % 5 == 2) row[1] = 0;
        if (trial % 5 == 3) row[2] = 1.5;
        if (trial % 5 == 4 && i < n / 2) memcpy(row, out->x + (n - 1 - i) * p, (size_t)p * sizeof *row);
    }
}

/* Small whole numbers make many things happen at one y. */
static void round_problem(conformal_case *all)
{
    for (int64_t k = 0; k < all->data.n * all->data.p; k++)
        all->x[k] = nearbyint(all->x[k]);
    for (int64_t k = 0; k < all->data.m * all->data.p; k++)
        all->x_test[k] = nearbyint(all->x_test[k]);
    for (int64_t i = 0; i < all->data.n; i++)
        all->y[i] = nearbyint(all->y[i]);
}

static void check_problem(fr_rng *rng, int trial, int64_t *checked, int64_t *disconnected)
{
    const double alphas[] = {0.1, 0.3, 0.55};
    conformal_case random;
    fr_conformal_curve curves[2];
    fr_conformal_lasso_settings settings;
    fr_conformal_result result;
    random_problem(rng, trial, &random);
    fr_conformal_lasso_settings_default(&settings);
    settings.alphas = alphas;
    settings.n_alphas = 3;
    settings.lambda = pow(10, 1.5 * fr_rng_uniform(rng) - 1);
    settings.ridge = trial % 4 == 1 ? fr_rng_uniform(rng) : 0;
    settings.intercept = trial % 2 == 1;
    if (trial % 7 == 3) {
        round_problem(&random);
        settings.lambda = (double)(1 + fr_rng_below(rng, 3));
    }
    settings.curves = curves;
    settings.low = -8, settings.high = 9;
    assert_ok(fr_conformal_lasso(&random.data, &settings, &result));
    check_sets(&result);
    assert_int_equal(result.n_grid, 0);
    for (int64_t t = 0; t < 2; t++) {
        assert_true(curves[t].at[0] == -8 && curves[t].at[curves[t].count - 1] == 9);
        for (int g = 0; g <= 14; g++)
            check_membership(&random.data, &settings, &result, t, -8 + 17 * g / 14.0, checked);
        /* on either side of every end */
        for (int64_t k = result.first[3 * t]; k < result.first[3 * t + 3]; k++)
            for (int side = 0; side < 4; side++) {
                double end = side < 2 ? result.pieces[k].lower : result.pieces[k].upper;
                double y = end + (side % 2 == 0 ? 1e-5 : -1e-5);
                if (y > -8 && y < 9) check_membership(&random.data, &settings, &result, t, y, checked);
            }
        for (int64_t a = 0; a < 3; a++)
            *disconnected += result.status[3 * t + a] == FR_CONFORMAL_DISCONNECTED;
        fr_conformal_curve_free(&curves[t]);
    }
    fr_conformal_result_free(&result);
    conformal_case_free(&random);
}

static void test_brute_force(void **state)
{
    (void)state;
    fr_rng rng;
    int64_t checked = 0, disconnected = 0;
    fr_rng_init(&rng, 1, 2, 0);
    for (int trial = 0; trial < 500; trial++)
        check_problem(&rng, trial, &checked, &disconnected);
    assert_true(checked > 50000); /* few were ambiguous */
    assert_in_range(disconnected, 10, 3000);
}

/* ---- other exact sets --------------------------------------------------------------------------------------------------------- */

/* lambda moves fitted values by as much over ridge, which ends far out magnify. */
static bool nearly(double got, double expected)
{
    return fabs(got - expected) <= 1e-8 * (1 + fabs(expected));
}

/* Next to no lambda leaves ridge regression, whose sets have a closed form and no ends; disconnected and infinite ones among them. */
static void test_ridge_limit(void **state)
{
    (void)state;
    int64_t infinite = 0, disconnected = 0;
    for (int trial = 0; trial < 60; trial++) {
        conformal_case random;
        fr_conformal_lasso_settings settings;
        fr_conformal_ridge_settings ridge;
        fr_conformal_result result, expected;
        random_conformal_case((uint64_t)trial, 8 + trial % 5, 3 + trial % 7, 3, 2, &random);
        for (int64_t k = 0; k < 3 * random.data.p; k++)
            random.x_test[k] *= 3;
        fr_conformal_lasso_settings_default(&settings);
        fr_conformal_ridge_settings_default(&ridge);
        const double alpha = 0.25;
        settings.alphas = ridge.alphas = &alpha;
        settings.n_alphas = ridge.n_alphas = 1;
        settings.ridge = ridge.rho = 0.5;
        settings.intercept = ridge.intercept = trial % 2 == 1;
        settings.lambda = 1e-11;
        settings.low = -INFINITY, settings.high = INFINITY;
        assert_ok(fr_conformal_lasso(&random.data, &settings, &result));
        assert_ok(fr_conformal_ridge(&random.data, &ridge, &expected));
        for (int64_t t = 0; t < 3; t++) {
            int64_t count;
            const fr_interval *pieces = set_of(&expected, t, 0, &count);
            assert_int_equal(result.first[t + 1] - result.first[t], count);
            for (int64_t k = 0; k < count; k++) {
                fr_interval got = result.pieces[result.first[t] + k];
                assert_true(isinf(got.lower) ? got.lower == pieces[k].lower
                                             : nearly(got.lower, pieces[k].lower));
                assert_true(isinf(got.upper) ? got.upper == pieces[k].upper
                                             : nearly(got.upper, pieces[k].upper));
            }
            infinite += result.status[t] == FR_CONFORMAL_INFINITE;
            disconnected += count > 1;
        }
        assert_true(result.guarantee[0] == 0.75 && result.alpha_trim == 0);
        fr_conformal_result_free(&result);
        fr_conformal_result_free(&expected);
        conformal_case_free(&random);
    }
    assert_in_range(infinite, 5, 170);
    assert_in_range(disconnected, 1, 100);
}

/* With all coefficients zero the residuals are the responses; with an intercept, those of the mean of all n + 1. */
static void test_huge_lambda(void **state)
{
    (void)state;
    const double x[] = {1, 1, 1, 1}, y[] = {0, 1, 2, 3}, x_test[] = {1}, alphas[] = {0.2, 0.4, 0.6};
    const fr_conformal_data data = {4, 1, 1, x, y, x_test};
    fr_conformal_lasso_settings settings;
    fr_conformal_result result;
    fr_conformal_lasso_settings_default(&settings);
    settings.alphas = alphas;
    settings.n_alphas = 3;
    settings.lambda = 1e9;
    settings.low = -10, settings.high = 10;
    assert_ok(fr_conformal_lasso(&data, &settings, &result));
    const double ends[] = {3, 2, 1};
    for (int64_t a = 0; a < 3; a++)
        assert_pieces_equal(1, result.pieces + a, 1, &(fr_interval){-ends[a], ends[a]}, 1e-12);
    assert_int_equal(result.segments[0], 2);
    fr_conformal_result_free(&result);
    settings.intercept = true;
    assert_ok(fr_conformal_lasso(&data, &settings, &result));
    json_t *tiny = conformal_json("tiny.json"), *model = conformal_member(tiny, "mean_model_rho0");
    assert_set(&result, 0, 0, conformal_member(model, "alpha_0.2"), 1e-12);
    assert_set(&result, 0, 1, conformal_member(model, "alpha_0.4"), 1e-12);
    assert_set(&result, 0, 2, conformal_member(model, "alpha_0.6"), 1e-12);
    json_decref(tiny);
    fr_conformal_result_free(&result);
}

/* ---- what must not matter ----------------------------------------------------------------------------------------------------- */

static void run(const conformal_case *all, double lambda, fr_conformal_result *out)
{
    const double alphas[] = {0.05, 0.2};
    fr_conformal_lasso_settings settings;
    fr_conformal_lasso_settings_default(&settings);
    settings.alphas = alphas;
    settings.n_alphas = 2;
    settings.lambda = lambda;
    assert_ok(fr_conformal_lasso(&all->data, &settings, out));
}

static void assert_same_sets(const fr_conformal_result *got, const fr_conformal_result *expected, double unit)
{
    for (int64_t t = 0; t < got->m; t++)
        for (int64_t a = 0; a < got->n_alphas; a++) {
            int64_t count, expected_count;
            const fr_interval *pieces = set_of(got, t, a, &count);
            const fr_interval *others = set_of(expected, t, a, &expected_count);
            assert_int_equal(count, expected_count);
            for (int64_t k = 0; k < count; k++) {
                assert_near(pieces[k].lower / unit, others[k].lower, 1e-9);
                assert_near(pieces[k].upper / unit, others[k].upper, 1e-9);
            }
        }
}

static void test_order_unit_copies(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        conformal_case all, other;
        fr_conformal_result expected, result;
        random_conformal_case(seed, 30, 45, 4, 3, &all);
        run(&all, 6, &expected);

        /* rows the other way round */
        random_conformal_case(seed, 30, 45, 4, 3, &other);
        for (int64_t i = 0; i < 30; i++) {
            memcpy(other.x + i * 45, all.x + (29 - i) * 45, 45 * sizeof *all.x);
            other.y[i] = all.y[29 - i];
        }
        run(&other, 6, &result);
        assert_same_sets(&result, &expected, 1);
        fr_conformal_result_free(&result);
        conformal_case_free(&other);

        /* another unit of y, and of lambda with it */
        const double units[] = {1e-150, 7.5, 1e150};
        for (size_t k = 0; k < 3; k++) {
            random_conformal_case(seed, 30, 45, 4, 3, &other);
            for (int64_t i = 0; i < 30; i++)
                other.y[i] = all.y[i] * units[k];
            run(&other, 6 * units[k], &result);
            assert_same_sets(&result, &expected, units[k]);
            fr_conformal_result_free(&result);
            conformal_case_free(&other);
        }

        /* another unit of the features, and of lambda with it */
        for (size_t k = 0; k < 3; k++) {
            random_conformal_case(seed, 30, 45, 4, 3, &other);
            for (int64_t i = 0; i < 30 * 45; i++)
                other.x[i] *= units[k];
            for (int64_t i = 0; i < 4 * 45; i++)
                other.x_test[i] *= units[k];
            run(&other, 6 * units[k], &result);
            assert_same_sets(&result, &expected, 1);
            fr_conformal_result_free(&result);
            conformal_case_free(&other);
        }

        /* the first five columns once more: the fit is the same, the coefficients are not unique */
        random_conformal_case(seed, 30, 50, 4, 3, &other);
        for (int64_t i = 0; i < 34; i++) {
            double *to = i < 30 ? other.x + i * 50 : other.x_test + (i - 30) * 50;
            const double *from = i < 30 ? all.x + i * 45 : all.x_test + (i - 30) * 45;
            memcpy(to, from, 45 * sizeof *to);
            memcpy(to + 45, from, 5 * sizeof *to);
        }
        memcpy(other.y, all.y, 30 * sizeof *other.y);
        run(&other, 6, &result);
        assert_same_sets(&result, &expected, 1);
        assert_true(result.degenerate && !expected.degenerate);
        fr_conformal_result_free(&result);
        conformal_case_free(&other);
        fr_conformal_result_free(&expected);
        conformal_case_free(&all);
    }
}

/* With an intercept neither the origin of y nor that of the features matters. */
static void test_origin(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_lasso_settings settings;
    fr_conformal_result expected, result;
    random_conformal_case(3, 25, 40, 4, 3, &all);
    fr_conformal_lasso_settings_default(&settings);
    settings.lambda = 5;
    settings.intercept = true;
    settings.low = -6, settings.high = 7;
    assert_ok(fr_conformal_lasso(&all.data, &settings, &expected));
    for (int64_t i = 0; i < 25; i++)
        all.y[i] += 100;
    for (int64_t k = 0; k < 29 * 40; k++)
        *(k < 25 * 40 ? &all.x[k] : &all.x_test[k - 25 * 40]) += (double)(k % 40) * 10;
    settings.low += 100, settings.high += 100;
    assert_ok(fr_conformal_lasso(&all.data, &settings, &result));
    for (int64_t t = 0; t < 4; t++) {
        int64_t count;
        const fr_interval *pieces = set_of(&expected, t, 0, &count);
        assert_int_equal(result.first[t + 1] - result.first[t], count);
        for (int64_t k = 0; k < count; k++) {
            assert_near(result.pieces[result.first[t] + k].lower, pieces[k].lower + 100, 1e-9);
            assert_near(result.pieces[result.first[t] + k].upper, pieces[k].upper + 100, 1e-9);
        }
    }
    fr_conformal_result_free(&result);
    fr_conformal_result_free(&expected);
    conformal_case_free(&all);
}

static void test_threads(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_result one, two;
    random_conformal_case(7, 40, 120, 23, 4, &all);
    int before = fr_threads();
    fr_threads_set(1);
    run(&all, 8, &one);
    fr_threads_set(2);
    run(&all, 8, &two);
    fr_threads_set(before);
    assert_sets_identical(&one, &two);
    fr_conformal_result_free(&one);
    fr_conformal_result_free(&two);
    conformal_case_free(&all);
}

/* ---- ranges -------------------------------------------------------------------------------------------------------------------------- */

/* A part of the range gives that part of the set, wherever it lies with respect to the start of the walk; a single point too. */
static void test_parts_of_the_range(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        conformal_case all;
        fr_conformal_lasso_settings settings;
        fr_conformal_result whole, part;
        random_conformal_case(seed, 12, 20, 3, 3, &all);
        fr_conformal_lasso_settings_default(&settings);
        settings.lambda = 3;
        settings.low = -9, settings.high = 9;
        assert_ok(fr_conformal_lasso(&all.data, &settings, &whole));
        const fr_interval ranges[] = {{-9, -4}, {-4, -1}, {-1, 0.5}, {0.5, 3}, {3, 9}, {2, 2}, {-7, -7}};
        for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++) {
            settings.low = ranges[k].lower, settings.high = ranges[k].upper;
            assert_ok(fr_conformal_lasso(&all.data, &settings, &part));
            assert_true(isnan(part.guarantee[0]));
            for (int64_t t = 0; t < 3; t++)
                for (int g = 0; g <= 50; g++) {
                    double y = settings.low + (settings.high - settings.low) * (g + 0.37) / 51;
                    assert_int_equal(set_holds(&part, t, 0, y), set_holds(&whole, t, 0, y));
                }
            fr_conformal_result_free(&part);
        }
        fr_conformal_result_free(&whole);
        conformal_case_free(&all);
    }
}

/* Points that fall back on a grid leave the sets and the guarantee of the others as they are. */
static void test_some_on_grid(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_lasso_settings settings;
    fr_conformal_result exact, some;
    random_conformal_case(9, 20, 30, 40, 3, &all);
    fr_conformal_lasso_settings_default(&settings);
    settings.lambda = 4;
    assert_ok(fr_conformal_lasso(&all.data, &settings, &exact));
    settings.max_segments = exact.segments[0];
    assert_ok(fr_conformal_lasso(&all.data, &settings, &some));
    int64_t over = 0;
    for (int64_t t = 0; t < 40; t++) {
        int64_t count, expected;
        const fr_interval *got = set_of(&some, t, 0, &count), *piece = set_of(&exact, t, 0, &expected);
        bool too_many = exact.segments[t] > settings.max_segments;
        over += too_many;
        assert_int_equal(some.status[t] == FR_CONFORMAL_ON_GRID, too_many);
        if (!too_many) assert_pieces_equal(count, got, expected, piece, 0);
    }
    assert_in_range(over, 1, 39);
    assert_int_equal(some.n_grid, over);
    assert_near(some.guarantee[0], 1 - 0.1 - 1 / 21., 1e-15);
    fr_conformal_result_free(&exact);
    fr_conformal_result_free(&some);
    conformal_case_free(&all);
}

/* Where the walk is given up the grid holds the exact set, and not much more. */
static void test_grid_instead(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_lasso_settings settings;
    fr_conformal_result exact, grid;
    random_conformal_case(9, 20, 30, 5, 3, &all);
    fr_conformal_lasso_settings_default(&settings);
    settings.lambda = 4;
    assert_ok(fr_conformal_lasso(&all.data, &settings, &exact));
    settings.max_segments = 3;
    assert_ok(fr_conformal_lasso(&all.data, &settings, &grid));
    assert_int_equal(grid.n_grid, 5);
    assert_true(isnan(grid.guarantee[0])); /* of no point is anything proved */
    for (int64_t t = 0; t < 5; t++) {
        int64_t count, hulls;
        const fr_interval *pieces = set_of(&exact, t, 0, &count), *hull = set_of(&grid, t, 0, &hulls);
        assert_int_equal(hulls, 1);
        double step = (grid.trim[t].upper - grid.trim[t].lower) / 200;
        assert_int_equal(grid.status[t], FR_CONFORMAL_ON_GRID);
        assert_true(hull->lower <= pieces[0].lower && hull->upper >= pieces[count - 1].upper);
        assert_true(hull->lower >= pieces[0].lower - 1.001 * step);
        assert_true(hull->upper <= pieces[count - 1].upper + 1.001 * step);
    }
    fr_conformal_result_free(&exact);
    fr_conformal_result_free(&grid);
    conformal_case_free(&all);
}

/* Two points and one feature, and responses that are all zero. */
static void test_smallest(void **state)
{
    (void)state;
    const double x[] = {1, 2}, y[] = {1, 2}, zero[] = {0, 0}, x_test[] = {0, 3}, alpha = 0.4;
    fr_conformal_data data = {2, 1, 2, x, y, x_test};
    fr_conformal_lasso_settings settings;
    fr_conformal_result result;
    fr_conformal_lasso_settings_default(&settings);
    settings.alphas = &alpha;
    settings.n_alphas = 1;
    settings.lambda = 0.5;
    assert_ok(fr_conformal_lasso(&data, &settings, &result));
    check_sets(&result);
    /* b = (5 - 0.5) / 5 = 0.9 whatever y at x = 0; residuals 0.1 and 0.2, of which the second counts */
    assert_pieces_equal(1, result.pieces, 1, &(fr_interval){-0.2, 0.2}, 1e-14);
    fr_conformal_result_free(&result);
    data.y = zero;
    assert_ok(fr_conformal_lasso(&data, &settings, &result));
    for (int64_t t = 0; t < 2; t++)
        assert_pieces_equal(1, result.pieces + t, 1, &(fr_interval){0, 0}, 0);
    fr_conformal_result_free(&result);
}

/* ---- refusals -------------------------------------------------------------------------------------------------------------------------- */

static void test_refusals(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_lasso_settings settings;
    fr_conformal_result result;
    fr_conformal_curve curves[2] = {{.count = 7}, {.count = 7}};
    random_conformal_case(1, 10, 4, 2, 1, &all);
    fr_conformal_lasso_settings_default(&settings);
    settings.curves = curves;
    assert_refused(fr_conformal_lasso(&all.data, &settings, &result), FR_EUSAGE, "lambda");
    assert_true(result.pieces == NULL && result.m == 0 && curves[0].count == 0 && curves[1].at == NULL);
    settings.lambda = 1;
    settings.ridge = -1;
    assert_refused(fr_conformal_lasso(&all.data, &settings, &result), FR_EUSAGE, "ridge");
    settings.ridge = 0;
    settings.low = 2, settings.high = 1;
    assert_refused(fr_conformal_lasso(&all.data, &settings, &result), FR_EUSAGE, "from 2 to 1");
    settings.low = 1e6, settings.high = NAN;
    assert_refused(fr_conformal_lasso(&all.data, &settings, &result), FR_EUSAGE, "range");
    settings.low = NAN;
    settings.max_segments = 0;
    assert_refused(fr_conformal_lasso(&all.data, &settings, &result), FR_EUSAGE, "segment");
    settings.max_segments = 10;
    all.x_test[1] = 1e200;
    assert_refused(fr_conformal_lasso(&all.data, &settings, &result), FR_EINPUT, "too large");
    all.x[5] = 1e200;
    assert_refused(fr_conformal_lasso(&all.data, &settings, &result), FR_EINPUT, "too large");
    all.x[5] = NAN;
    assert_refused(fr_conformal_lasso(&all.data, &settings, &result), FR_EINPUT, "row 1, column 1");
    all.data.n = 1;
    assert_refused(fr_conformal_lasso(&all.data, &settings, &result), FR_EUSAGE, "2 training points");
    conformal_case_free(&all);
}

/* A level below 1 / (n + 1): all of the range, and a warning. */
static void test_small_level(void **state)
{
    (void)state;
    conformal_case all;
    fr_conformal_lasso_settings settings;
    fr_conformal_result result;
    const double alpha = 0.05;
    random_conformal_case(1, 10, 4, 1, 1, &all);
    fr_conformal_lasso_settings_default(&settings);
    settings.alphas = &alpha;
    settings.n_alphas = 1;
    settings.lambda = 1;
    settings.low = -INFINITY, settings.high = INFINITY;
    watch_warnings();
    assert_ok(fr_conformal_lasso(&all.data, &settings, &result));
    assert_int_equal(warnings_seen(), 1);
    assert_true(result.pieces[0].lower == -INFINITY && result.pieces[0].upper == INFINITY);
    assert_int_equal(result.status[0], FR_CONFORMAL_INFINITE);
    fr_conformal_result_free(&result);
    fr_observe(NULL);
    conformal_case_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brute_force),
        cmocka_unit_test(test_ridge_limit),
        cmocka_unit_test(test_huge_lambda),
        cmocka_unit_test(test_order_unit_copies),
        cmocka_unit_test(test_origin),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_parts_of_the_range),
        cmocka_unit_test(test_some_on_grid),
        cmocka_unit_test(test_grid_instead),
        cmocka_unit_test(test_smallest),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_small_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
