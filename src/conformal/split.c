/* Split conformal prediction: scores of calibration points that the model has not seen, and their quantile
 * (Lei, G'Sell, Rinaldo, Tibshirani, Wasserman, JASA 113(523), 2018). One quantile for each group gives coverage in each (Mondrian); weights
 * that are ratios of the test to the training density keep coverage when the features shift (Tibshirani et al., NeurIPS 2019). */
#include "rank.h"
#include "sets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- checks ---------------------------------------------------------------------------------------------------------------- */

static int check_positive(const char *name, int64_t count, const double *sigma)
{
    for (int64_t k = 0; k < count; k++)
        if (!(sigma[k] > 0 && isfinite(sigma[k])))
            return fr_fail(FR_EINPUT, "%s: value number %lld (from 0) is %g, not a positive number", name,
                           (long long)k, sigma[k]);
    return FR_OK;
}

static int check_combination(const fr_conformal_calibration *given, fr_conformal_score score)
{
    if (given->n < 1) return fr_fail(FR_EUSAGE, "there are no calibration points");
    if (score == FR_CONFORMAL_NORMALISED && (given->sigma == NULL || given->sigma_test == NULL))
        return fr_fail(FR_EUSAGE, "normalised scores need a scale for each calibration and each test point");
    if ((given->group == NULL) != (given->group_test == NULL))
        return fr_fail(FR_EUSAGE, "groups are given for all calibration and test points or for none");
    if ((given->weight == NULL) != (given->weight_test == NULL))
        return fr_fail(FR_EUSAGE, "weights are given for all calibration and test points or for none");
    if (given->weight != NULL && (given->group != NULL || score == FR_CONFORMAL_SIGNED))
        return fr_fail(FR_EUSAGE, "weights go neither with groups nor with signed scores");
    return FR_OK;
}

static int check(const fr_conformal_calibration *given, fr_conformal_score score)
{
    int status = check_combination(given, score);
    if (status == FR_OK) status = conformal_check_finite("calibration predictions", given->n, 1, given->mu);
    if (status == FR_OK) status = conformal_check_finite("calibration responses", given->n, 1, given->y);
    if (status == FR_OK) status = conformal_check_finite("test predictions", given->m, 1, given->mu_test);
    if (status == FR_OK && score == FR_CONFORMAL_NORMALISED) {
        status = check_positive("scales of the calibration points", given->n, given->sigma);
        if (status == FR_OK)
            status = check_positive("scales of the test points", given->m, given->sigma_test);
    }
    for (int64_t t = 0; status == FR_OK && given->weight != NULL && t < given->m; t++)
        if (!(given->weight_test[t] >= 0 && isfinite(given->weight_test[t])))
            status =
                fr_fail(FR_EINPUT, "the weight of test point %lld (from 0) is %g, not a number of at least 0",
                        (long long)t, given->weight_test[t]);
    return status;
}

/* ---- scores of each group --------------------------------------------------------------------------------------------------- */

/* Calibration points by group, and the quantiles of each group at one level. Without groups there is one. */
typedef struct {
    int64_t count;
    int64_t *name;         /* ascending */
    int64_t *first;        /* count + 1 */
    double *score;         /* n, those of a group together */
    double *lower, *upper; /* count; lower for signed scores alone */
} score_groups;

static void groups_free(score_groups *groups)
{
    fr_free(groups->name);
    fr_free(groups->first);
    fr_free(groups->score);
    fr_free(groups->lower);
    fr_free(groups->upper);
}

static double score_of(const fr_conformal_calibration *given, fr_conformal_score score, int64_t i)
{
    double residual = given->y[i] - given->mu[i];
    if (score == FR_CONFORMAL_SIGNED) return residual;
    return fabs(residual) / (score == FR_CONFORMAL_NORMALISED ? given->sigma[i] : 1);
}

