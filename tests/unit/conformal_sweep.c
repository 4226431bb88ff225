/* Sweeps over linear residuals against counting at many y, and the pieces and curves that come of them. */
#include "conformal_cases.h"
#include "support.h"

#include <conformal/sweep.h>

#include <math.h>
#include <string.h>

enum { most = 12 };

typedef struct {
    int64_t n;
    double u[most + 1], v[most + 1];
} lines;

static int64_t count_at(const lines *all, double y)
{
    double own = fabs(all->u[all->n] + all->v[all->n] * y);
    int64_t count = 0;
    for (int64_t i = 0; i < all->n; i++)
        count += fabs(all->u[i] + all->v[i] * y) < own;
    return count;
}

/* Between breakpoints the number is constant; slopes and constants are small multiples of 1/8 half of the time, so that breakpoints
 * coincide and slopes agree. */
static void random_lines(fr_rng *rng, lines *out)
{
    bool coarse = fr_rng_below(rng, 2) == 0;
    out->n = 1 + fr_rng_below(rng, most);
    for (int64_t i = 0; i <= out->n; i++) {
        out->u[i] = coarse ? (double)(fr_rng_below(rng, 33) - 16) / 8 : fr_rng_normal(rng);
        out->v[i] = coarse ? (double)(fr_rng_below(rng, 9) - 4) / 8 : fr_rng_normal(rng);
    }
}

static double middle_of(double low, double high)
{
    if (low == -INFINITY) return high == INFINITY ? 0.3 : high - 1 - fabs(high);
    return high == INFINITY ? low + 1 + fabs(low) : low + (high - low) / 2;
}

static void check_curve(const lines *all, const fr_conformal_curve *curve)
{
    for (int64_t b = 0; b + 1 < curve->count; b++) {
        double low = curve->at[b], high = curve->at[b + 1];
        assert_true(low < high);
        /* apart from breakpoints that rounding sets apart */
        if (high - low > 1e-9 * (1 + fabs(low)))
            assert_int_equal(curve->inside[b], count_at(all, middle_of(low, high)));
        assert_true(curve->on[b] <= curve->inside[b] && curve->on[b + 1] <= curve->inside[b]);
    }
}

static bool belongs(const fr_conformal_pieces *pieces, double y)
{
    for (int64_t k = 0; k < pieces->count; k++)
        if (pieces->pieces[k].lower <= y && y <= pieces->pieces[k].upper) return true;
    return false;
}

static void test_random_lines(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 5, 1, 0);
    sweep_space space = {0};
    for (int trial = 0; trial < 3000; trial++) {
        lines all;
        random_lines(&rng, &all);
        bool finite = fr_rng_below(&rng, 2) == 0;
        double low = finite ? -2 : -INFINITY, high = finite ? 1.5 : INFINITY;
        assert_ok(sweep_curve(&space, all.n, all.u, all.v, low, high));
        assert_true(space.curve.at[0] == low && space.curve.at[space.curve.count - 1] == high);
        check_curve(&all, &space.curve);
        for (int64_t rank = 1; rank <= all.n + 1; rank++) {
            fr_conformal_pieces pieces = {0};
            assert_ok(fr_conformal_sweep(all.n, all.u, all.v, low, high, rank, &pieces));
            for (int64_t b = 0; b + 1 < space.curve.count; b++) {
                double from = space.curve.at[b], to = space.curve.at[b + 1], y = middle_of(from, to);
                if (to - from > 1e-9 * (1 + fabs(from)))
                    assert_int_equal(belongs(&pieces, y), count_at(&all, y) < rank);
            }
            for (int64_t k = 1; k < pieces.count; k++)
                assert_true(pieces.pieces[k - 1].upper < pieces.pieces[k].lower);
            fr_conformal_pieces_free(&pieces);
        }
    }
    sweep_space_free(&space);
}

/* r_t = y is smallest at 0 alone: an isolated point, between lines that never cross again. */
static void test_isolated_point(void **state)
{
    (void)state;
    const double u[] = {0, 0}, v[] = {0.5, 1};
    fr_conformal_pieces pieces = {0};
    assert_ok(fr_conformal_sweep(1, u, v, -INFINITY, INFINITY, 1, &pieces));
    assert_pieces_equal(pieces.count, pieces.pieces, 1, &(fr_interval){0, 0}, 0);
    fr_conformal_pieces_free(&pieces);
    /* and at the end of a range */
    assert_ok(fr_conformal_sweep(1, u, v, 0, 3, 1, &pieces));
    assert_pieces_equal(pieces.count, pieces.pieces, 1, &(fr_interval){0, 0}, 0);
    fr_conformal_pieces_free(&pieces);
    assert_ok(fr_conformal_sweep(1, u, v, -3, 0, 1, &pieces));
    assert_pieces_equal(pieces.count, pieces.pieces, 1, &(fr_interval){0, 0}, 0);
    fr_conformal_pieces_free(&pieces);
}

