/* Task sets on the threads of one process: same bytes for any number of threads, failures, interruption, progress, and no
 * parallelism inside tasks. */
#include "support.h"

#include <frugal/core.h>

#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <string.h>

extern int openblas_get_num_threads(void);

enum { count = 200, width = 5 };

typedef struct {
    uint64_t seed;
    int64_t failing[2];  /* these tasks fail, -1: none */
    int64_t interrupter; /* this task asks to stop, -1: none */
    int spin;            /* length of a task */
    atomic_int *runs, *workspaces;
} work;

static const work plain = {.seed = 5, .failing = {-1, -1}, .interrupter = -1};

static int new_workspace(const void *context, void **workspace)
{
    const work *w = context;
    if (w->workspaces != NULL) atomic_fetch_add(w->workspaces, 1);
    *workspace = fr_alloc(width, sizeof(double));
    return *workspace == NULL ? FR_ENOMEM : FR_OK;
}

static int run(int64_t index, const void *context, void *workspace, void *result)
{
    const work *w = context;
    double *scratch = workspace, *out = result;
    if (w->runs != NULL) atomic_fetch_add(w->runs, 1);
    for (int k = 0; k < width; k++) {
        scratch[k] = fr_random_normal(w->seed, (uint64_t)index, (uint64_t)k);
        for (int s = 0; s < w->spin; s++)
            scratch[k] = cos(scratch[k]);
    }
    memcpy(out, scratch, width * sizeof *out);
    if (index == w->failing[0] || index == w->failing[1])
        return fr_fail(FR_ENUMERIC, "task %lld broke down", (long long)index);
    if (index == w->interrupter) fr_interrupt();
    return FR_OK;
}

static fr_tasks set_of(const work *w)
{
    return (fr_tasks){.name = "squares",
                      .count = count,
                      .result_size = width * (int64_t)sizeof(double),
                      .run = run,
                      .context = w,
                      .workspace_new = new_workspace,
                      .workspace_free = fr_free};
}

static void test_results_do_not_depend_on_threads(void **state)
{
    (void)state;
    static double reference[count][width], results[count][width];
    uint8_t finished[count];
    for (int64_t i = 0; i < count; i++)
        for (int k = 0; k < width; k++)
            reference[i][k] = fr_random_normal(5, (uint64_t)i, (uint64_t)k);
    const int threads[] = {1, 2, 7};
    for (int t = 0; t < 3; t++) {
        atomic_int runs = 0, workspaces = 0;
        work w = plain;
        w.runs = &runs;
        w.workspaces = &workspaces;
        fr_tasks set = set_of(&w);
        fr_threads_set(threads[t]);
        memset(results, 1, sizeof results);
        memset(finished, 0, sizeof finished);
        assert_int_equal(fr_tasks_run(&set, NULL, results, finished), FR_OK);
        assert_memory_equal(results, reference, sizeof results);
        assert_int_equal(runs, count);
        assert_in_range(workspaces, 1, threads[t]);
        for (int i = 0; i < count; i++)
            assert_int_equal(finished[i], 1);
        assert_int_equal(fr_threads(), threads[t]);
    }
    fr_threads_set(0);
}

/* ---- parallelism ------------------------------------------------------------------------------------------------------ */

static int look_around(int64_t index, const void *context, void *workspace, void *result)
{
    (void)index, (void)context, (void)workspace;
    int *seen = result, inner = 0;
    fr_blas_threads(4); /* no effect here */
#pragma omp parallel num_threads(4) reduction(+ : inner)
    inner++;
    seen[0] = fr_threads();
    seen[1] = omp_get_max_threads();
    seen[2] = openblas_get_num_threads();
    seen[3] = inner;
    return FR_OK;
}

static void test_tasks_are_serial_inside(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        int seen[8][4];
        assert_int_equal(fr_threads_set(threads), threads);
        fr_tasks set = {.name = "look", .count = 8, .result_size = sizeof seen[0], .run = look_around};
        int levels = omp_get_max_active_levels();
        assert_int_equal(fr_tasks_run(&set, NULL, seen, NULL), FR_OK);
        for (int i = 0; i < 8; i++)
            for (int k = 0; k < 4; k++)
                assert_int_equal(seen[i][k], 1);
        assert_int_equal(fr_threads(), threads);
        assert_int_equal(omp_get_max_active_levels(), levels);
    }
    assert_int_equal(fr_threads_set(0), omp_get_num_procs());
}

