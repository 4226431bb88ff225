/* frugal/frugal.h: all public headers. */
#ifndef FRUGAL_FRUGAL_H
#define FRUGAL_FRUGAL_H

#include <frugal/cluster.h>
#include <frugal/conformal.h>
#include <frugal/core.h>
#include <frugal/data.h>
#include <frugal/feems.h>
#include <frugal/geo.h>
#include <frugal/graph.h>
#include <frugal/linalg.h>
#include <frugal/optim.h>
#include <frugal/report.h>

#endif
