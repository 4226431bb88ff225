/* The rank of y as a step function of y, for residuals that are linear in y, and the sets that follow from it. */
#ifndef FRUGAL_CONFORMAL_SWEEP_H
#define FRUGAL_CONFORMAL_SWEEP_H

#include <frugal/conformal.h>

/* Arrays that grow as needed and are used again; zero before the first use. */
typedef struct {
    int64_t room;
    double *opens, *closes;   /* ends of the intervals on which a training residual is the smaller one */
    int64_t curve_room;       /* breakpoints */
    fr_conformal_curve curve; /* of the last sweep */
} sweep_space;
void sweep_space_free(sweep_space *space);

/* Fills space->curve for y in [low, high]; residuals u[i] + v[i] y, i = 0..n, number n that of the test point. */
int sweep_curve(sweep_space *space, int64_t n, const double *u, const double *v, double low, double high);
/* Appends the y at which fewer than `rank` training residuals are smaller. Curves come in ascending order of y. */
int sweep_members(const fr_conformal_curve *curve, int64_t rank, fr_conformal_pieces *out);

/* Appends a piece that does not begin before the last one; pieces that overlap or touch become one. */
int conformal_pieces_add(fr_conformal_pieces *pieces, fr_interval piece);

/* Appends a curve that begins where `to` ends (or the first one, to an empty one). *room: that of `to`, from 0. */
int conformal_curve_append(fr_conformal_curve *to, int64_t *room, const fr_conformal_curve *from);

#endif
