/* L-BFGS-B, and L-BFGS with a memory of its own: known minima with and without bounds, functions with a domain, every way
 * of stopping, several runs at once, and what the memory is for. */
#include "dense.h"
#include "support.h"

#include <frugal/optim.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum { LBFGSB, LBFGS } minimiser;

/* Either minimiser; the second from an empty memory. */
static int minimise(minimiser kind, int64_t n, double *x, const double *lower, const double *upper,
                    fr_objective objective, void *context, const fr_lbfgsb_settings *settings,
                    fr_lbfgsb_info *info)
{
    if (kind == LBFGSB) return fr_lbfgsb(n, x, lower, upper, objective, context, settings, info);
    fr_lbfgs_memory memory;
    int status = fr_lbfgs_memory_new(n, settings->memory, &memory);
    if (status == FR_OK) status = fr_lbfgs(n, x, lower, upper, objective, context, settings, &memory, info);
    fr_lbfgs_memory_free(&memory);
    return status;
}

static fr_lbfgsb_settings defaults(void)
{
    fr_lbfgsb_settings settings;
    fr_lbfgsb_settings_default(&settings);
    return settings;
}

/* ---- quadratics --------------------------------------------------------------------------------------------------------- */

enum { size = 60 };

typedef struct {
    double offset;    /* added to the value */
    double condition; /* curvatures from 1 to this */
    double centre[size];
} quadratic;

/* offset + sum of curvature_k y_k^2 / 2, y the differences of neighbouring x - centre: not separable. */
static int quadratic_value(const double *x, double *value, double *gradient, void *context)
{
    const quadratic *q = context;
    *value = q->offset;
    memset(gradient, 0, size * sizeof *gradient);
    for (int k = 0; k < size; k++) {
        double curvature = pow(q->condition, (double)k / (size - 1));
        double y = x[k] - q->centre[k] - (k > 0 ? 0.5 * (x[k - 1] - q->centre[k - 1]) : 0);
        *value += curvature * y * y / 2;
        gradient[k] += curvature * y;
        if (k > 0) gradient[k - 1] -= 0.5 * curvature * y;
    }
    return FR_OK;
}

static quadratic quadratic_new(uint64_t seed, double condition)
{
    quadratic q = {.condition = condition};
    for (int k = 0; k < size; k++)
        q.centre[k] = 3 * fr_random_normal(seed, 0, (uint64_t)k);
    return q;
}

static void fill(double *values, double value)
{
    for (int k = 0; k < size; k++)
        values[k] = value;
}

static void free_quadratic(void **state)
{
    minimiser kind = *(const minimiser *)*state;
    quadratic q = quadratic_new(1, 1000);
    double x[size] = {0}, lower[size], upper[size];
    fill(lower, -INFINITY);
    fill(upper, INFINITY);
    fr_lbfgsb_settings settings = defaults();
    settings.pgtol = 1e-9;
    fr_lbfgsb_info info;
    assert_ok(minimise(kind, size, x, lower, upper, quadratic_value, &q, &settings, &info));
    assert_true(info.converged);
    assert_true(info.gradient_max <= 1e-9);
    assert_true(info.iterations > 5 && info.evaluations >= info.iterations);
    /* The gradient bounds the error: smallest eigenvalue about 1/4, so 60 components of 1e-9 move x by less than 1e-7. */
    for (int k = 0; k < size; k++)
        assert_near(x[k], q.centre[k], 1e-7);
    double gradient[size], value;
    quadratic_value(x, &value, gradient, &q);
    assert_true(value == info.value);
    assert_true(dense_largest(size, gradient) == info.gradient_max);
}

/* Of a separable function the bounded minimiser is the nearest point of the box; all four kinds of bounds. */
static int separable_value(const double *x, double *value, double *gradient, void *context)
{
    const double *centre = context;
    *value = 0;
    for (int k = 0; k < size; k++) {
        double y = x[k] - centre[k];
        *value += (1 + k) * y * y / 2;
        gradient[k] = (1 + k) * y;
    }
    return FR_OK;
}

