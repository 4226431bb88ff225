/* frugal/report.h: figures drawn through gnuplot (SVG and PNG) and the self-contained report.html. */
#ifndef FRUGAL_REPORT_H
#define FRUGAL_REPORT_H

#include <frugal/core.h>

#endif
