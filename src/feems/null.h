/* The null fit: one weight w0 for all edges, one residual variance s2 for all nodes. */
#ifndef FRUGAL_FEEMS_NULL_H
#define FRUGAL_FEEMS_NULL_H

#include "model.h"

/* Minimises nll over those of *w0, *s2 that are 0 on entry (the others are held) and gives nll at the end. */
int feems_null_fit(feems_model *model, double *w0, double *s2, double *nll);

#endif
