/* Observer outside tasks, interruption, time, memory, checksums, thread counts. */
#include "support.h"

#include <frugal/core.h>

#include <cblas.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- observer ------------------------------------------------------------------------------------------------------- */

typedef struct {
    char warning[1024], phase[64];
    int64_t done, total;
    int inside; /* calls in progress: never more than one */
    int64_t reports;
    bool overlapped;
} heard;

static void hear_warning(void *context, const char *message)
{
    heard *h = context;
    snprintf(h->warning, sizeof h->warning, "%s", message);
}

static void hear_progress(void *context, const char *phase, int64_t done, int64_t total)
{
    heard *h = context;
    if (h->inside++ != 0) h->overlapped = true;
    snprintf(h->phase, sizeof h->phase, "%s", phase);
    h->done = done;
    h->total = total;
    h->reports++;
    h->inside--;
}

static void test_observer(void **state)
{
    (void)state;
    heard h = {0};
    fr_warn("nobody hears %d", 1);
    assert_int_equal(fr_progress_tick("fit", 1, 2), FR_OK);
    fr_observe(&(fr_observer){.context = &h, .warn = hear_warning, .progress = hear_progress});
    fr_warn("%d samples without position", 3);
    assert_string_equal(h.warning, "3 samples without position");
    assert_int_equal(fr_progress_tick("fit", 5, 10), FR_OK); /* the first tick is always reported */
    assert_string_equal(h.phase, "fit");
    assert_int_equal(h.done, 5);
    assert_int_equal(h.total, 10);
    fr_observe(&(fr_observer){.context = &h, .warn = hear_warning, .progress = hear_progress});
    assert_int_equal(fr_progress_tick(NULL, 6, 10), FR_OK); /* without a phase: silent */
    assert_int_equal(h.reports, 1);
    fr_observe(&(fr_observer){.context = &h}); /* no members */
    fr_warn("unheard");
    assert_int_equal(fr_progress_tick("fit", 6, 10), FR_OK);
    assert_string_equal(h.warning, "3 samples without position");
    assert_int_equal(h.reports, 1);
    fr_observe(NULL);
}

/* Ticks from four threads for `seconds`: at most ten reports each second, one at a time. */
static void test_reports_are_rare_and_one_at_a_time(void **state)
{
    (void)state;
    heard h = {0};
    const double seconds = 0.35;
    fr_observe(&(fr_observer){.context = &h, .progress = hear_progress});
    double start = fr_clock(), end;
#pragma omp parallel num_threads(4)
    while (fr_clock() - start < seconds)
        fr_progress_tick("fit", 1, 2);
    end = fr_clock();
    fr_observe(NULL);
    assert_false(h.overlapped);
    assert_in_range(h.reports, 1, (int64_t)((end - start) / 0.1) + 2);
}

static void test_interruption(void **state)
{
    (void)state;
    assert_false(fr_interrupted());
    fr_interrupt();
    assert_true(fr_interrupted());
    assert_int_equal(fr_progress_tick("fit", 1, 2), FR_EINTERRUPTED);
    assert_string_equal(fr_last_error(), "stopped on request");
    fr_interrupt_clear();
    assert_int_equal(fr_progress_tick("fit", 1, 2), FR_OK);
}

/* ---- time, memory, threads ---------------------------------------------------------------------------------------------- */

static void test_clock_and_memory(void **state)
{
    (void)state;
    double start = fr_clock();
    nanosleep(&(struct timespec){0, 2000000}, NULL);
    assert_true(fr_clock() - start >= 0.002);
    int64_t before = fr_peak_memory(), bytes = 64 << 20;
    char *block = fr_alloc(bytes, 1);
    for (int64_t k = 0; k < bytes; k += 512)
        ((volatile char *)block)[k] = 1;
    assert_true(fr_peak_memory() >= before + bytes / 2);
    fr_free(block);
    assert_true(fr_peak_memory() >= before + bytes / 2);
}

static void test_thread_counts(void **state)
{
    (void)state;
    assert_int_equal(fr_threads(), omp_get_num_procs());
    assert_int_equal(fr_threads_set(3), 3);
    assert_int_equal(fr_threads(), 3);
    assert_int_equal(fr_threads_set(-1), omp_get_num_procs());
    assert_int_equal(fr_rank(), 0);
    assert_int_equal(fr_ranks(), 1);
}

/* OpenBLAS gives each thread a part of a long sum, so that its last digits depend on the number of threads. The number that
 * its OpenMP build goes by is OpenMP's. */
static void test_blas_is_serial_unless_asked(void **state)
{
    (void)state;
    enum { length = 100000 };
    static double a[length];
    for (int k = 0; k < length; k++)
        a[k] = fr_random_normal(1, 0, (uint64_t)k);
    fr_threads_set(1);
    double one = cblas_ddot(length, a, 1, a, 1);
    for (int threads = 2; threads <= 4; threads++) {
        fr_threads_set(threads);
        assert_int_equal(omp_get_max_threads(), 1);
        assert_true(cblas_ddot(length, a, 1, a, 1) == one);
    }
    assert_int_equal(fr_blas_threads(3), 1);
    assert_int_equal(omp_get_max_threads(), 3);
    assert_int_equal(openblas_get_num_threads(), 3);
    assert_int_equal(fr_blas_threads(1), 3);
    assert_int_equal(openblas_get_num_threads(), 1);
    fr_threads_set(0);
}

/* ---- SHA-256: FIPS 180-4's examples ---------------------------------------------------------------------------------------- */

static void test_checksums(void **state)
{
    (void)state;
    char hex[65], path[256];
    int64_t bytes = -1;
    fr_sha256("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    fr_sha256(NULL, 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    snprintf(path, sizeof path, "%s/million", scratch_folder());
    FILE *file = fopen(path, "wb");
    for (int k = 0; k < 1000000; k++)
        fputc('a', file);
    fclose(file);
    assert_int_equal(fr_sha256_file(path, hex, &bytes), FR_OK);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    assert_int_equal(bytes, 1000000);
    assert_int_equal(fr_sha256_file("/nowhere/at/all", hex, &bytes), FR_EIO);
    assert_string_equal(hex, "");
    assert_int_equal(bytes, 0);
    assert_int_equal(fr_sha256_file(scratch_folder(), hex, &bytes),
                     FR_EIO); /* a folder opens, but cannot be read */
    assert_non_null(strstr(fr_last_error(), scratch_folder()));
    assert_string_equal(hex, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_observer),      cmocka_unit_test(test_reports_are_rare_and_one_at_a_time),
        cmocka_unit_test(test_interruption),  cmocka_unit_test(test_clock_and_memory),
        cmocka_unit_test(test_thread_counts), cmocka_unit_test(test_blas_is_serial_unless_asked),
        cmocka_unit_test(test_checksums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