static void bounds_of_all_kinds(void **state)
{
    minimiser kind = *(const minimiser *)*state;
    quadratic q = quadratic_new(2, 1);
    double x[size] = {0}, lower[size], upper[size];
    for (int k = 0; k < size; k++) {
        lower[k] = k % 4 < 2 ? -1 : -INFINITY; /* both, lower, upper, none */
        upper[k] = k % 4 == 0 || k % 4 == 2 ? 2 : INFINITY;
    }
    fr_lbfgsb_settings settings = defaults();
    fr_lbfgsb_info info;
    int at_bound = 0;
    assert_ok(minimise(kind, size, x, lower, upper, separable_value, q.centre, &settings, &info));
    assert_true(info.converged);
    assert_true(info.gradient_max <= settings.pgtol);
    for (int k = 0; k < size; k++) {
        double expected = fmin(upper[k], fmax(lower[k], q.centre[k]));
        assert_near(x[k], expected, 1e-5); /* gradient below 1e-5, curvature at least 1 */
        assert_true(x[k] >= lower[k] && x[k] <= upper[k]);
        at_bound += x[k] == lower[k] || x[k] == upper[k];
    }
    assert_true(at_bound > 10);
}

/* ---- Rosenbrock ---------------------------------------------------------------------------------------------------------- */

static int rosenbrock(const double *x, double *value, double *gradient, void *context)
{
    (void)context;
    double a = 1 - x[0], b = x[1] - x[0] * x[0];
    *value = a * a + 100 * b * b;
    gradient[0] = -2 * a - 400 * x[0] * b;
    gradient[1] = 200 * b;
    return FR_OK;
}

static void rosenbrock_with_bounds(void **state)
{
    minimiser kind = *(const minimiser *)*state;
    const struct {
        double start[2], lower[2], upper[2], expected[2];
    } cases[] = {
        {{-1.2, 1}, {-INFINITY, -INFINITY}, {INFINITY, INFINITY}, {1, 1}},
        {{-1.2, 1},
         {-2, -2},
         {0.5, 2},
         {0.5, 0.25}}, /* (1 - x)^2 falls up to the bound, x^2 stays in reach */
        {{1.7, 1}, {1.5, -1}, {2, 5}, {1.5, 2.25}},
        {{1.2, 0.8}, {-2, 0.5}, {2, 0.81}, {0.9, 0.81}}, /* made exact below */
        {{-1.2, 1}, {-1.2, 1}, {-1.2, 1}, {-1.2, 1}},    /* a box of one point */
    };
    fr_lbfgsb_settings settings = defaults();
    settings.pgtol = 1e-6;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        double x[2] = {cases[k].start[0], cases[k].start[1]};
        double expected[2] = {cases[k].expected[0], cases[k].expected[1]};
        if (k == 3) /* on x1 = 0.81 the stationary point solves 200 x^3 - 161 x - 1 = 0 near 0.9: Newton */
            for (int step = 0; step < 20; step++)
                expected[0] -= (200 * pow(expected[0], 3) - 161 * expected[0] - 1) /
                               (600 * expected[0] * expected[0] - 161);
        fr_lbfgsb_info info;
        assert_ok(minimise(kind, 2, x, cases[k].lower, cases[k].upper, rosenbrock, NULL, &settings, &info));
        assert_true(info.converged);
        assert_near(x[0], expected[0], 1e-5); /* gradient 1e-6 over the smallest curvature, 0.4 */
        assert_near(x[1], expected[1], 1e-5);
    }
}

/* ---- a function with a domain ---------------------------------------------------------------------------------------------- */

typedef struct {
    bool by_status; /* tells the edge by FR_ENUMERIC, otherwise by an infinite value */
    int outside;
} barrier;

/* sum of x_k - log x_k: defined for x > 0, minimum at 1; far from it so flat that steps overshoot. */
static int barrier_value(const double *x, double *value, double *gradient, void *context)
{
    barrier *b = context;
    *value = 0;
    for (int k = 0; k < 3; k++) {
        if (!(x[k] > 0)) {
            b->outside++;
            *value = INFINITY;
            return b->by_status ? fr_fail(FR_ENUMERIC, "outside") : FR_OK;
        }
        *value += (1 + k) * (x[k] - log(x[k]));
        gradient[k] = (1 + k) * (1 - 1 / x[k]);
    }
    return FR_OK;
}

