/* Prediction sets of classes from probabilities. With classes in descending order of probability (ties: smaller label
 * first), the score of class c is
 *   LAC   1 - P_c
 *   APS   sum of the probabilities down to and including c; randomised: u P_c in place of P_c   (Romano, Sesia, Candes, NeurIPS 2020)
 *   RAPS  APS + penalty * max(0, rank of c - free ranks)        (Angelopoulos, Bates, Malik, Jordan, ICLR 2021)
 * and c belongs to the set iff its score is at most the quantile of the calibration points' scores: of all, or of those
 * with label c. */
#include "rank.h"
#include "sets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sums of probabilities that are equal may differ by this. */
static const double rounding = 1e-12;

void fr_conformal_class_settings_default(fr_conformal_class_settings *settings)
{
    *settings = (fr_conformal_class_settings){.score = FR_CONFORMAL_LAC, .penalty = NAN, .free_ranks = NAN};
}

void fr_conformal_class_result_free(fr_conformal_class_result *result)
{
    fr_free(result->member);
    fr_free(result->p_value);
    fr_free(result->q);
    fr_free(result->guarantee);
    *result = (fr_conformal_class_result){0};
}

/* ---- checks ------------------------------------------------------------------------------------------------------------------ */

static int check_probabilities(const char *name, int64_t n, int64_t n_classes, const double *p)
{
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t c = 0; c < n_classes; c++) {
            double value = p[i * n_classes + c];
            if (!(value >= 0))
                return fr_fail(FR_EINPUT, "%s: row %lld, column %lld (from 0) is %g, not a probability", name,
                               (long long)i, (long long)c, value);
            sum += value;
        }
        if (!(fabs(sum - 1) <= 1e-3))
            return fr_fail(FR_EINPUT, "%s: the probabilities of row %lld (from 0) add up to %g, not to 1",
                           name, (long long)i, sum);
    }
    return FR_OK;
}

static int check_shares(const char *name, int64_t n, const double *u)
{
    for (int64_t i = 0; u != NULL && i < n; i++)
        if (!(u[i] >= 0 && u[i] <= 1))
            return fr_fail(FR_EINPUT, "%s: value number %lld (from 0) is %g, not between 0 and 1", name,
                           (long long)i, u[i]);
    return FR_OK;
}

static int check_settings(const fr_conformal_class_settings *settings)
{
    if ((settings->u == NULL) != (settings->u_test == NULL))
        return fr_fail(FR_EUSAGE,
                       "randomised scores need a number for each calibration point and for each test point");
    if (settings->score == FR_CONFORMAL_RAPS &&
        !(settings->penalty >= 0 && isfinite(settings->penalty) && settings->free_ranks >= 0 &&
          isfinite(settings->free_ranks)))
        return fr_fail(FR_EUSAGE,
                       "RAPS needs a penalty and a number of free ranks, both at least 0 (given: %g and %g)",
                       settings->penalty, settings->free_ranks);
    return FR_OK;
}

static int check(int64_t n, int64_t n_classes, const double *p, const int64_t *label, int64_t m,
                 const double *p_test, const fr_conformal_class_settings *settings)
{
    if (n < 1) return fr_fail(FR_EUSAGE, "there are no calibration points");
    if (m < 1) return fr_fail(FR_EUSAGE, "there are no test points");
    if (n_classes < 2)
        return fr_fail(FR_EUSAGE, "there must be at least 2 classes, not %lld", (long long)n_classes);
    int status = check_settings(settings);
    if (status == FR_OK) status = check_probabilities("calibration probabilities", n, n_classes, p);
    if (status == FR_OK) status = check_probabilities("test probabilities", m, n_classes, p_test);
    if (status == FR_OK) status = check_shares("random numbers of the calibration points", n, settings->u);
    if (status == FR_OK) status = check_shares("random numbers of the test points", m, settings->u_test);
    for (int64_t i = 0; status == FR_OK && i < n; i++)
        if (label[i] < 0 || label[i] >= n_classes)
            status = fr_fail(FR_EINPUT,
                             "the label of calibration point %lld (from 0) is %lld, not one of 0 to %lld",
                             (long long)i, (long long)label[i], (long long)n_classes - 1);
    return status;
}

