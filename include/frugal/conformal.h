/* frugal/conformal.h: prediction sets that hold whatever the distribution, as long as the n training points and the
 * test point are exchangeable: full conformal (exact for ridge, lasso, elastic net), trimmed, split, jackknife+, CV+,
 * quantile regression, classification sets, groups, covariate shift, online.
 *
 * Rank rule: with N scores, the test point's among them, k(alpha, N) = ceil((1 - alpha) N - 1e-10). A y belongs to a
 * full conformal set iff fewer than k of the n training residuals are smaller in modulus than its own: ties count in
 * its favour. Matrices are row-major, one row a point, and hold finite numbers. A set is a union of closed intervals
 * with possibly infinite ends. Levels alpha lie in (0, 1); functions that take several treat each alone. Test points
 * are independent of each other and spread over threads, and over the processes of an mpirun job; memory per thread is
 * O(n + p), never O(n m).
 *
 * Sources, called by the names in brackets: Chen, Wang, Ha, Barber, arXiv:1611.09933 [TCP]; Nouretdinov, Melluish,
 * Vovk, ICML 2001 [ridge]; Lei, Biometrika 106(4), 2019 [lasso]; Lei, G'Sell, Rinaldo, Tibshirani, Wasserman, JASA
 * 113(523), 2018 [split]; Barber, Candes, Ramdas, Tibshirani, Annals of Statistics 49(1), 2021 [jackknife+]; Romano,
 * Patterson, Candes, NeurIPS 2019 [CQR]; Romano, Sesia, Candes, NeurIPS 2020 [APS]; Angelopoulos, Bates, Malik, Jordan,
 * ICLR 2021 [RAPS]; Tibshirani, Barber, Candes, Ramdas, NeurIPS 2019 [weighted]; Gibbs, Candes, NeurIPS 2021 [ACI].
 */
#ifndef FRUGAL_CONFORMAL_H
#define FRUGAL_CONFORMAL_H

#include <frugal/core.h>
#include <frugal/optim.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- ranks ---------------------------------------------------------------------------------------------------------- */

/* k(alpha, N), N >= 1. */
int64_t fr_conformal_rank(double alpha, int64_t n_scores);
/* The k-th smallest of n values (k from 1); -infinity for k < 1, infinity for k > n. Quickselect; reorders the values. */
double fr_conformal_select(int64_t n, double *values, int64_t k);
/* The k(alpha, n + 1)-th smallest of n scores, infinite if there are too few. FR_ENOMEM aside it cannot fail. */
int fr_conformal_quantile(int64_t n, const double *scores, double alpha, double *quantile);
/* Its weighted form: the smallest score at which the weights up to it reach (1 - alpha)(sum of weights + test_weight)
 * [weighted]. */
int fr_conformal_weighted_quantile(int64_t n, const double *scores, const double *weights, double test_weight,
                                   double alpha, double *quantile);

/* ---- sets of numbers ------------------------------------------------------------------------------------------------ */

typedef struct {
    double lower, upper;
} fr_interval;

typedef enum {
    FR_CONFORMAL_PLAIN,    /* one finite interval */
    FR_CONFORMAL_INFINITE, /* an end is infinite */
    FR_CONFORMAL_EMPTY,
    FR_CONFORMAL_DISCONNECTED, /* two or more finite pieces */
    FR_CONFORMAL_ON_GRID       /* hull of trial values on a grid, not exact: no guarantee */
} fr_conformal_status;

/* Sets of m test points at a number of levels. The pieces of test point t at level a are pieces[first[t * n_alphas + a]] up to
 * pieces[first[t * n_alphas + a + 1] - 1], ascending. */
typedef struct {
    int64_t m, n_alphas;
    double *alphas;
    int64_t *first; /* m * n_alphas + 1 */
    fr_interval *pieces;
    uint8_t *status;   /* m * n_alphas values of fr_conformal_status */
    double *centre;    /* m: prediction of the model fitted to the training points; NaN where there is none */
    fr_interval *trim; /* m: hull of the range that trimming left; NULL without trimming */
    int64_t *segments; /* m: linear pieces that were walked; NULL where there are none */
    double *
        guarantee; /* n_alphas: coverage that is proved for sets that are not ON_GRID; NaN: none is, or all are ON_GRID */
    double alpha_trim;      /* part of the miscoverage spent on trimming; 0 without */
    double *score_quantile; /* n_alphas: q of split-like methods (one group, no weights); NULL otherwise */
    int64_t n_grid;         /* test points whose sets are ON_GRID: asked for, or fallen back on */
    bool degenerate;        /* dependent columns were met and left out */
    double fit_seconds;     /* what is done once for all test points */
    double seconds;         /* everything */
} fr_conformal_result;
void fr_conformal_result_free(fr_conformal_result *result);

