/* Ranks and quantiles of scores. Of N exchangeable scores the last is among the k(alpha, N) = ceil((1 - alpha) N) smallest with
 * probability at least 1 - alpha; with fewer than k other scores nothing can be said, hence infinity. The weighted form is that
 * of Tibshirani, Barber, Candes, Ramdas, NeurIPS 2019. */
#include "rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int64_t fr_conformal_rank(double alpha, int64_t n_scores)
{
    return (int64_t)ceil((1 - alpha) * (double)n_scores - 1e-10); /* 0.9 * 10 is 9, whatever the rounding */
}

/* ---- selection ---------------------------------------------------------------------------------------------------------- */

static void swap(double *a, double *b)
{
    double keep = *a;
    *a = *b, *b = keep;
}

/* Moves what is no number behind the rest and returns the number of the rest. */
static int64_t numbers_first(int64_t n, double *values)
{
    int64_t count = 0;
    for (int64_t k = 0; k < n; k++)
        if (!isnan(values[k])) swap(&values[count++], &values[k]);
    return count;
}

/* The middle one of three values at places that change with `turn`, so that no order of the values is a bad one for long. */
static double pivot_of(const double *values, int64_t first, int64_t last, uint64_t *turn)
{
    double a[3];
    for (int k = 0; k < 3; k++) {
        *turn = *turn * 6364136223846793005u + 1442695040888963407u;
        a[k] = values[first + (int64_t)((*turn >> 33) % (uint64_t)(last - first + 1))];
    }
    return fmax(fmin(a[0], a[1]), fmin(fmax(a[0], a[1]), a[2]));
}

double fr_conformal_select(int64_t n, double *values, int64_t k)
{
    if (k < 1) return -INFINITY;
    int64_t first = 0, last = numbers_first(n, values) - 1, at = k - 1;
    uint64_t turn = (uint64_t)n;
    if (at > last) return INFINITY;
    while (first < last) {
        double pivot = pivot_of(values, first, last, &turn);
        int64_t left = first, right = last;
        while (left <= right) {
            while (values[left] < pivot)
                left++;
            while (values[right] > pivot)
                right--;
            if (left <= right) swap(&values[left++], &values[right--]);
        }
        if (at <= right)
            last = right;
        else if (at >= left)
            first = left;
        else
            break;
    }
    return values[at];
}

int fr_conformal_quantile(int64_t n, const double *scores, double alpha, double *quantile)
{
    double *copy = fr_alloc(n, sizeof *copy);
    if (copy == NULL) return FR_ENOMEM;
    if (n > 0) memcpy(copy, scores, (size_t)n * sizeof *copy);
    *quantile = fr_conformal_select(n, copy, fr_conformal_rank(alpha, n + 1));
    fr_free(copy);
    return FR_OK;
}

static int by_value(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

void conformal_sort(int64_t n, double *values)
{
    if (n > 32) {
        qsort(values, (size_t)n, sizeof *values, by_value);
        return;
    }
    for (int64_t k = 1; k < n; k++) {
        double value = values[k];
        int64_t at = k;
        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
}

int64_t conformal_number_below(int64_t count, const double *sorted, double value)
{
    int64_t first = 0, last = count;
    while (first < last) {
        int64_t middle = first + (last - first) / 2;
        if (sorted[middle] < value)
            first = middle + 1;
        else
            last = middle;
    }
    return first;
}

double conformal_sorted_select(int64_t count, const double *sorted, int64_t k)
{
    return k < 1 ? -INFINITY : k > count ? INFINITY : sorted[k - 1];
}

/* ---- weights ------------------------------------------------------------------------------------------------------------- */

typedef struct {
    double score, weight;
} weighted_score;

static int by_score(const void *a, const void *b)
{
    const weighted_score *left = a, *right = b;
    return (left->score > right->score) - (left->score < right->score);
}

static int check_weights(int64_t n, const double *weights)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        if (!(weights[k] >= 0 && isfinite(weights[k])))
            return fr_fail(FR_EINPUT, "weight number %lld is %g: weights are finite and at least 0",
                           (long long)k, weights[k]);
        sum += weights[k];
    }
    if (!isfinite(sum)) return fr_fail(FR_EINPUT, "the sum of the weights is too large for a number");
    if (!(sum > 0)) return fr_fail(FR_EINPUT, "all weights of the calibration points are 0");
    return FR_OK;
}

int weighted_scores_new(int64_t n, const double *scores, const double *weights, weighted_scores *out)
{
    *out = (weighted_scores){.n = n};
    int status = check_weights(n, weights);
    if (status != FR_OK) return status;
    weighted_score *pairs = fr_alloc(n, sizeof *pairs);
    out->score = fr_alloc(n, sizeof(double));
    out->reach = fr_alloc(n, sizeof(double));
    if (pairs == NULL || out->score == NULL || out->reach == NULL) {
        fr_free(pairs);
        weighted_scores_free(out);
        return FR_ENOMEM;
    }
    for (int64_t k = 0; k < n; k++)
        pairs[k] = (weighted_score){scores[k], weights[k]};
    qsort(pairs, (size_t)n, sizeof *pairs, by_score);
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        out->score[k] = pairs[k].score;
        out->reach[k] = sum += pairs[k].weight;
    }
    fr_free(pairs);
    return FR_OK;
}

void weighted_scores_free(weighted_scores *scores)
{
    fr_free(scores->score);
    fr_free(scores->reach);
    *scores = (weighted_scores){0};
}

double weighted_scores_quantile(const weighted_scores *scores, double test_weight, double alpha)
{
    double total = scores->reach[scores->n - 1] + test_weight;
    double level = (1 - alpha) * total - 1e-12 * total; /* with unit weights the same as the rank rule */
    int64_t at = conformal_number_below(scores->n, scores->reach, level);
    return at < scores->n ? scores->score[at] : INFINITY;
}

int fr_conformal_weighted_quantile(int64_t n, const double *scores, const double *weights, double test_weight,
                                   double alpha, double *quantile)
{
    *quantile = INFINITY;
    if (!(test_weight >= 0 && isfinite(test_weight)))
        return fr_fail(FR_EINPUT, "the weight of the test point is %g: weights are finite and at least 0",
                       test_weight);
    weighted_scores sorted;
    int status = weighted_scores_new(n, scores, weights, &sorted);
    if (status != FR_OK) return status;
    *quantile = weighted_scores_quantile(&sorted, test_weight, alpha);
    weighted_scores_free(&sorted);
    return FR_OK;
}
