/* Inside core: waiting for something that can only be polled, without keeping a processor busy. */
#ifndef FRUGAL_CORE_BACKOFF_H
#define FRUGAL_CORE_BACKOFF_H

#include <time.h>

/* Waits a little: a round of 0 yields 20 microseconds, later rounds up to a millisecond. Set *round to 0 when something
 * happened. */
static inline void fr_backoff(int *round)
{
    long nanoseconds = 20000L << (*round < 6 ? *round : 6);
    struct timespec pause = {0, nanoseconds < 1000000 ? nanoseconds : 1000000};
    nanosleep(&pause, NULL);
    ++*round;
}

#endif