/* The rank of y as a step function, for all levels at once: `inside[b]` training residuals are smaller than the test
 * residual on the open interval (at[b], at[b + 1]), `on[b]` of them at at[b] itself. p-value = (1 + n - number) / (n +
 * 1). */
typedef struct {
    int64_t count; /* breakpoints; the first and the last are the ends of the range, possibly infinite */
    double *at;
    int64_t *inside; /* count - 1 */
    int64_t *on;     /* count; at infinite ends that of the neighbouring interval */
} fr_conformal_curve;
void fr_conformal_curve_free(fr_conformal_curve *curve);

/* ---- full conformal ------------------------------------------------------------------------------------------------- */

/* Training points and test features: n >= 2, p >= 1, m >= 1. */
typedef struct {
    int64_t n, p, m;
    const double *x;      /* n x p */
    const double *y;      /* n */
    const double *x_test; /* m x p */
} fr_conformal_data;

/* Residuals r_i(y) = u_i + v_i y, i = 0..n (the last is the test point's), for y in [low, high] (ends may be infinite):
 * the exact set of y that belong, with k = rank. Pieces are appended to a growing list. The core of all exact sets;
 * [TCP, 3.1]. */
typedef struct {
    int64_t count, room;
    fr_interval *pieces; /* ascending */
} fr_conformal_pieces;
int fr_conformal_sweep(int64_t n, const double *u, const double *v, double low, double high, int64_t rank,
                       fr_conformal_pieces *out);
void fr_conformal_pieces_free(fr_conformal_pieces *pieces);

typedef struct {
    const double *alphas; /* NULL: 0.1 alone */
    int64_t n_alphas;
    double rho;     /* ||y - X b||^2 + rho ||b||^2; 0: least squares, needs independent columns. Default 1 */
    bool intercept; /* not penalised. Default false */
    fr_conformal_curve *curves; /* m entries to be filled (free each), or NULL. Default NULL */
} fr_conformal_ridge_settings;
void fr_conformal_ridge_settings_default(fr_conformal_ridge_settings *settings);
/* Exact full conformal sets of ridge regression [ridge]; may be infinite or of several pieces. O(np + p^2) a test point
 * (O(n^2 + np) for p > n) after one factorisation. */
int fr_conformal_ridge(const fr_conformal_data *data, const fr_conformal_ridge_settings *settings,
                       fr_conformal_result *out);

typedef struct {
    const double *alphas; /* NULL: 0.1 alone */
    int64_t n_alphas;
    double lambda;  /* > 0, fixed beforehand or by fr_conformal_lambda: never chosen on the training rows */
    double ridge;   /* elastic net: + ridge/2 ||b||^2. Default 0 */
    bool intercept; /* not penalised. Default false */
    double low,
        high; /* where y is looked for. Default -max|y|, max|y| (NaN), which costs 1/(n + 1) of coverage */
    int64_t max_segments;       /* then the point falls back on a grid of 200 steps. Default 100000 */
    fr_conformal_curve *curves; /* m entries to be filled (free each), or NULL. Default NULL */
} fr_conformal_lasso_settings;
void fr_conformal_lasso_settings_default(fr_conformal_lasso_settings *settings);
/* Exact full conformal sets of lasso and elastic net, ||y - X b||^2 / 2 + lambda ||b||_1, by a homotopy in y from the
 * fit of the training points both ways [lasso]: no grid. */
int fr_conformal_lasso(const fr_conformal_data *data, const fr_conformal_lasso_settings *settings,
                       fr_conformal_result *out);
/* sigma sqrt(n log p) [TCP, 4.1]; one feature counts as two, for which the rule would leave nothing penalised. */
double fr_conformal_lambda(int64_t n, int64_t p, double sigma);

