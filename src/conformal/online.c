/* Adaptive conformal inference (Gibbs, Candes, NeurIPS 2021): the level follows the errors,
 * alpha_t+1 = alpha_t + g (alpha - err_t), so that their long-run share is alpha whatever the scores do. alpha_t is not kept inside (0, 1):
 * beyond, sets are everything or empty. */
#include "rank.h"
#include "sets.h"

#include <math.h>
#include <string.h>

/* The calibration scores of the moment, sorted; with a window also in the order of time. */
typedef struct {
    int64_t count, window;
    double *sorted;
    double *recent; /* ring of the last `window` scores; NULL without a window */
    int64_t oldest;
} score_window;

static void window_free(score_window *scores)
{
    fr_free(scores->sorted);
    fr_free(scores->recent);
}

static int window_new(int64_t n, const double *calibration, int64_t window, score_window *out)
{
    int64_t kept = window > 0 && window < n ? window : n;
    *out = (score_window){.count = kept, .window = window};
    out->sorted = fr_alloc(window > 0 ? window : n, sizeof(double));
    if (window > 0) out->recent = fr_alloc(window, sizeof(double));
    if (out->sorted == NULL || (window > 0 && out->recent == NULL)) {
        window_free(out);
        return FR_ENOMEM;
    }
    if (kept > 0) memcpy(out->sorted, calibration + n - kept, (size_t)kept * sizeof *calibration);
    if (kept > 0 && window > 0)
        memcpy(out->recent, calibration + n - kept, (size_t)kept * sizeof *calibration);
    conformal_sort(kept, out->sorted);
    return FR_OK;
}

static void take_out(score_window *scores, double score)
{
    int64_t at = conformal_number_below(scores->count, scores->sorted, score);
    memmove(scores->sorted + at, scores->sorted + at + 1, (size_t)(scores->count - at - 1) * sizeof score);
    scores->count--;
}

static void remember(score_window *scores, double score)
{
    if (scores->window == 0) return;
    int64_t slot = scores->count;
    if (scores->count == scores->window) {
        slot = scores->oldest;
        take_out(scores, scores->recent[slot]);
        scores->oldest = (slot + 1) % scores->window;
    }
    scores->recent[slot] = score;
    int64_t at = conformal_number_below(scores->count, scores->sorted, score);
    memmove(scores->sorted + at + 1, scores->sorted + at, (size_t)(scores->count - at) * sizeof score);
    scores->sorted[at] = score;
    scores->count++;
}

static double threshold(const score_window *scores, double alpha)
{
    if (alpha <= 0) return INFINITY;
    if (alpha >= 1) return NAN;
    int64_t k = fr_conformal_rank(alpha, scores->count + 1);
    return k < 1 ? NAN : conformal_sorted_select(scores->count, scores->sorted, k);
}

static int check(int64_t n, const double *calibration, int64_t m, const double *scores, double alpha,
                 double g, int64_t window)
{
    if (n < 1) return fr_fail(FR_EUSAGE, "there are no calibration scores");
    if (m < 1) return fr_fail(FR_EUSAGE, "there are no scores to follow");
    if (!(g >= 0 && isfinite(g)))
        return fr_fail(FR_EUSAGE, "the step size is a number of at least 0, not %g", g);
    if (window < 0)
        return fr_fail(FR_EUSAGE, "a window holds at least one score, not %lld", (long long)window);
    int status = conformal_check_alphas(1, &alpha);
    if (status == FR_OK) status = conformal_check_finite("calibration scores", n, 1, calibration);
    if (status == FR_OK) status = conformal_check_finite("scores", m, 1, scores);
    return status;
}

int fr_conformal_online(int64_t n, const double *calibration, int64_t m, const double *scores, double alpha,
                        double g, int64_t window, fr_conformal_online_step *steps, double *alpha_next)
{
    score_window seen = {0};
    *alpha_next = alpha;
    int status = check(n, calibration, m, scores, alpha, g, window);
    if (status == FR_OK) status = window_new(n, calibration, window, &seen);
    if (status != FR_OK) return status;
    for (int64_t t = 0; t < m; t++) {
        double q = threshold(&seen, *alpha_next);
        bool error = !(scores[t] <= q); /* also of the empty set */
        steps[t] = (fr_conformal_online_step){q, *alpha_next, error};
        *alpha_next += g * (alpha - error);
        remember(&seen, scores[t]);
    }
    window_free(&seen);
    return FR_OK;
}
