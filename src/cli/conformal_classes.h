/* The inputs of `frugal conformal classify`: probabilities and labels of calibration and test points. */
#ifndef FRUGAL_CLI_CONFORMAL_CLASSES_H
#define FRUGAL_CLI_CONFORMAL_CLASSES_H

#include "conformal_inputs.h"

typedef struct {
    int64_t n, m, classes;
    conformal_names names; /* of the classes */
    double *p, *p_test;    /* probabilities */
    double *u;             /* n + m numbers in [0, 1] for randomised scores; NULL: not randomised */
    int64_t *label;
    int64_t *label_test; /* NULL: not known */
} conformal_classes;

/* Reads --cal-prob, --cal-label, --prob, --test-label, --randomise. */
int conformal_classes_read(cli_job *job, conformal_classes *out);
void conformal_classes_free(conformal_classes *all);

#endif