/* ---- scores of one row -------------------------------------------------------------------------------------------------------- */

typedef struct {
    double p;
    int64_t label;
} class_probability;

static int by_probability(const void *a, const void *b)
{
    const class_probability *left = a, *right = b;
    if (left->p != right->p) return left->p > right->p ? -1 : 1;
    return (left->label > right->label) - (left->label < right->label);
}

/* Of all classes; `order` is scratch. `u`: NULL if not randomised. */
static void class_scores(const fr_conformal_class_settings *settings, int64_t n_classes, const double *p,
                         const double *u, class_probability *order, double *score)
{
    if (settings->score == FR_CONFORMAL_LAC) {
        for (int64_t c = 0; c < n_classes; c++)
            score[c] = 1 - p[c];
        return;
    }
    for (int64_t c = 0; c < n_classes; c++)
        order[c] = (class_probability){p[c], c};
    qsort(order, (size_t)n_classes, sizeof *order, by_probability);
    double sum = 0;
    for (int64_t rank = 1; rank <= n_classes; rank++) {
        class_probability at = order[rank - 1];
        double own = u == NULL ? sum + at.p : sum + *u * at.p;
        if (settings->score == FR_CONFORMAL_RAPS)
            own += settings->penalty * fmax(0, (double)rank - settings->free_ranks);
        score[at.label] = own;
        sum += at.p;
    }
}

/* ---- calibration ---------------------------------------------------------------------------------------------------------------- */

/* Scores of the calibration points, sorted: all of them, and those of each label. */
typedef struct {
    double *all;      /* n */
    double *by_label; /* n */
    int64_t *first;   /* n_classes + 1: where those of a label are */
} calibration_scores;

typedef struct {
    class_probability *order;
    double *score;
} row_scratch;

static void place_by_label(int64_t n, int64_t n_classes, const int64_t *label, calibration_scores *scores)
{
    int64_t *first = scores->first;
    for (int64_t i = 0; i < n; i++)
        first[label[i] + 1]++;
    for (int64_t c = 0; c < n_classes; c++)
        first[c + 1] += first[c];
    for (int64_t i = n - 1; i >= 0; i--)
        scores->by_label[--first[label[i] + 1]] = scores->all[i];
    memmove(first, first + 1, (size_t)n_classes * sizeof *first);
    first[n_classes] = n;
    for (int64_t c = 0; c < n_classes; c++)
        conformal_sort(first[c + 1] - first[c], scores->by_label + first[c]);
    conformal_sort(n, scores->all);
}

static void find_scores(int64_t n, int64_t n_classes, const double *p, const int64_t *label,
                        const fr_conformal_class_settings *settings, const row_scratch *scratch,
                        calibration_scores *scores)
{
    for (int64_t i = 0; i < n; i++) {
        class_scores(settings, n_classes, p + i * n_classes, settings->u == NULL ? NULL : &settings->u[i],
                     scratch->order, scratch->score);
        scores->all[i] = scratch->score[label[i]];
    }
    place_by_label(n, n_classes, label, scores);
}

/* The k(alpha, count + 1)-th of sorted scores. */
static double quantile(int64_t count, const double *sorted, double alpha)
{
    return conformal_sorted_select(count, sorted, fr_conformal_rank(alpha, count + 1));
}

static void find_thresholds(int64_t n, const fr_conformal_class_settings *settings, const double *alphas,
                            const calibration_scores *scores, fr_conformal_class_result *out)
{
    for (int64_t a = 0; a < out->n_alphas; a++) {
        if (!settings->by_label) out->q[a] = quantile(n, scores->all, alphas[a]);
        for (int64_t c = 0; settings->by_label && c < out->n_classes; c++)
            out->q[a * out->n_classes + c] = quantile(scores->first[c + 1] - scores->first[c],
                                                      scores->by_label + scores->first[c], alphas[a]);
    }
}

/* ---- sets ------------------------------------------------------------------------------------------------------------------------ */

static int64_t most_probable(int64_t n_classes, const double *p)
{
    int64_t best = 0;
    for (int64_t c = 1; c < n_classes; c++)
        if (p[c] > p[best]) best = c;
    return best;
}

