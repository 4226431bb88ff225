/* Coordinate descent on a working set, with gap-safe screening (Ndiaye, Fercoq, Gramfort, Salmon, JMLR 18(128), 2017):
 * with the dual point theta and the duality gap G, column j is out of every solution if
 *   |x_j' theta| + ||x_j|| sqrt(2 G) / lambda < 1. */
#include "lasso_fit.h"

#include <float.h>
#include <math.h>

/* Drops candidates that the gap excludes; those that are not zero yet are made so. */
static void screen(lasso_fit *fit, const lasso_gap *gap)
{
    double radius = sqrt(2 * fmax(gap->gap, 4 * DBL_EPSILON * gap->primal)), ridge = fit->ridge;
    double scale = fabs(gap->dual_scale);
    int64_t kept = 0;
    for (int64_t k = 0; k < fit->n_candidates; k++) {
        int64_t j = fit->candidate[k];
        double b = fit->b[j], product = fit->bound[j];
        if (b != 0) product = fabs(lasso_dot(&fit->columns, j, fit->residual) - ridge * b);
        double norm = ridge > 0 ? sqrt(fit->norm[j] * fit->norm[j] + ridge) : fit->norm[j];
        if (scale * product + norm * radius >= fit->lambda) {
            fit->candidate[kept++] = j;
            continue;
        }
        if (b == 0) continue;
        fit->b[j] = 0;
        lasso_fit_move(fit, j, b);
    }
    fit->n_candidates = kept;
}

/* The columns that are not zero or violate optimality. */
static int64_t choose_working(lasso_fit *fit)
{
    int64_t count = 0;
    for (int64_t k = 0; k < fit->n_candidates; k++) {
        int64_t j = fit->candidate[k];
        if (fit->b[j] != 0 || fit->bound[j] > fit->lambda) fit->working[count++] = j;
    }
    return count;
}

/* One pass. Centring moves the residual by a constant: it is owed until the end of the pass, `shift` to every entry.
 * Returns the largest ||x_j||^2 (change of b_j)^2. */
static double pass(lasso_fit *fit, int64_t count)
{
    double largest = 0, shift = 0, rows = (double)fit->n;
    for (int64_t k = 0; k < count; k++) {
        int64_t j = fit->working[k];
        double square = fit->norm[j] * fit->norm[j], b = fit->b[j];
        double product = lasso_dot(&fit->columns, j, fit->residual) + shift * rows * fit->mean[j];
        double target = product + square * b;
        double next = 0;
        if (fabs(target) > fit->lambda)
            next = (target > 0 ? target - fit->lambda : target + fit->lambda) / (square + fit->ridge);
        if (next == b) continue;
        fit->b[j] = next;
        lasso_add(&fit->columns, j, b - next, fit->residual);
        shift -= (b - next) * fit->mean[j];
        largest = fmax(largest, square * (b - next) * (b - next));
    }
    if (fit->intercept)
        for (int64_t i = 0; i < fit->n; i++)
            fit->residual[i] += shift;
    return largest;
}

int lasso_descend(lasso_fit *fit, double gap, int64_t max_passes)
{
    for (;;) {
        lasso_gap reached = lasso_fit_gap(fit, lasso_fit_scan(fit));
        if (reached.gap <= gap || fit->passes >= max_passes) return FR_OK;
        screen(fit, &reached);
        int64_t count = choose_working(fit);
        /* The working set is solved to a part of the gap that only a new one can close. */
        for (int k = 0; k < 100 && fit->passes < max_passes; k++) {
            fit->passes++;
            if (pass(fit, count) <= 1e-4 * fmax(reached.gap, gap)) break;
        }
        int status = fr_progress_tick(NULL, 0, 0);
        if (status != FR_OK) return status;
    }
}