static void comes_back_into_the_domain(void **state)
{
    minimiser kind = *(const minimiser *)*state;
    const double lower[3] = {-INFINITY, -INFINITY, -INFINITY}, upper[3] = {INFINITY, INFINITY, INFINITY};
    fr_lbfgsb_settings settings = defaults();
    settings.pgtol = 1e-8;
    for (int by_status = 0; by_status < 2; by_status++) {
        barrier b = {.by_status = by_status == 1};
        fr_lbfgsb_info info;
        for (uint64_t seed = 1; seed <= 40; seed++) {
            double x[3];
            for (uint64_t k = 0; k < 3; k++)
                x[k] = exp(4 * fr_random_uniform(seed, 1, k));
            assert_ok(minimise(kind, 3, x, lower, upper, barrier_value, &b, &settings, &info));
            assert_true(info.converged);
            for (int k = 0; k < 3; k++)
                assert_near(x[k], 1, 1e-7);
        }
        assert_true(b.outside > 0);
        double start[3] = {1, -1, 1}; /* nowhere to come back to */
        int status = minimise(kind, 3, start, lower, upper, barrier_value, &b, &settings, &info);
        assert_int_equal(status, FR_ENUMERIC);
        assert_false(info.converged);
    }
}

/* ---- ways of stopping -------------------------------------------------------------------------------------------------------- */

typedef struct {
    quadratic function;
    int64_t calls, last; /* at call `last` it interrupts or fails */
    bool fails;
} stopping;

static int stopping_value(const double *x, double *value, double *gradient, void *context)
{
    stopping *s = context;
    if (++s->calls == s->last) {
        if (s->fails) return fr_fail(FR_EUSAGE, "enough");
        fr_interrupt();
    }
    return quadratic_value(x, value, gradient, &s->function);
}

static int run_stopping(minimiser kind, stopping *s, const fr_lbfgsb_settings *settings, double x[size],
                        fr_lbfgsb_info *info)
{
    double lower[size], upper[size];
    fill(lower, -INFINITY);
    fill(upper, INFINITY);
    memset(x, 0, size * sizeof *x);
    return minimise(kind, size, x, lower, upper, stopping_value, s, settings, info);
}

static void iteration_limit(void **state)
{
    minimiser kind = *(const minimiser *)*state;
    stopping s = {.function = quadratic_new(3, 1e6)};
    fr_lbfgsb_settings settings = defaults();
    settings.max_iterations = 7;
    double x[size], gradient[size], value, start;
    fr_lbfgsb_info info;
    assert_ok(run_stopping(kind, &s, &settings, x, &info));
    assert_int_equal(info.iterations, 7);
    assert_int_equal(info.evaluations, s.calls);
    assert_false(info.converged);
    quadratic_value(x, &value, gradient, &s.function);
    assert_true(value == info.value);
    const double zero[size] = {0};
    quadratic_value(zero, &start, gradient, &s.function);
    assert_true(value < 0.5 * start);
}

static void interruption(void **state)
{
    minimiser kind = *(const minimiser *)*state;
    stopping s = {.function = quadratic_new(3, 1e6), .last = 9};
    fr_lbfgsb_settings settings = defaults();
    double x[size], gradient[size], value;
    fr_lbfgsb_info info;
    int status = run_stopping(kind, &s, &settings, x, &info);
    fr_interrupt_clear();
    assert_int_equal(status, FR_EINTERRUPTED);
    assert_true(s.calls >= 9 && s.calls < 12);
    quadratic_value(x, &value, gradient, &s.function); /* the best point is kept */
    assert_true(value == info.value);
    assert_false(info.converged);
}

static void failing_objective(void **state)
{
    minimiser kind = *(const minimiser *)*state;
    stopping s = {.function = quadratic_new(3, 1e6), .last = 5, .fails = true};
    fr_lbfgsb_settings settings = defaults();
    double x[size];
    fr_lbfgsb_info info;
    assert_refused(run_stopping(kind, &s, &settings, x, &info), FR_EUSAGE, "enough");
    assert_int_equal(s.calls, 5);
}

