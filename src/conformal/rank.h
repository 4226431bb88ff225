/* Scores that are sorted once and asked for weighted quantiles many times. */
#ifndef FRUGAL_CONFORMAL_RANK_H
#define FRUGAL_CONFORMAL_RANK_H

#include <frugal/conformal.h>

typedef struct {
    int64_t n;
    double *score; /* ascending */
    double *reach; /* sum of the weights of the scores up to this one */
} weighted_scores;

/* FR_EINPUT unless the weights are finite, at least 0 and not all 0. */
int weighted_scores_new(int64_t n, const double *scores, const double *weights, weighted_scores *out);
double weighted_scores_quantile(const weighted_scores *scores, double test_weight, double alpha);
void weighted_scores_free(weighted_scores *scores);

/* Sorts ascending. */
void conformal_sort(int64_t n, double *values);
/* Of `count` ascending values. */
int64_t conformal_number_below(int64_t count, const double *sorted, double value);
/* The k-th smallest of `count` ascending values; infinite as with fr_conformal_select. */
double conformal_sorted_select(int64_t count, const double *sorted, int64_t k);

#endif
