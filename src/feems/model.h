/* The likelihood of edge weights, in its reduced form: everything happens on the o observed nodes once the others are
 * eliminated from the graph (linalg's Kron reduction). */
#ifndef FRUGAL_FEEMS_MODEL_H
#define FRUGAL_FEEMS_MODEL_H

#include <frugal/feems.h>
#include <frugal/linalg.h>

/* One evaluator: the factorisation of one graph and scratch memory for one thread. */
typedef struct {
    const fr_feems_data *data;
    fr_kron *kron;
    int64_t d, m, o, stride; /* nodes, edges, observed nodes; o rounded up to whole vectors */
    int64_t *row_i, *row_j;  /* m: rows of the end nodes in the harmonic extension */
    double *similarity;      /* o x stride, like all below; padding is zero */
    double *reduced;         /* K, the Laplacian reduced to the observed nodes */
    double *pseudo_inverse;  /* K^+ */
    double *inverse;         /* A = (K + Q)^-1 */
    double *inner;           /* M = A Q (S - K^+ - Q^-1) Q A */
    double *scratch, *scratch2;
    double *product; /* d x stride: H M */
} feems_model;

int feems_model_new(const fr_feems_data *data, feems_model *out);
void feems_model_free(feems_model *model);

/* nll (3.1) at weights w (m) and precisions q (o) of the residuals, q_a = n_a / s2_a; q_a = 0 takes node a out of the data
 * (its samples are not known), which cross-validation uses. gradient_w (m: d nll / d w) and gradient_s2 (o: d nll / d s2_a)
 * may be NULL. FR_ENUMERIC where the weights are so far out that a factorisation fails. */
int feems_model_evaluate(feems_model *model, const double *weights, const double *q, double *nll,
                         double *gradient_w, double *gradient_s2);

/* Only K and K^+ at these weights. */
int feems_model_reduce(feems_model *model, const double *weights);
/* log det(K + 11'/o) of the last feems_model_reduce goes to *log_det if that is not NULL. */
int feems_model_reduce_with_determinant(feems_model *model, const double *weights, double *log_det);

/* Row sums g (d, by row of the extension) of a generalised inverse and its total gamma, from which
 * L^+_vo = H K^+ - (1 a' + g 1') / d + gamma / d^2 with a = the observed part of g. Needs a reduced model. */
int feems_model_centering(feems_model *model, double *g, double *gamma);
/* L^+ among the observed nodes (o x stride) after feems_model_reduce. */
int feems_model_covariance(feems_model *model, double *covariance);

#endif