static void small_decrease(void **state)
{
    minimiser kind = *(const minimiser *)*state;
    stopping whole = {.function = quadratic_new(3, 1e6)}, early = whole;
    fr_lbfgsb_settings settings = defaults();
    double x[size];
    fr_lbfgsb_info long_run, short_run;
    assert_ok(run_stopping(kind, &whole, &settings, x, &long_run));
    settings.factr = 1e12; /* a relative decrease of 2e-4 */
    assert_ok(run_stopping(kind, &early, &settings, x, &short_run));
    assert_true(short_run.converged);
    assert_true(short_run.iterations < long_run.iterations);
    assert_true(short_run.gradient_max > settings.pgtol);
    assert_true(short_run.value > long_run.value);
}

/* Beside 1e9 the last digits of the decrease are lost, and the search ends before the gradient is small. */
static void rounding(void **state)
{
    minimiser kind = *(const minimiser *)*state;
    stopping s = {.function = quadratic_new(3, 100)};
    s.function.offset = 1e9;
    fr_lbfgsb_settings settings = defaults();
    settings.pgtol = 1e-12;
    double x[size];
    fr_lbfgsb_info info;
    assert_ok(run_stopping(kind, &s, &settings, x, &info));
    assert_false(info.converged);
    double reached = info.gradient_max;
    assert_true(reached > 1e-12 && reached < 0.1);
    settings.pgtol_rounding = 2 * reached;
    assert_ok(run_stopping(kind, &s, &settings, x, &info));
    assert_true(info.converged);
    settings.pgtol_rounding = 0.5 * reached;
    assert_ok(run_stopping(kind, &s, &settings, x, &info));
    assert_false(info.converged);
}

static void sizes_out_of_range(void **state)
{
    (void)state;
    double x[1] = {0}, bound[1] = {0};
    fr_lbfgsb_settings settings = defaults();
    fr_lbfgsb_info info;
    assert_int_equal(fr_lbfgsb(0, x, bound, bound, rosenbrock, NULL, &settings, &info), FR_EUSAGE);
    settings.memory = 0;
    assert_int_equal(fr_lbfgsb(1, x, bound, bound, rosenbrock, NULL, &settings, &info), FR_EUSAGE);
}

/* ---- several at once ----------------------------------------------------------------------------------------------------------- */

/* The Fortran code keeps no state of its own: runs side by side give the bytes of runs one after the other. */
static void runs_side_by_side(void **state)
{
    minimiser kind = *(const minimiser *)*state;
    enum { runs = 8 };
    static double alone[runs][size], together[runs][size];
    fr_lbfgsb_info alone_info[runs], together_info[runs];
    fr_lbfgsb_settings settings = defaults();
    int failures = 0;
    for (int k = 0; k < runs; k++) {
        stopping s = {.function = quadratic_new((uint64_t)k, 10 + 1000 * k)};
        assert_ok(run_stopping(kind, &s, &settings, alone[k], &alone_info[k]));
    }
#pragma omp parallel for num_threads(4) schedule(dynamic, 1) reduction(+ : failures)
    for (int k = 0; k < runs; k++) {
        stopping s = {.function = quadratic_new((uint64_t)k, 10 + 1000 * k)};
        failures += run_stopping(kind, &s, &settings, together[k], &together_info[k]) != FR_OK;
    }
    assert_int_equal(failures, 0);
    assert_memory_equal(together, alone, sizeof alone);
    for (int k = 0; k < runs; k++) {
        assert_int_equal(together_info[k].iterations, alone_info[k].iterations);
        assert_int_equal(together_info[k].evaluations, alone_info[k].evaluations);
    }
}

/* ---- the memory ------------------------------------------------------------------------------------------------------------------ */

