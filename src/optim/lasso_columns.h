/* The columns of a regression, and the two products with one of them that coordinate descent and homotopy are made of. */
#ifndef FRUGAL_OPTIM_LASSO_COLUMNS_H
#define FRUGAL_OPTIM_LASSO_COLUMNS_H

#include <frugal/core.h>

/* Column j is x[j * stride .. j * stride + n - 1] and, unless `last` is NULL, last[j] below it: a point more without a copy of
 * the matrix. Vectors over the rows have n or n + 1 entries accordingly. */
typedef struct {
    int64_t n, p, stride;
    const double *x;
    const double *last;
} lasso_columns;

static inline int64_t lasso_rows(const lasso_columns *columns)
{
    return columns->n + (columns->last != NULL);
}

/* x_j' v */
double lasso_dot(const lasso_columns *columns, int64_t j, const double *v);
/* x_j' v and x_j' w */
void lasso_two_dots(const lasso_columns *columns, int64_t j, const double *v, const double *w,
                    double *product_v, double *product_w);
/* v += a x_j */
void lasso_add(const lasso_columns *columns, int64_t j, double a, double *v);
/* ||v|| and ||v - w|| */
double lasso_norm(int64_t n, const double *v);
double lasso_distance(int64_t n, const double *v, const double *w);
/* bound_j += moved norm_j */
void lasso_loosen(int64_t p, double moved, const double *norm, double *bound);

#endif