/* A model as a black box: fits the n + 1 rows of z (row-major, p columns) to y and writes the n + 1 fitted values.
 * Symmetric in the rows, called from several threads. */
typedef int (*fr_conformal_model)(int64_t rows, int64_t p, const double *z, const double *y, double *fitted,
                                  void *context);
typedef struct {
    const double *alphas; /* NULL: 0.1 alone */
    int64_t n_alphas;
    double low, high; /* NaN: -max|y|, max|y| */
    double step;      /* of the grid; 0: 200 equal steps. Default 0 */
    bool compat_2016; /* counts and hulls as the authors' programs of [TCP] did. Default false */
} fr_conformal_grid_settings;
void fr_conformal_grid_settings_default(fr_conformal_grid_settings *settings);
/* Full conformal of any model on a grid of trial values: one fit per value and test point. Gives the hull of the
 * members, one step wider on either side (not with compat_2016). */
int fr_conformal_grid(const fr_conformal_data *data, fr_conformal_model model, void *context,
                      const fr_conformal_grid_settings *settings, fr_conformal_result *out);
/* The same from fitted values: fitted[g * (n + 1) + i] for each of the `count` ascending trial values y_g of ONE test point. */
int fr_conformal_from_fits(int64_t n, const double *y, int64_t count, const double *trial,
                           const double *fitted, int64_t n_alphas, const double *alphas, bool compat_2016,
                           fr_conformal_result *out);

/* ---- trimmed conformal [TCP] ---------------------------------------------------------------------------------------- */

typedef enum {
    FR_CONFORMAL_TRIM_MAX, /* [-max|y|, max|y|]: level 1/(n + 1) */
    FR_CONFORMAL_TRIM_RIDGE, /* exact ridge set: without y whose residual is strictly the largest; level 1/(n + 1) */
    FR_CONFORMAL_TRIM_SPLIT, /* lasso on one half, largest residual of the other: level 1/(n_2 + 1) */
    FR_CONFORMAL_TRIM_LOO, /* x'b +- largest training residual, as in the authors' programs; nothing is proved */
    FR_CONFORMAL_TRIM_RANGE /* the range [low, high] that is given; nothing is proved */
} fr_conformal_trim;

typedef struct {
    const double *alphas; /* NULL: 0.1 alone */
    int64_t n_alphas;
    fr_conformal_trim trim; /* Default SPLIT */
    double alpha_trim;      /* 0: the least that the trim allows, see above. Default 0 */
    /* alpha is the level of both steps together: the second gets alpha - alpha_trim. Default false */
    bool exact_level;
    bool hull;          /* trim to the hull of the trim set. Default false */
    double lambda;      /* of the slow fit; 0: fr_conformal_lambda, sigma sqrt(n log p). Default 0 */
    double lambda_half; /* of the fit on one half; 0: the same with the n_1 rows of the half. Default 0 */
    double sigma;       /* Default 1 */
    double ridge;       /* elastic net part of the slow fit. Default 0 */
    bool intercept;     /* of the slow fit and the half fit. Default false */
    double rho;         /* of the ridge trim. Default 0.5 */
    const uint8_t
        *first_half;  /* n: 1 for rows of I1; NULL: a random half by `seed`, floor(n/2) rows. Default NULL */
    uint64_t seed;    /* Default 1 */
    double low, high; /* of TRIM_RANGE */
    double grid;      /* > 0: a grid of this step instead of the homotopy. Default 0 */
    bool compat_2016; /* with grid. Default false */
    int64_t max_segments; /* as above. Default 100000 */
} fr_conformal_tcp_settings;
void fr_conformal_tcp_settings_default(fr_conformal_tcp_settings *settings);
/* The intersection of the trim set and the exact lasso set: covers with probability >= 1 - alpha_trim - alpha [TCP,
 * theorem 1]. A trim set with an infinite end is cut to [-max|y|, max|y|], which costs another 1/(n + 1). */
int fr_conformal_tcp(const fr_conformal_data *data, const fr_conformal_tcp_settings *settings,
                     fr_conformal_result *out);

/* ---- split, normalised, groups, weights ----------------------------------------------------------------------------- */

