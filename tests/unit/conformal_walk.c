/* The lasso's walk in y step by step: optimality all along, the columns that are never looked at included; fresh starts on the way. */
#include "conformal_cases.h"
#include "support.h"

#include <conformal/lasso_walk.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double tolerance = 1e-11; /* of sums of about 10^2 terms of size 1 to 10 */

typedef struct {
    conformal_case random;
    lasso_training training;
    lasso_walk walk;
    double *z; /* all rows as the walk sees them, by columns */
} walk_case;

static void set_up(uint64_t seed, int64_t n, int64_t p, double lambda, double ridge, bool intercept,
                   walk_case *out)
{
    random_conformal_case(seed, n, p, 1, 5, &out->random);
    assert_ok(lasso_training_new(&out->random.data, lambda, ridge, intercept, &out->training));
    assert_ok(lasso_walk_new(&out->training, 1000, &out->walk));
    lasso_walk_point(&out->walk, out->random.x_test);
    out->z = malloc((size_t)((n + 1) * p) * sizeof(double));
    assert_non_null(out->z);
    for (int64_t j = 0; j < p; j++)
        lasso_column_copy(&out->walk.columns, j, out->z + j * (n + 1));
}

static void tear_down(walk_case *all)
{
    free(all->z);
    lasso_walk_free(&all->walk);
    lasso_training_free(&all->training);
    conformal_case_free(&all->random);
}

static double product_of(const walk_case *all, int64_t j)
{
    int64_t rows = all->training.n + 1;
    double sum = 0;
    for (int64_t i = 0; i < rows; i++)
        sum += (j == constant_column ? 1 : all->z[j * rows + i]) * all->walk.residual[i];
    return sum;
}

/* The residual is that of the coefficients, and these are optimal at walk.y. */
static void check_state(const walk_case *all)
{
    const lasso_walk *walk = &all->walk;
    int64_t rows = all->training.n + 1, active = 0;
    double lambda = all->training.lambda;
    for (int64_t i = 0; i < rows; i++) {
        double residual = i + 1 < rows ? all->training.y[i] : walk->y;
        for (int64_t k = 0; k < walk->n_active; k++)
            residual -=
                walk->b[k] * (walk->active[k] == constant_column ? 1 : all->z[walk->active[k] * rows + i]);
        assert_near(walk->residual[i], residual, tolerance);
    }
    for (int64_t k = 0; k < walk->n_active; k++) {
        double shrink = walk->active[k] == constant_column ? 0 : all->training.ridge * walk->b[k];
        assert_near(product_of(all, walk->active[k]) - shrink, lambda * walk->sign[k], tolerance);
        assert_true(walk->sign[k] * walk->b[k] >= -tolerance);
        active += walk->active[k] != constant_column;
    }
    for (int64_t j = 0; j < all->training.p; j++) {
        assert_true(fabs(product_of(all, j)) - (walk->role[j] == lasso_active ? INFINITY : 0) <=
                    lambda + tolerance);
        active -= walk->role[j] == lasso_active;
    }
    assert_int_equal(active, 0);
}

/* Walks to `end`, checking after every event; returns the number of steps. */
static int64_t walk_on(walk_case *all, double end)
{
    lasso_walk *walk = &all->walk;
    for (int64_t steps = 1;; steps++) {
        lasso_walk_aim(walk);
        walk_event event = lasso_walk_next(walk, walk->direction * (end - walk->y));
        lasso_walk_advance(walk, event.step);
        check_state(all);
        if (event.kind == walk_end) return steps;
        assert_ok(lasso_walk_apply(walk, &event));
        check_state(all);
        if (steps % 30 != 0) continue;
        bool exact;
        assert_ok(lasso_walk_refresh(walk, &exact));
        assert_true(exact);
        check_state(all);
    }
}

static void test_every_step(void **state)
{
    (void)state;
    int64_t steps = 0;
    for (uint64_t trial = 0; trial < 24; trial++) {
        walk_case all;
        set_up(trial, 20 + 4 * (int64_t)(trial % 5), trial % 2 == 0 ? 80 : 25, trial % 3 == 0 ? 0.7 : 5,
               trial % 4 == 1 ? 0.4 : 0, trial % 3 == 1, &all);
        for (int up = 0; up < 2; up++) {
            assert_ok(lasso_walk_start(&all.walk, up ? 1 : -1));
            check_state(&all);
            steps += walk_on(&all, up ? 30 / all.training.scale : -30 / all.training.scale);
        }
        tear_down(&all);
    }
    assert_true(steps > 500);
}

/* A fresh solution half way is what the walk has there, and a walk from it ends where the other one does. */
static void test_fresh_starts(void **state)
{
    (void)state;
    for (uint64_t trial = 0; trial < 12; trial++) {
        walk_case all;
        set_up(trial, 25, 60, 4, trial % 4 == 1 ? 0.4 : 0, trial % 3 == 1, &all);
        double middle = 5 / all.training.scale, end = 12 / all.training.scale;
        double half_way[26], at_end[26];
        assert_ok(lasso_walk_start(&all.walk, 1));
        walk_on(&all, middle);
        memcpy(half_way, all.walk.residual, sizeof half_way);
        walk_on(&all, end);
        memcpy(at_end, all.walk.residual, sizeof at_end);
        for (int again = 0; again < 2; again++) {
            assert_ok(lasso_walk_restart(&all.walk, middle));
            check_state(&all);
            for (int i = 0; i < 26; i++)
                assert_near(all.walk.residual[i], half_way[i], tolerance);
            walk_on(&all, end);
            for (int i = 0; i < 26; i++)
                assert_near(all.walk.residual[i], at_end[i], tolerance);
        }
        tear_down(&all);
    }
}

/* Refreshing mends what rounding has done to the coefficients, and tells when it was more than that. */
static void test_refresh(void **state)
{
    (void)state;
    walk_case all;
    bool exact;
    set_up(5, 25, 60, 4, 0, true, &all);
    assert_ok(lasso_walk_start(&all.walk, 1));
    walk_on(&all, 5 / all.training.scale);
    all.walk.b[2] += 1e-11;
    assert_ok(lasso_walk_refresh(&all.walk, &exact));
    assert_true(exact);
    check_state(&all);
    all.walk.b[2] += 1e-5;
    assert_ok(lasso_walk_refresh(&all.walk, &exact));
    assert_false(exact);
    check_state(&all);
    tear_down(&all);
}

/* A walk whose events are all said to be at one y leaps: the curve is as without. */
static void test_leap(void **state)
{
    (void)state;
    walk_case all;
    set_up(6, 25, 60, 4, 0, false, &all);
    assert_ok(lasso_walk_run(&all.walk, all.random.x_test, -10, 10));
    int64_t count = all.walk.curve.count;
    double *at = malloc((size_t)count * sizeof *at);
    assert_non_null(at);
    memcpy(at, all.walk.curve.at, (size_t)count * sizeof *at);
    all.walk.standing_limit = -1; /* every step is one too many */
    assert_ok(lasso_walk_run(&all.walk, all.random.x_test, -10, 10));
    /* Both have the same breakpoints but for those between segments, where the leaps add some of their own. */
    for (int64_t k = 0, l = 0; k < count; k++) {
        while (l + 1 < all.walk.curve.count && all.walk.curve.at[l] < at[k] - 2e-8)
            l++;
        assert_near(all.walk.curve.at[l], at[k], 4e-8);
    }
    free(at);
    tear_down(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_step),
        cmocka_unit_test(test_fresh_starts),
        cmocka_unit_test(test_refresh),
        cmocka_unit_test(test_leap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
