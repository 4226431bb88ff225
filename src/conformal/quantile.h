/* Linear quantile regression as a linear programme on a well-scaled design. */
#ifndef FRUGAL_CONFORMAL_QUANTILE_H
#define FRUGAL_CONFORMAL_QUANTILE_H

#include <frugal/conformal.h>

/* Columns: 1, and those features that are no combination of the ones before, centred and scaled to a largest entry of 1;
 * the response likewise. */
typedef struct {
    int64_t n, q;
    double *z; /* n x q */
    double *y; /* n */
    double tau;
    /* the way back */
    int64_t p, *column;   /* q: which feature */
    double *mean, *scale; /* p */
    double y_mean, y_scale;
} quantile_design;
int quantile_design_new(int64_t n, int64_t p, const double *x, const double *y, double tau,
                        quantile_design *out);
void quantile_design_free(quantile_design *design);
/* Coefficients b (p + 1, intercept first) of the features from those of the design (q). */
void quantile_design_back(const quantile_design *design, const double *coefficients, double *b);

/* residual := y - Z b, and the sum of tau max(r, 0) + (1 - tau) max(-r, 0). */
double quantile_objective(const quantile_design *design, const double *b, double *residual);

/* From weights a (n, in (0, 1); the dual variables are a + tau - 1) and b (q) near the optimum: the optimal vertex,
 * where q rows are fitted exactly. b, info->objective: the better of what is given and what is found. *bound: raised to
 * what dual vectors prove. */
int quantile_vertex(const quantile_design *design, const double *a, double *b, double *bound,
                    fr_quantile_info *info);

#endif