typedef enum {
    FR_CONFORMAL_ABSOLUTE,   /* |y - mu| */
    FR_CONFORMAL_NORMALISED, /* |y - mu| / sigma(x) */
    FR_CONFORMAL_SIGNED      /* y - mu, a quantile at alpha/2 on each side */
} fr_conformal_score;

/* Predictions that are there already, and labels of the calibration points. */
typedef struct {
    int64_t n, m;             /* calibration and test points */
    const double *mu, *y;     /* n */
    const double *mu_test;    /* m */
    const double *sigma;      /* n, > 0: for NORMALISED; NULL otherwise */
    const double *sigma_test; /* m */
    const int64_t *group;     /* n: one quantile for each group (Mondrian); NULL: one for all */
    const int64_t *group_test;
    const double *
        weight; /* n, >= 0: likelihood ratios of test to training distribution; NULL: 1. Not with groups or SIGNED */
    const double *weight_test;
} fr_conformal_calibration;
/* Covers with probability >= 1 - alpha, in each group [split, weighted]. */
int fr_conformal_split(const fr_conformal_calibration *calibration, fr_conformal_score score,
                       int64_t n_alphas, const double *alphas, fr_conformal_result *out);

/* ---- jackknife family [jackknife+] ---------------------------------------------------------------------------------- */

typedef enum {
    FR_CONFORMAL_JACKKNIFE,        /* nothing is proved */
    FR_CONFORMAL_JACKKNIFE_PLUS,   /* 1 - 2 alpha */
    FR_CONFORMAL_JACKKNIFE_MINMAX, /* 1 - alpha */
    /* 1 - 2 alpha - sqrt(2/n); with K folds of the same size 1 - 2 alpha - min{2 (1 - 1/K) / (n/K + 1), (1 - K/n) / (K + 1)} */
    FR_CONFORMAL_CV_PLUS
} fr_conformal_jackknife_kind;

typedef struct {
    const double *alphas; /* NULL: 0.1 alone */
    int64_t n_alphas;
    fr_conformal_jackknife_kind kind; /* Default JACKKNIFE_PLUS */
    bool lasso;          /* the model: ridge by its shortcut, or lasso with explicit refits. Default false */
    double rho;          /* of ridge. Default 1 */
    double lambda;       /* of lasso */
    bool intercept;      /* Default true */
    const int64_t *fold; /* n: fold of each row, for CV_PLUS; NULL: `n_folds` random ones by seed */
    int64_t n_folds;     /* Default 10 */
    uint64_t seed;       /* Default 1 */
} fr_conformal_jackknife_settings;
void fr_conformal_jackknife_settings_default(fr_conformal_jackknife_settings *settings);
/* FR_ENUMERIC where a fit without a row is not defined (leverage 1). */
int fr_conformal_jackknife(const fr_conformal_data *data, const fr_conformal_jackknife_settings *settings,
                           fr_conformal_result *out);

/* ---- quantile regression [CQR] -------------------------------------------------------------------------------------- */

/* Linear quantile regression at level tau: minimises sum over rows of tau max(r, 0) + (1 - tau) max(-r, 0), r = y - [1
 * x] b. Frisch-Newton interior point (Portnoy, Koenker, Statistical Science 12(4), 1997), then the exact vertex. b: p +
 * 1, intercept first. */
typedef struct {
    double objective;
    double gap; /* relative, proved by the dual vector */
    int64_t iterations;
    bool vertex; /* the exact vertex was found */
} fr_quantile_info;
int fr_quantile_regression(int64_t n, int64_t p, const double *x, const double *y, double tau, double *b,
                           fr_quantile_info *info);

/* Two quantile regressions (alpha/2, 1 - alpha/2) on the rows of the data that are no calibration rows, then one
 * quantile of the excess. calibration (n flags): NULL: a random half by `seed`. `level_low`, `level_high`: NaN: alpha/2,
 * 1 - alpha/2. Covers with probability >= 1 - alpha; may be empty. */
typedef struct {
    const double *alphas; /* NULL: 0.1 alone */
    int64_t n_alphas;
    double level_low, level_high;
    const uint8_t *calibration;
    uint64_t seed;
} fr_conformal_cqr_settings;
void fr_conformal_cqr_settings_default(fr_conformal_cqr_settings *settings);
int fr_conformal_cqr(const fr_conformal_data *data, const fr_conformal_cqr_settings *settings,
                     fr_conformal_result *out);