static int by_number(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

/* The place of a group among the names; -1 if there is none of that name. */
static int64_t place_of(const score_groups *groups, int64_t name)
{
    const int64_t *found = bsearch(&name, groups->name, (size_t)groups->count, sizeof name, by_number);
    return found == NULL ? -1 : found - groups->name;
}

static void name_groups(const fr_conformal_calibration *given, score_groups *groups)
{
    groups->count = 1;
    if (given->group == NULL) return;
    memcpy(groups->name, given->group, (size_t)given->n * sizeof *groups->name);
    qsort(groups->name, (size_t)given->n, sizeof *groups->name, by_number);
    for (int64_t i = 1; i < given->n; i++)
        if (groups->name[i] != groups->name[groups->count - 1])
            groups->name[groups->count++] = groups->name[i];
}

static int64_t group_of(const score_groups *groups, const int64_t *group, int64_t i)
{
    return group == NULL ? 0 : place_of(groups, group[i]);
}

static int groups_new(const fr_conformal_calibration *given, fr_conformal_score score, score_groups *out)
{
    int64_t n = given->n;
    *out = (score_groups){.name = fr_alloc(n, sizeof *out->name),
                          .first = fr_alloc(n + 1, sizeof *out->first),
                          .score = fr_alloc(n, sizeof(double)),
                          .lower = fr_alloc(n, sizeof(double)),
                          .upper = fr_alloc(n, sizeof(double))};
    if (out->name == NULL || out->first == NULL || out->score == NULL || out->lower == NULL ||
        out->upper == NULL)
        return FR_ENOMEM;
    name_groups(given, out);
    for (int64_t i = 0; i < n; i++)
        out->first[group_of(out, given->group, i) + 1]++;
    for (int64_t g = 0; g < out->count; g++)
        out->first[g + 1] += out->first[g];
    /* from the back: first[g + 1] goes down to where group g begins, and then is moved one on */
    for (int64_t i = n - 1; i >= 0; i--)
        out->score[--out->first[group_of(out, given->group, i) + 1]] = score_of(given, score, i);
    memmove(out->first, out->first + 1, (size_t)out->count * sizeof *out->first);
    out->first[out->count] = n;
    return FR_OK;
}

/* Signed scores: ranks floor(alpha/2 N) and k(alpha/2, N). */
static void find_quantiles(score_groups *groups, fr_conformal_score score, double alpha)
{
    for (int64_t g = 0; g < groups->count; g++) {
        double *scores = groups->score + groups->first[g];
        int64_t count = groups->first[g + 1] - groups->first[g];
        if (score == FR_CONFORMAL_SIGNED) {
            int64_t rank = (int64_t)floor(alpha / 2 * (double)(count + 1) + 1e-10);
            groups->lower[g] = fr_conformal_select(count, scores, rank);
            groups->upper[g] = fr_conformal_select(count, scores, fr_conformal_rank(alpha / 2, count + 1));
        } else {
            groups->upper[g] = fr_conformal_select(count, scores, fr_conformal_rank(alpha, count + 1));
            groups->lower[g] = -groups->upper[g];
        }
    }
}

/* ---- sets --------------------------------------------------------------------------------------------------------------------- */

/* Tells the observer how many sets are infinite, where not all are for the same reason. */
static void warn_infinite(const fr_conformal_result *out, int64_t level, const char *reason)
{
    int64_t infinite = 0;
    for (int64_t t = 0; t < out->m; t++)
        infinite += out->status[t * out->n_alphas + level] == FR_CONFORMAL_INFINITE;
    if (infinite > 0)
        fr_warn("at level %g the sets of %lld of %lld test points are infinite: %s", out->alphas[level],
                (long long)infinite, (long long)out->m, reason);
}

/* mu + scale * [lower, upper] */
static int put(const fr_conformal_calibration *given, fr_conformal_score score, conformal_sets *sets,
               fr_conformal_result *out, int64_t t, int64_t a, double lower, double upper)
{
    double scale = score == FR_CONFORMAL_NORMALISED ? given->sigma_test[t] : 1, mu = given->mu_test[t];
    return conformal_sets_put_interval(sets, out, t, a, mu + scale * lower, mu + scale * upper);
}

static int put_grouped(const fr_conformal_calibration *given, fr_conformal_score score, conformal_sets *sets,
                       fr_conformal_result *out)
{
    score_groups groups;
    int status = groups_new(given, score, &groups);
    bool one = given->group == NULL && score != FR_CONFORMAL_SIGNED;
    if (status == FR_OK && one && (out->score_quantile = fr_alloc(out->n_alphas, sizeof(double))) == NULL)
        status = FR_ENOMEM;
    if (status == FR_OK && one)
        conformal_warn_small_alphas(out->n_alphas, out->alphas, given->n + 1, "the sets are infinite");
    for (int64_t a = 0; status == FR_OK && a < out->n_alphas; a++) {
        find_quantiles(&groups, score, out->alphas[a]);
        if (one) out->score_quantile[a] = groups.upper[0];
        for (int64_t t = 0; status == FR_OK && t < given->m; t++) {
            int64_t g = group_of(&groups, given->group_test, t);
            status = put(given, score, sets, out, t, a, g < 0 ? -INFINITY : groups.lower[g],
                         g < 0 ? INFINITY : groups.upper[g]);
        }
        if (status == FR_OK && !one)
            warn_infinite(out, a,
                          given->group != NULL ? "their groups have too few calibration points"
                                               : "each side takes half of the level, for which there are "
                                                 "too few calibration points");
    }
    groups_free(&groups);
    return status;
}

static int put_weighted(const fr_conformal_calibration *given, fr_conformal_score score, conformal_sets *sets,
                        fr_conformal_result *out)
{
    weighted_scores sorted = {0};
    double *scores = fr_alloc(given->n, sizeof *scores);
    int status = scores != NULL ? FR_OK : FR_ENOMEM;
    for (int64_t i = 0; status == FR_OK && i < given->n; i++)
        scores[i] = score_of(given, score, i);
    if (status == FR_OK) status = weighted_scores_new(given->n, scores, given->weight, &sorted);
    for (int64_t a = 0; status == FR_OK && a < out->n_alphas; a++) {
        for (int64_t t = 0; status == FR_OK && t < given->m; t++) {
            double q = weighted_scores_quantile(&sorted, given->weight_test[t], out->alphas[a]);
            status = put(given, score, sets, out, t, a, -q, q);
        }
        if (status == FR_OK)
            warn_infinite(out, a, "their weights are too large beside those of the calibration points");
    }
    weighted_scores_free(&sorted);
    fr_free(scores);
    return status;
}

int fr_conformal_split(const fr_conformal_calibration *calibration, fr_conformal_score score,
                       int64_t n_alphas, const double *alphas, fr_conformal_result *out)
{
    double begin = fr_clock();
    conformal_sets sets;
    int status = conformal_sets_new(calibration->m, n_alphas, alphas, &sets, out);
    if (status != FR_OK) return status;
    status = check(calibration, score);
    if (status == FR_OK)
        status = calibration->weight != NULL ? put_weighted(calibration, score, &sets, out)
                                             : put_grouped(calibration, score, &sets, out);
    if (status == FR_OK) status = conformal_sets_join(&sets, out);
    for (int64_t a = 0; status == FR_OK && a < out->n_alphas; a++)
        out->guarantee[a] = 1 - out->alphas[a];
    if (status == FR_OK) memcpy(out->centre, calibration->mu_test, (size_t)out->m * sizeof(double));
    out->seconds = fr_clock() - begin;
    conformal_sets_free(&sets);
    if (status != FR_OK) fr_conformal_result_free(out);
    return status;
}
