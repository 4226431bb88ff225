/* Medians over repeated runs. */
#include "timing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { fewest_runs = 3, most_runs = 1000 };

double seconds_for_each = 1;

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int time_call(int (*call)(void *context), void *context, double *median, double *fastest, int *runs)
{
    static double taken[most_runs];
    double total = 0;
    int done = 0, status = FR_OK;
    while (status == FR_OK && done < most_runs && (done < fewest_runs || total < seconds_for_each)) {
        double start = fr_clock();
        status = call(context);
        taken[done] = fr_clock() - start;
        total += taken[done++];
    }
    if (status != FR_OK) return status;
    qsort(taken, (size_t)done, sizeof taken[0], by_value);
    *median = (taken[(done - 1) / 2] + taken[done / 2]) / 2;
    *fastest = taken[0];
    *runs = done;
    return FR_OK;
}

int measure(const char *name, int64_t size, int (*call)(void *context), void *context)
{
    double median, fastest;
    int runs;
    int status = time_call(call, context, &median, &fastest, &runs);
    if (status != FR_OK) return status;
    printf("%s,%" PRId64 ",%.6g,%.6g,%d\n", name, size, median, fastest, runs);
    fflush(stdout);
    return FR_OK;
}