/* The same from lower and upper quantiles that are there already. */
int fr_conformal_cqr_prefit(int64_t n, const double *low, const double *high, const double *y, int64_t m,
                            const double *low_test, const double *high_test, int64_t n_alphas,
                            const double *alphas, fr_conformal_result *out);

/* ---- classification [APS, RAPS] ------------------------------------------------------------------------------------- */

typedef enum { FR_CONFORMAL_LAC, FR_CONFORMAL_APS, FR_CONFORMAL_RAPS } fr_conformal_class_score;

typedef struct {
    const double *alphas; /* NULL: 0.1 alone */
    int64_t n_alphas;
    fr_conformal_class_score score; /* Default LAC */
    const double *u, *u_test; /* n, m numbers in [0, 1]: randomised APS and RAPS; NULL: not randomised */
    double penalty;           /* RAPS: added per rank beyond free_ranks, >= 0; must be given */
    double free_ranks;        /* RAPS, >= 0; must be given */
    bool at_least_one;        /* the most probable class is always in. Default false */
    bool by_label;            /* one quantile for each class (label-conditional). Default false */
} fr_conformal_class_settings;
typedef struct {
    int64_t m, n_classes, n_alphas;
    uint8_t *member;   /* m * n_alphas * n_classes: 1 where the class is in the set */
    double *p_value;   /* m * n_classes: label-conditional p-values */
    double *q;         /* n_alphas (n_alphas * n_classes with by_label): thresholds */
    double *guarantee; /* n_alphas */
    double seconds;
} fr_conformal_class_result;
void fr_conformal_class_settings_default(fr_conformal_class_settings *settings);
/* Probabilities p (n x n_classes) and labels of the calibration points, p_test (m x n_classes). Rows that are negative
 * somewhere or miss the sum 1 by more than 1e-3 are FR_EINPUT. */
int fr_conformal_classify(int64_t n, int64_t n_classes, const double *p, const int64_t *label, int64_t m,
                          const double *p_test, const fr_conformal_class_settings *settings,
                          fr_conformal_class_result *out);
void fr_conformal_class_result_free(fr_conformal_class_result *result);

/* ---- online [ACI] --------------------------------------------------------------------------------------------------- */

typedef struct {
    double q;     /* score threshold of the step; infinite: everything, NaN: the empty set */
    double alpha; /* alpha_t that was used */
    bool error;   /* the score was outside */
} fr_conformal_online_step;
/* Adaptive conformal inference: scores of n calibration points, then m scores in order; step size g; window > 0: the
 * last `window` scores seen replace the calibration scores. alpha_next: alpha after the last step. */
int fr_conformal_online(int64_t n, const double *calibration, int64_t m, const double *scores, double alpha,
                        double g, int64_t window, fr_conformal_online_step *steps, double *alpha_next);

/* ---- coverage ------------------------------------------------------------------------------------------------------- */

typedef struct {
    int64_t m, covered;
    double coverage, low, high;           /* share, and its Clopper-Pearson 95 % interval */
    double mean_width, median_width;      /* over finite sets, sums of pieces; NaN if there is none */
    double infinite, empty, disconnected; /* shares */
    /* of so few covered if the guarantee (given as `claimed`) were true, one-sided binomial; NaN without one */
    double p_value;
} fr_conformal_coverage;
/* Of the sets at level number `alpha` (index) against the truth y (m). subset: m flags, NULL: all. */
int fr_conformal_coverage_of(const fr_conformal_result *sets, int64_t alpha, const double *y,
                             const uint8_t *subset, fr_conformal_coverage *out);
/* Chance of at most `covered` of m if coverage is `guarantee` on average over the n ranked (calibration or training)
 * points too: exact for split methods without ties (Vovk, ACML 2012), about right for the others. n = 0: coverage is
 * `guarantee` for these very points, the binomial. */
double fr_conformal_chance(int64_t covered, int64_t m, double guarantee, int64_t n);
/* The interval alone. */
void fr_clopper_pearson(int64_t successes, int64_t trials, double level, double *low, double *high);

#ifdef __cplusplus
}
#endif
#endif