static int run_inner_set(int64_t index, const void *context, void *workspace, void *result)
{
    (void)index, (void)workspace;
    fr_tasks inner = set_of(context);
    return fr_tasks_run(&inner, NULL, result, NULL);
}

static int run_inner_set_with_journal(int64_t index, const void *context, void *workspace, void *result)
{
    (void)index, (void)workspace;
    fr_tasks inner = set_of(context);
    int not_a_journal;
    return fr_tasks_run(&inner, (fr_journal *)&not_a_journal, result, NULL);
}

static void test_sets_inside_tasks(void **state)
{
    (void)state;
    static double results[3][count][width], reference[count][width];
    fr_tasks inner = set_of(&plain);
    fr_tasks outer = {.name = "outer",
                      .count = 3,
                      .result_size = sizeof results[0],
                      .run = run_inner_set,
                      .context = &plain};
    assert_int_equal(fr_tasks_run(&inner, NULL, reference, NULL), FR_OK);
    assert_int_equal(fr_tasks_run(&outer, NULL, results, NULL), FR_OK);
    for (int i = 0; i < 3; i++)
        assert_memory_equal(results[i], reference, sizeof reference);
    outer.run = run_inner_set_with_journal;
    assert_int_equal(fr_tasks_run(&outer, NULL, results, NULL), FR_EUSAGE);
}

/* ---- failures ------------------------------------------------------------------------------------------------------------ */

static void test_first_failure_counts(void **state)
{
    (void)state;
    static double results[count][width];
    static const double zero[width];
    uint8_t finished[count];
    atomic_int runs = 0;
    work w = plain;
    w.failing[0] = 40,
    w.failing[1] = 41; /* neighbours: with several threads both may run, the lower one is reported */
    w.runs = &runs;
    fr_tasks set = set_of(&w);
    for (int threads = 1; threads <= 4; threads++) {
        fr_threads_set(threads);
        atomic_store(&runs, 0);
        assert_int_equal(fr_tasks_run(&set, NULL, results, finished), FR_ENUMERIC);
        assert_true(strcmp(fr_last_error(), "task 40 broke down") == 0 ||
                    (threads > 1 && strcmp(fr_last_error(), "task 41 broke down") == 0));
        assert_in_range(runs, 1, 41 + threads); /* no task begins after a failure */
        assert_int_equal(finished[40], 0);
        assert_memory_equal(results[40], zero, sizeof zero);
    }
    fr_threads_set(0);
}

static int fail_together(int64_t index, const void *context, void *workspace, void *result)
{
    atomic_int *arrived = (atomic_int *)(uintptr_t)context;
    (void)workspace, (void)result;
    atomic_fetch_add(arrived, 1);
    while (atomic_load(arrived) < 3) /* all three are running when the first one fails */
        continue;
    return fr_fail(FR_ENUMERIC, "task %lld broke down", (long long)index);
}

static void test_lowest_of_several_failures(void **state)
{
    (void)state;
    atomic_int arrived = 0;
    fr_tasks set = {.name = "together", .count = 3, .run = fail_together, .context = &arrived};
    fr_threads_set(3);
    assert_int_equal(fr_tasks_run(&set, NULL, NULL, NULL), FR_ENUMERIC);
    assert_string_equal(fr_last_error(), "task 0 broke down");
    fr_threads_set(0);
}

static int no_workspace(const void *context, void **workspace)
{
    (void)context;
    *workspace = NULL;
    return fr_fail(FR_ENOMEM, "no room");
}

static void test_workspace_failure(void **state)
{
    (void)state;
    static double results[count][width];
    fr_tasks set = set_of(&plain);
    set.workspace_new = no_workspace;
    assert_int_equal(fr_tasks_run(&set, NULL, results, NULL), FR_ENOMEM);
    assert_string_equal(fr_last_error(), "no room");
}

static void test_bad_sets(void **state)
{
    (void)state;
    static double results[count][width];
    uint8_t finished[count];
    fr_tasks set = set_of(&plain);
    set.count = -1;
    assert_int_equal(fr_tasks_run(&set, NULL, results, finished), FR_EUSAGE);
    set = set_of(&plain);
    set.run = NULL;
    assert_int_equal(fr_tasks_run(&set, NULL, results, finished), FR_EUSAGE);
    set = set_of(&plain);
    set.workspace_free = NULL;
    assert_int_equal(fr_tasks_run(&set, NULL, results, finished), FR_EUSAGE);
    set = set_of(&plain);
    set.count = 0;
    assert_int_equal(fr_tasks_run(&set, NULL, NULL, NULL), FR_OK);
}

