/* Seconds of single library calls of the lasso and of conformal prediction on the simulated data of the trimmed conformal paper: X of
 * independent standard normals, ten coefficients of 2, noise N(0, 1).
 *
 *   conformal_library calls SECONDS          n = 200, p = 2000, one thread
 *   conformal_library growth SECONDS         in n, p and the number of test points
 *   conformal_library threads SECONDS        100 test points
 *   conformal_library data N P FILE          writes the data as text, y first, for other programs
 *
 * prints a CSV table; bench/conformal.py turns it into a page. Times of conformal methods are per test point, what is done once for all
 * of them apart.
 */
#include "timing.h"

#include <frugal/conformal.h>
#include <frugal/optim.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { n_signals = 10, n_lambdas = 100, n_sets = 10 };

typedef struct {
    int64_t n, p, m;
    double *x, *y, *x_test; /* rows */
    double *columns;        /* the same X by columns */
    double *b;              /* p, or n_lambdas * p */
    double lambda;
    fr_conformal_trim trim;
    double fit_seconds, point_seconds; /* least over the runs: what is done once, and all the rest */
} bench_case;

static void bench_free(bench_case *bench)
{
    double *const arrays[] = {bench->x, bench->y, bench->x_test, bench->columns, bench->b};
    for (int k = 0; k < 5; k++)
        fr_free(arrays[k]);
    *bench = (bench_case){0};
}

static int bench_make(uint64_t seed, int64_t n, int64_t p, int64_t m, bench_case *bench)
{
    *bench = (bench_case){.n = n, .p = p, .m = m, .lambda = fr_conformal_lambda(n, p, 1)};
    bench->x = fr_alloc(n * p, sizeof *bench->x);
    bench->y = fr_alloc(n, sizeof *bench->y);
    bench->x_test = fr_alloc(m * p, sizeof *bench->x_test);
    bench->columns = fr_alloc(n * p, sizeof *bench->columns);
    bench->b = fr_alloc(n_lambdas * p, sizeof *bench->b);
    if (bench->x == NULL || bench->y == NULL || bench->x_test == NULL || bench->columns == NULL ||
        bench->b == NULL)
        return FR_ENOMEM;
    fr_rng rng;
    fr_rng_init(&rng, seed, 0, 0);
    for (int64_t k = 0; k < n * p; k++)
        bench->x[k] = fr_rng_normal(&rng);
    for (int64_t k = 0; k < m * p; k++)
        bench->x_test[k] = fr_rng_normal(&rng);
    for (int64_t i = 0; i < n; i++) {
        bench->y[i] = fr_rng_normal(&rng);
        for (int64_t j = 0; j < n_signals && j < p; j++)
            bench->y[i] += 2 * bench->x[i * p + j * (p / n_signals)];
        for (int64_t j = 0; j < p; j++)
            bench->columns[j * n + i] = bench->x[i * p + j];
    }
    return FR_OK;
}

static fr_conformal_data data_of(const bench_case *bench)
{
    return (fr_conformal_data){
        .n = bench->n, .p = bench->p, .m = bench->m, .x = bench->x, .y = bench->y, .x_test = bench->x_test};
}

/* ---- the calls -------------------------------------------------------------------------------------------------------- */

static int run_lasso(void *context)
{
    bench_case *bench = context;
    fr_lasso_settings settings;
    fr_lasso_info info;
    fr_lasso_settings_default(&settings);
    settings.lambda = bench->lambda;
    memset(bench->b, 0, (size_t)bench->p * sizeof *bench->b);
    return fr_lasso(bench->n, bench->p, bench->columns, bench->n, bench->y, &settings, bench->b, NULL, &info);
}

