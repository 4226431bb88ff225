/* frugal/linalg.h: sparse symmetric positive definite factorisations (through SuiteSparse). */
#ifndef FRUGAL_LINALG_H
#define FRUGAL_LINALG_H

#include <frugal/core.h>

#endif
