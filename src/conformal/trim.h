/* Trim sets of trimmed conformal prediction [TCP, 3.2]. */
#ifndef FRUGAL_CONFORMAL_TRIM_H
#define FRUGAL_CONFORMAL_TRIM_H

#include "lasso_sets.h"

typedef struct {
    trim_sets sets;
    double alpha; /* level that is spent; 0 where nothing is proved */
    bool proved;
} trim_result;

/* Trim sets of all test points; infinite ends are cut at max|y|, whose cost is in alpha. The training fit is that of the
 * slow model. */
int trim_find(const fr_conformal_data *data, const fr_conformal_tcp_settings *settings,
              const lasso_training *training, trim_result *out);
/* The level alone, without the cost of cuts. */
int trim_level(const fr_conformal_data *data, const fr_conformal_tcp_settings *settings, double *alpha);

#endif