static int run_path(void *context)
{
    bench_case *bench = context;
    fr_lasso_settings settings;
    double lambdas[n_lambdas],
        most = fr_lasso_lambda_max(bench->n, bench->p, bench->columns, bench->n, bench->y, false);
    fr_lasso_settings_default(&settings);
    for (int k = 0; k < n_lambdas; k++)
        lambdas[k] = most * pow(0.01, (double)k / (n_lambdas - 1));
    return fr_lasso_path(bench->n, bench->p, bench->columns, bench->n, bench->y, n_lambdas, lambdas,
                         &settings, bench->b, NULL, NULL);
}

static void note_seconds(bench_case *bench, const fr_conformal_result *result)
{
    double points = result->seconds - result->fit_seconds;
    if (bench->fit_seconds == 0 || result->fit_seconds < bench->fit_seconds)
        bench->fit_seconds = result->fit_seconds;
    if (bench->point_seconds == 0 || points < bench->point_seconds) bench->point_seconds = points;
}

static int run_tcp(void *context)
{
    bench_case *bench = context;
    const fr_conformal_data data = data_of(bench);
    fr_conformal_tcp_settings settings;
    fr_conformal_result result;
    fr_conformal_tcp_settings_default(&settings);
    settings.trim = bench->trim;
    int status = fr_conformal_tcp(&data, &settings, &result);
    note_seconds(bench, &result);
    fr_conformal_result_free(&result);
    return status;
}

static int run_ridge(void *context)
{
    bench_case *bench = context;
    const fr_conformal_data data = data_of(bench);
    fr_conformal_ridge_settings settings;
    fr_conformal_result result;
    fr_conformal_ridge_settings_default(&settings);
    int status = fr_conformal_ridge(&data, &settings, &result);
    note_seconds(bench, &result);
    fr_conformal_result_free(&result);
    return status;
}

/* ---- the tables ------------------------------------------------------------------------------------------------------- */

/* Time per test point after the common part, and the common part. */
static int measure_points(const char *name, bench_case *bench, int (*call)(void *context))
{
    bench->fit_seconds = bench->point_seconds = 0;
    double median, fastest;
    int runs;
    int status = time_call(call, bench, &median, &fastest, &runs);
    if (status != FR_OK) return status;
    printf("%s,%" PRId64 ",%" PRId64 ",%" PRId64 ",%.6g,%.6g\n", name, bench->n, bench->p, bench->m,
           bench->point_seconds / (double)bench->m, bench->fit_seconds);
    fflush(stdout);
    return FR_OK;
}

static int measure_one(const char *name, bench_case *bench, int (*call)(void *context))
{
    double median, fastest;
    int runs;
    int status = time_call(call, bench, &median, &fastest, &runs);
    if (status != FR_OK) return status;
    printf("%s,%" PRId64 ",%" PRId64 ",,%.6g,\n", name, bench->n, bench->p, median);
    fflush(stdout);
    return FR_OK;
}

static int measure_trims(bench_case *bench)
{
    bench->trim = FR_CONFORMAL_TRIM_MAX;
    int status = measure_points("lasso MaxTrim", bench, run_tcp);
    bench->trim = FR_CONFORMAL_TRIM_SPLIT;
    if (status == FR_OK) status = measure_points("lasso SplitTrim", bench, run_tcp);
    if (status == FR_OK) status = measure_points("ridge", bench, run_ridge);
    return status;
}

/* The range that a split leaves, and with it the time, differs much from one data set to the other: means over ten. */
static int measure_mean(const char *name, fr_conformal_trim trim, int (*call)(void *context))
{
    double points = 0, once = 0;
    for (uint64_t seed = 1; seed <= n_sets; seed++) {
        bench_case bench;
        double median, fastest;
        int runs;
        int status = bench_make(seed, 200, 2000, 100, &bench);
        bench.trim = trim;
        if (status == FR_OK) status = time_call(call, &bench, &median, &fastest, &runs);
        if (status == FR_OK) points += bench.point_seconds / (double)bench.m, once += bench.fit_seconds;
        bench_free(&bench);
        if (status != FR_OK) return status;
    }
    printf("%s,200,2000,100,%.6g,%.6g\n", name, points / n_sets, once / n_sets);
    fflush(stdout);
    return FR_OK;
}

