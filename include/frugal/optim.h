/* frugal/optim.h: smooth minimisation with bounds. */
#ifndef FRUGAL_OPTIM_H
#define FRUGAL_OPTIM_H

#include <frugal/core.h>

#endif
