/* Repeated runs of one call and a row of a CSV table about them. */
#ifndef FRUGAL_BENCH_TIMING_H
#define FRUGAL_BENCH_TIMING_H

#include <frugal/core.h>

/* Seconds spent on each call, three runs at least. */
extern double seconds_for_each;

/* Runs `call` until its time is used up; *median and *fastest seconds; the number of runs (at most 1000) in *runs. */
int time_call(int (*call)(void *context), void *context, double *median, double *fastest, int *runs);
/* The same, and prints "name,size,median,fastest,runs". */
int measure(const char *name, int64_t size, int (*call)(void *context), void *context);

#endif