static void find_set(int64_t t, const double *p, const double *score, const calibration_scores *scores,
                     const fr_conformal_class_settings *settings, fr_conformal_class_result *out)
{
    int64_t n_classes = out->n_classes;
    for (int64_t c = 0; c < n_classes; c++) {
        int64_t count = scores->first[c + 1] - scores->first[c];
        int64_t below =
            conformal_number_below(count, scores->by_label + scores->first[c], score[c] - rounding);
        out->p_value[t * n_classes + c] = (double)(1 + count - below) / (double)(1 + count);
    }
    for (int64_t a = 0; a < out->n_alphas; a++) {
        uint8_t *member = out->member + (t * out->n_alphas + a) * n_classes;
        for (int64_t c = 0; c < n_classes; c++)
            member[c] = score[c] <= out->q[settings->by_label ? a * n_classes + c : a] + rounding;
        if (settings->at_least_one) member[most_probable(n_classes, p)] = 1;
    }
}

static int make_arrays(int64_t m, int64_t n_classes, int64_t n_alphas, bool by_label,
                       fr_conformal_class_result *out)
{
    int64_t cells, members, thresholds;
    int status = fr_size_mul(m, n_classes, &cells);
    if (status == FR_OK) status = fr_size_mul(cells, n_alphas, &members);
    if (status == FR_OK) status = fr_size_mul(n_alphas, by_label ? n_classes : 1, &thresholds);
    if (status != FR_OK) return status;
    *out = (fr_conformal_class_result){.m = m,
                                       .n_classes = n_classes,
                                       .n_alphas = n_alphas,
                                       .member = fr_alloc(members, 1),
                                       .p_value = fr_alloc(cells, sizeof(double)),
                                       .q = fr_alloc(thresholds, sizeof(double)),
                                       .guarantee = fr_alloc(n_alphas, sizeof(double))};
    if (out->member == NULL || out->p_value == NULL || out->q == NULL || out->guarantee == NULL)
        return FR_ENOMEM;
    return FR_OK;
}

int fr_conformal_classify(int64_t n, int64_t n_classes, const double *p, const int64_t *label, int64_t m,
                          const double *p_test, const fr_conformal_class_settings *settings,
                          fr_conformal_class_result *out)
{
    static const double usual = 0.1;
    double begin = fr_clock();
    const double *alphas = settings->alphas != NULL ? settings->alphas : &usual;
    int64_t n_alphas = settings->alphas != NULL ? settings->n_alphas : 1;
    calibration_scores scores = {0};
    row_scratch scratch = {0};
    *out = (fr_conformal_class_result){0};
    int status = conformal_check_alphas(n_alphas, alphas);
    if (status == FR_OK) status = check(n, n_classes, p, label, m, p_test, settings);
    if (status == FR_OK) status = make_arrays(m, n_classes, n_alphas, settings->by_label, out);
    if (status != FR_OK) goto done;
    scratch = (row_scratch){fr_alloc(n_classes, sizeof *scratch.order), fr_alloc(n_classes, sizeof(double))};
    scores = (calibration_scores){fr_alloc(n, sizeof(double)), fr_alloc(n, sizeof(double)),
                                  fr_alloc(n_classes + 1, sizeof(int64_t))};
    if (scratch.order == NULL || scratch.score == NULL || scores.all == NULL || scores.by_label == NULL ||
        scores.first == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    find_scores(n, n_classes, p, label, settings, &scratch, &scores);
    find_thresholds(n, settings, alphas, &scores, out);
    for (int64_t t = 0; t < m; t++) {
        class_scores(settings, n_classes, p_test + t * n_classes,
                     settings->u_test == NULL ? NULL : &settings->u_test[t], scratch.order, scratch.score);
        find_set(t, p_test + t * n_classes, scratch.score, &scores, settings, out);
    }
    for (int64_t a = 0; a < n_alphas; a++)
        out->guarantee[a] = 1 - alphas[a];
    out->seconds = fr_clock() - begin;
done:
    fr_free(scratch.order);
    fr_free(scratch.score);
    fr_free(scores.all);
    fr_free(scores.by_label);
    fr_free(scores.first);
    if (status != FR_OK) fr_conformal_class_result_free(out);
    return status;
}