static void test_flat_lines(void **state)
{
    (void)state;
    const double larger[] = {2, 1}, equal[] = {-1, 1}, smaller[] = {0.5, 1}, v[] = {0, 0};
    const fr_interval all = {-INFINITY, INFINITY};
    fr_conformal_pieces pieces = {0};
    assert_ok(fr_conformal_sweep(1, larger, v, -INFINITY, INFINITY, 1, &pieces));
    assert_pieces_equal(pieces.count, pieces.pieces, 1, &all, 0);
    fr_conformal_pieces_free(&pieces);
    assert_ok(fr_conformal_sweep(1, equal, v, -INFINITY, INFINITY, 1, &pieces));
    assert_pieces_equal(pieces.count, pieces.pieces, 1, &all, 0);
    fr_conformal_pieces_free(&pieces);
    assert_ok(fr_conformal_sweep(1, smaller, v, -INFINITY, INFINITY, 1, &pieces));
    assert_int_equal(pieces.count, 0);
    fr_conformal_pieces_free(&pieces);
}

/* Lines that are equal up to rounding tie everywhere. */
static void test_rounding_ties(void **state)
{
    (void)state;
    /* taken at their word, the first would be the smaller one for y < -4 */
    const double u[] = {1 + 2.3e-16, 1}, v[] = {-0.5 + 6e-17, -0.5};
    assert_true(u[0] > u[1] && v[0] > v[1]);
    const fr_interval all = {-INFINITY, INFINITY};
    fr_conformal_pieces pieces = {0};
    assert_ok(fr_conformal_sweep(1, u, v, -INFINITY, INFINITY, 1, &pieces));
    assert_pieces_equal(pieces.count, pieces.pieces, 1, &all, 0);
    fr_conformal_pieces_free(&pieces);
}

static void test_scales(void **state)
{
    (void)state;
    const double scales[] = {1e-150, 1e150};
    for (int k = 0; k < 2; k++) {
        double s = scales[k];
        const double u[] = {2 * s, -s, 0}, v[] = {0, 0, 1};
        fr_conformal_pieces pieces = {0};
        assert_ok(fr_conformal_sweep(2, u, v, -INFINITY, INFINITY, 2, &pieces));
        assert_int_equal(pieces.count, 1);
        assert_close(pieces.pieces[0].lower, -2 * s, 1e-15);
        assert_close(pieces.pieces[0].upper, 2 * s, 1e-15);
        fr_conformal_pieces_free(&pieces);
    }
}

static void test_ranges(void **state)
{
    (void)state;
    const double u[] = {1, 0}, v[] = {0, 1};
    fr_conformal_pieces pieces = {0};
    assert_ok(fr_conformal_sweep(1, u, v, 0.5, 0.5, 1, &pieces));
    assert_pieces_equal(pieces.count, pieces.pieces, 1, &(fr_interval){0.5, 0.5}, 0);
    /* the next range appends; what touches becomes one piece */
    assert_ok(fr_conformal_sweep(1, u, v, 0.5, 4, 1, &pieces));
    assert_pieces_equal(pieces.count, pieces.pieces, 1, &(fr_interval){0.5, 1}, 0);
    assert_refused(fr_conformal_sweep(1, u, v, 1, 0, 1, &pieces), FR_EUSAGE, "is empty");
    fr_conformal_pieces_free(&pieces);
}

/* The curve over a range is that of its two halves, one behind the other. */
static void test_append(void **state)
{
    (void)state;
    fr_rng rng;
    fr_rng_init(&rng, 6, 1, 0);
    for (int trial = 0; trial < 200; trial++) {
        lines all;
        random_lines(&rng, &all);
        sweep_space whole = {0}, part = {0};
        fr_conformal_curve joined = {0};
        int64_t room = 0;
        assert_ok(sweep_curve(&whole, all.n, all.u, all.v, -3, 3));
        assert_ok(sweep_curve(&part, all.n, all.u, all.v, -3, 0.77));
        assert_ok(conformal_curve_append(&joined, &room, &part.curve));
        assert_ok(sweep_curve(&part, all.n, all.u, all.v, 0.77, 3));
        assert_ok(conformal_curve_append(&joined, &room, &part.curve));
        assert_int_equal(joined.count, whole.curve.count + 1); /* 0.77 is no breakpoint of its own */
        for (int64_t b = 0, c = 0; c < joined.count; c++) {
            if (joined.at[c] == 0.77) continue;
            assert_true(joined.at[c] == whole.curve.at[b]);
            assert_int_equal(joined.on[c], whole.curve.on[b]);
            if (c + 1 < joined.count) assert_int_equal(joined.inside[c], whole.curve.inside[b]);
            b++;
        }
        fr_conformal_curve_free(&joined);
        sweep_space_free(&whole);
        sweep_space_free(&part);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_lines), cmocka_unit_test(test_isolated_point),
        cmocka_unit_test(test_flat_lines),   cmocka_unit_test(test_rounding_ties),
        cmocka_unit_test(test_scales),       cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_append),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
