/* Shape of the recovery experiment in the local random model. */
#ifndef FRUGAL_REPRODUCE_CLUSTER_MODEL_H
#define FRUGAL_REPRODUCE_CLUSTER_MODEL_H

#include "reproduce.h"

enum { CLUSTER_MODEL_TABLES = 3, CLUSTER_MODEL_QS = 7, CLUSTER_MODEL_QUANTITIES = 7 };

extern const double cluster_model_q[CLUSTER_MODEL_QS];
extern const char *const cluster_model_table[CLUSTER_MODEL_TABLES];
extern const char *const cluster_model_quantity[CLUSTER_MODEL_QUANTITIES];
extern const double cluster_model_expected[CLUSTER_MODEL_TABLES][CLUSTER_MODEL_QS][CLUSTER_MODEL_QUANTITIES]
                                          [2];

/* "q = 0.001" */
void cluster_model_setting(int q, char *text, size_t size);
/* Recovery curves against q: figure 0. */
int cluster_model_draw(const reproduce_comparison *comparison, int figure, const char *stem);

#endif