/* ---- interruption, progress, warnings --------------------------------------------------------------------------------- */

static void test_interruption_keeps_what_is_finished(void **state)
{
    (void)state;
    static double results[count][width], reference[count][width];
    uint8_t finished[count];
    fr_tasks set = set_of(&plain);
    assert_int_equal(fr_tasks_run(&set, NULL, reference, NULL), FR_OK);
    work w = plain;
    w.interrupter = 60;
    set = set_of(&w);
    for (int threads = 1; threads <= 2; threads++) {
        int64_t n = 0;
        fr_threads_set(threads);
        assert_int_equal(fr_tasks_run(&set, NULL, results, finished), FR_EINTERRUPTED);
        assert_true(fr_interrupted());
        for (int i = 0; i < count; i++) {
            static const double zero[width];
            n += finished[i];
            assert_memory_equal(results[i], finished[i] ? reference[i] : zero, sizeof zero);
        }
        assert_in_range(n, 60, 61 + threads);
        assert_int_equal(fr_tasks_run(&set, NULL, results, finished),
                         FR_EINTERRUPTED); /* nothing begins now */
        for (int i = 0; i < count; i++)
            assert_int_equal(finished[i], 0);
        fr_interrupt_clear();
    }
    fr_threads_set(0);
}

static int tick_until_interrupted(int64_t index, const void *context, void *workspace, void *result)
{
    (void)context, (void)workspace, (void)result;
    if (index == 0) fr_interrupt();
    int status = FR_OK;
    while (status == FR_OK)
        status = fr_progress_tick("inner loop", 0, 0);
    return status;
}

static void test_running_tasks_end_on_interruption(void **state)
{
    (void)state;
    uint8_t finished[4];
    fr_tasks set = {.name = "endless", .count = 4, .run = tick_until_interrupted};
    fr_threads_set(2);
    assert_int_equal(fr_tasks_run(&set, NULL, NULL, finished), FR_EINTERRUPTED);
    for (int i = 0; i < 4; i++)
        assert_int_equal(finished[i], 0);
    fr_interrupt_clear();
    fr_threads_set(0);
}

typedef struct {
    int64_t last, reports, warnings;
    bool wrong;
} heard;

static void hear_progress(void *context, const char *phase, int64_t done, int64_t total)
{
    heard *h = context;
    h->wrong = h->wrong || strcmp(phase, "squares") != 0 || total != count || done < 0 || done > count;
    h->last = done;
    h->reports++;
}

static void hear_warning(void *context, const char *message)
{
    heard *h = context;
    h->wrong = h->wrong || strncmp(message, "task ", 5) != 0;
    h->warnings++;
}

static int tick_and_warn(int64_t index, const void *context, void *workspace, void *result)
{
    (void)context, (void)workspace, (void)result;
    for (int k = 0; k < 10; k++)
        fr_progress_tick("inner loop", k, 10);
    fr_warn("task %lld is odd", (long long)index);
    return FR_OK;
}

/* The observer hears of the set, never of the loop inside a task, and of every warning. */
static void test_progress_is_that_of_the_set(void **state)
{
    (void)state;
    heard h = {0};
    fr_observe(&(fr_observer){.context = &h, .warn = hear_warning, .progress = hear_progress});
    fr_tasks set = {.name = "squares", .count = count, .run = tick_and_warn};
    fr_threads_set(3);
    assert_int_equal(fr_tasks_run(&set, NULL, NULL, NULL), FR_OK);
    fr_observe(NULL);
    assert_false(h.wrong);
    assert_true(h.reports >= 1);
    assert_int_equal(h.warnings, count);
    fr_threads_set(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results_do_not_depend_on_threads),
        cmocka_unit_test(test_tasks_are_serial_inside),
        cmocka_unit_test(test_sets_inside_tasks),
        cmocka_unit_test(test_first_failure_counts),
        cmocka_unit_test(test_lowest_of_several_failures),
        cmocka_unit_test(test_workspace_failure),
        cmocka_unit_test(test_bad_sets),
        cmocka_unit_test(test_interruption_keeps_what_is_finished),
        cmocka_unit_test(test_running_tasks_end_on_interruption),
        cmocka_unit_test(test_progress_is_that_of_the_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