static int calls(void)
{
    bench_case bench;
    fr_threads_set(1);
    puts("call,n,p,m,seconds,fit_seconds");
    int status = bench_make(1, 200, 2000, 1, &bench);
    if (status == FR_OK) status = measure_one("lasso at one lambda", &bench, run_lasso);
    if (status == FR_OK) status = measure_one("lasso path of 100", &bench, run_path);
    bench_free(&bench);
    seconds_for_each /= n_sets;
    if (status == FR_OK) status = measure_mean("lasso MaxTrim", FR_CONFORMAL_TRIM_MAX, run_tcp);
    if (status == FR_OK) status = measure_mean("lasso SplitTrim", FR_CONFORMAL_TRIM_SPLIT, run_tcp);
    if (status == FR_OK) status = measure_mean("ridge", FR_CONFORMAL_TRIM_MAX, run_ridge);
    return status;
}

static int growth(void)
{
    static const int64_t sizes[][3] = {{100, 2000, 20}, {200, 2000, 20}, {400, 2000, 20},  {800, 2000, 20},
                                       {200, 500, 20},  {200, 1000, 20}, {200, 4000, 20},  {200, 8000, 20},
                                       {200, 2000, 1},  {200, 2000, 10}, {200, 2000, 100}, {200, 2000, 1000}};
    fr_threads_set(1);
    puts("call,n,p,m,seconds,fit_seconds");
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        bench_case bench;
        int status = bench_make(1, sizes[k][0], sizes[k][1], sizes[k][2], &bench);
        if (status == FR_OK) status = measure_trims(&bench);
        bench_free(&bench);
        if (status != FR_OK) return status;
    }
    return FR_OK;
}

static int against_threads(void)
{
    bench_case bench;
    int most = fr_threads(), status = bench_make(1, 200, 2000, 100, &bench);
    puts("threads,seconds");
    bench.trim = FR_CONFORMAL_TRIM_MAX;
    for (int threads = 1; status == FR_OK && threads <= most; threads++) {
        double median, fastest;
        int runs;
        fr_threads_set(threads);
        status = time_call(run_tcp, &bench, &median, &fastest, &runs);
        if (status == FR_OK) printf("%d,%.6g\n", threads, median);
        fflush(stdout);
    }
    bench_free(&bench);
    return status;
}

static int write_data(int64_t n, int64_t p, const char *path)
{
    bench_case bench;
    int status = bench_make(1, n, p, 1, &bench);
    FILE *file = status == FR_OK ? fopen(path, "w") : NULL;
    if (status == FR_OK && file == NULL) status = fr_fail(FR_EIO, "cannot write %s", path);
    for (int64_t i = 0; status == FR_OK && i < n; i++) {
        fprintf(file, "%.17g", bench.y[i]);
        for (int64_t j = 0; j < p; j++)
            fprintf(file, " %.17g", bench.x[i * p + j]);
        fputc('\n', file);
    }
    if (file != NULL && fclose(file) != 0) status = fr_fail(FR_EIO, "cannot write %s", path);
    bench_free(&bench);
    return status;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int status = FR_EUSAGE;
    fr_threads_set(0); /* as the program does */
    if (argc == 3) seconds_for_each = atof(argv[2]);
    if (argc == 3 && strcmp(what, "calls") == 0) status = calls();
    if (argc == 3 && strcmp(what, "growth") == 0) status = growth();
    if (argc == 3 && strcmp(what, "threads") == 0) status = against_threads();
    if (argc == 5 && strcmp(what, "data") == 0) status = write_data(atoll(argv[2]), atoll(argv[3]), argv[4]);
    if (status != FR_OK) fprintf(stderr, "conformal_library %s: %s\n", what, fr_last_error());
    return status == FR_OK ? 0 : 1;
}