static fr_lbfgsb_info run_with_memory(quadratic *q, const double start[size], fr_lbfgs_memory *memory,
                                      double x[size])
{
    double lower[size], upper[size];
    fill(lower, -INFINITY);
    fill(upper, INFINITY);
    memcpy(x, start, size * sizeof *x);
    fr_lbfgsb_settings settings = defaults();
    fr_lbfgsb_info info;
    assert_ok(fr_lbfgs(size, x, lower, upper, quadratic_value, q, &settings, memory, &info));
    assert_true(info.converged);
    return info;
}

/* The second of two functions of the same shape is found in fewer evaluations with what the first has taught. */
static void memory_starts_the_next_run(void **state)
{
    (void)state;
    quadratic first = quadratic_new(5, 100), second = quadratic_new(6, 100);
    double x[size], start[size] = {0}, expected[size];
    fr_lbfgs_memory learnt, empty;
    assert_ok(fr_lbfgs_memory_new(size, 40, &learnt));
    assert_ok(fr_lbfgs_memory_new(size, 40, &empty));
    run_with_memory(&first, start, &learnt, x);
    assert_true(learnt.count > 5 && learnt.count <= 40);
    fr_lbfgsb_info without = run_with_memory(&second, start, &empty, expected);
    fr_lbfgsb_info with = run_with_memory(&second, start, &learnt, x);
    assert_true(with.evaluations < without.evaluations);
    for (int k = 0; k < size; k++) /* gradient 1e-5, smallest curvature about 1/4 */
        assert_near(x[k], expected[k], 1e-3);
    learnt.count = 0; /* forgotten */
    with = run_with_memory(&second, start, &learnt, x);
    assert_int_equal(with.evaluations, without.evaluations);
    assert_memory_equal(expected, x, sizeof x);
    fr_lbfgs_memory_free(&learnt);
    fr_lbfgs_memory_free(&learnt);
    fr_lbfgs_memory_free(&empty);
}

static void memory_sizes_out_of_range(void **state)
{
    (void)state;
    fr_lbfgs_memory memory;
    assert_int_equal(fr_lbfgs_memory_new(5, 0, &memory), FR_EUSAGE);
    assert_int_equal(fr_lbfgs_memory_new(5, 101, &memory), FR_EUSAGE);
    assert_int_equal(fr_lbfgs_memory_new(INT64_MAX / 2, 100, &memory), FR_ENOMEM);
    fr_lbfgs_memory_free(&memory);
}

int main(void)
{
    static minimiser lbfgsb = LBFGSB, lbfgs = LBFGS;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(free_quadratic, &lbfgsb),
        cmocka_unit_test_prestate(bounds_of_all_kinds, &lbfgsb),
        cmocka_unit_test_prestate(rosenbrock_with_bounds, &lbfgsb),
        cmocka_unit_test_prestate(comes_back_into_the_domain, &lbfgsb),
        cmocka_unit_test_prestate(iteration_limit, &lbfgsb),
        cmocka_unit_test_prestate(interruption, &lbfgsb),
        cmocka_unit_test_prestate(failing_objective, &lbfgsb),
        cmocka_unit_test_prestate(small_decrease, &lbfgsb),
        cmocka_unit_test_prestate(rounding, &lbfgsb),
        cmocka_unit_test_prestate(runs_side_by_side, &lbfgsb),
        cmocka_unit_test_prestate(free_quadratic, &lbfgs),
        cmocka_unit_test_prestate(bounds_of_all_kinds, &lbfgs),
        cmocka_unit_test_prestate(rosenbrock_with_bounds, &lbfgs),
        cmocka_unit_test_prestate(comes_back_into_the_domain, &lbfgs),
        cmocka_unit_test_prestate(iteration_limit, &lbfgs),
        cmocka_unit_test_prestate(interruption, &lbfgs),
        cmocka_unit_test_prestate(failing_objective, &lbfgs),
        cmocka_unit_test_prestate(small_decrease, &lbfgs),
        cmocka_unit_test_prestate(rounding, &lbfgs),
        cmocka_unit_test_prestate(runs_side_by_side, &lbfgs),
        cmocka_unit_test(sizes_out_of_range),
        cmocka_unit_test(memory_starts_the_next_run),
        cmocka_unit_test(memory_sizes_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
