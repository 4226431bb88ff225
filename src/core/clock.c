/* Monotonic time and the largest resident memory of the process. */
#include <frugal/core.h>

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

double fr_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Linux keeps the high-water mark of the running program there; getrusage's may be that of the program that started it. */
static int64_t high_water_mark(void)
{
    char line[256];
    int64_t kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "r");
    if (file == NULL) return 0;
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmHWM: %" SCNd64 " kB", &kilobytes) == 1) break;
    fclose(file);
    return kilobytes * 1024;
}

int64_t fr_peak_memory(void)
{
    struct rusage usage;
    int64_t bytes = high_water_mark();
    if (bytes > 0 || getrusage(RUSAGE_SELF, &usage) != 0) return bytes;
    return (int64_t)usage.ru_maxrss * 1024;
}
