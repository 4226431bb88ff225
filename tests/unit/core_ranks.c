/* Task sets over the ranks of an mpirun job. The test starts `mpirun -n N this-program scenario folder`; each rank writes what
 * it got to a file, and every file is compared byte for byte with what one process gets. */
#include "support.h"

#include <frugal/core.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { count = 120, most = 20000, width = 300 }; /* tasks; doubles of a result */

typedef struct {
    int64_t count;
    int64_t failing, interrupter, killer; /* the tasks that do so, -1: none */
    long nanoseconds;                     /* each task takes so long */
    bool warns;                           /* tasks of odd index warn */
    bool meets;      /* no task ends before each rank has begun one: ends only if all ranks get work */
    bool interrupts; /* the first task of rank 1 asks to stop, those of other ranks wait for that */
    bool journal;
    bool aborts; /* rank 0 leaves with exit code 3, the others wait for it */
    int threads;
} scenario;

typedef struct {
    char name[16];
    scenario settings;
} named_scenario;

static const named_scenario scenarios[] = {
    {"plain", {count, -1, -1, -1, 500000, .threads = 1}},
    {"meeting", {count, -1, -1, -1, 0, .meets = true, .threads = 1}},
    {"threads", {count, -1, -1, -1, 0, .meets = true, .threads = 3}},
    {"instant", {most, -1, -1, -1, 0, .threads = 2}},
    {"few", {1, -1, -1, -1, 0, .threads = 2}},
    {"none", {0, -1, -1, -1, 0, .threads = 2}},
    {"warning", {count, -1, -1, -1, 500000, .warns = true, .threads = 1}},
    {"failing", {count, 70, -1, -1, 500000, .threads = 1}},
    {"interrupted", {count, -1, 30, -1, 500000, .journal = true, .threads = 2}},
    {"spreading", {count, -1, -1, -1, 0, .interrupts = true, .journal = true, .threads = 1}},
    {"killed", {count, -1, -1, 60, 5000000, .journal = true, .threads = 1}},
    {"leaving", {0, -1, -1, -1, 0, .aborts = true, .threads = 1}},
    {"journal", {count, -1, -1, -1, 500000, .journal = true, .threads = 2}},
};

static const char *meeting_place; /* folder where ranks leave a mark */

static const named_scenario *find(const char *name)
{
    for (size_t s = 0; s < sizeof scenarios / sizeof *scenarios; s++)
        if (strcmp(scenarios[s].name, name) == 0) return &scenarios[s];
    fail_msg("no scenario %s", name);
    return NULL;
}

/* ---- the work ----------------------------------------------------------------------------------------------------------- */

static void pause_for(long nanoseconds)
{
    nanosleep(&(struct timespec){0, nanoseconds}, NULL);
}

static int meet(void)
{
    char path[600];
    for (int rank = fr_rank(), others = fr_ranks(); others > 0; others--, rank = (rank + 1) % fr_ranks()) {
        snprintf(path, sizeof path, "%s/mark-%d", meeting_place, rank);
        if (rank == fr_rank()) fclose(fopen(path, "w"));
        for (int tries = 0; access(path, F_OK) != 0; tries++) {
            if (tries == 60000) return fr_fail(FR_EIO, "rank %d got no task", rank);
            pause_for(1000000);
        }
    }
    return FR_OK;
}

static int wait_for_interruption(void)
{
    int status = FR_OK;
    if (fr_rank() == 1) fr_interrupt();
    while (status == FR_OK) {
        pause_for(1000000);
        status = fr_progress_tick("inner loop", 0, 0);
    }
    return status;
}

static int64_t ran_here;

static int run(int64_t index, const void *context, void *workspace, void *result)
{
    (void)workspace;
    const scenario *s = context;
    double *out = result;
    __atomic_add_fetch(&ran_here, 1, __ATOMIC_RELAXED);
    for (int k = 0; k < width; k++)
        out[k] = fr_random_normal(3, (uint64_t)index, (uint64_t)k);
    if (s->nanoseconds > 0) pause_for(s->nanoseconds);
    if (s->warns && index % 2 == 1) fr_warn("task %lld is odd", (long long)index);
    if (index == s->failing) return fr_fail(FR_ENUMERIC, "task %lld broke down", (long long)index);
    if (index == s->killer) raise(SIGKILL);
    if (index == s->interrupter) {
        fr_interrupt();
        return fr_progress_tick("inner loop", 0, 0);
    }
    if (s->interrupts) return wait_for_interruption();
    return s->meets && meeting_place != NULL ? meet() : FR_OK;
}

static void count_warning(void *context, const char *message)
{
    int64_t *warnings = context;
    if (strncmp(message, "task ", 5) == 0) ++*warnings;
}

/* What a rank has to say at the end. */
typedef struct {
    int32_t status, broadcast_status;
    int64_t warnings, ran_here, interrupted;
    char message[128], broadcast[16], from_last[16], broadcast_message[64];
    uint8_t finished[most];
} outcome;

static int run_set(const named_scenario *s, const char *journal_path, bool resume, double *results,
                   outcome *out)
{
    fr_journal *journal = NULL;
    fr_tasks set = {.name = "set",
                    .count = s->settings.count,
                    .result_size = width * (int64_t)sizeof(double),
                    .run = run,
                    .context = &s->settings};
    int status = journal_path == NULL ? FR_OK : fr_journal_open(journal_path, "key", resume, &journal);
    ran_here = 0;
    if (status == FR_OK) status = fr_tasks_run(&set, journal, results, out->finished);
    fr_journal_close(journal);
    out->status = status;
    out->ran_here = ran_here;
    out->interrupted = fr_interrupted();
    if (status != FR_OK) snprintf(out->message, sizeof out->message, "%s", fr_last_error());
    return status;
}

static void broadcasts(outcome *out)
{
    snprintf(out->broadcast, sizeof out->broadcast, "%s", fr_rank() == 0 ? "wolves" : "");
    fr_ranks_broadcast(FR_OK, out->broadcast, sizeof out->broadcast);
    snprintf(out->from_last, sizeof out->from_last, "rank %d", fr_rank());
    fr_ranks_broadcast_from(fr_ranks() - 1, FR_OK, out->from_last, sizeof out->from_last);
    int status = fr_rank() == 0 ? fr_fail(FR_EINPUT, "line 7 is bad") : FR_OK;
    out->broadcast_status = fr_ranks_broadcast(status, NULL, 0);
    snprintf(out->broadcast_message, sizeof out->broadcast_message, "%s", fr_last_error());
}

/* ---- one rank --------------------------------------------------------------------------------------------------------------- */

static int write_outcome(const char *folder, const outcome *out, const double *results, int64_t n)
{
    char path[512];
    snprintf(path, sizeof path, "%s/rank-%d-of-%d", folder, fr_rank(), fr_ranks());
    FILE *file = fopen(path, "wb");
    if (file == NULL) return 1;
    bool written = fwrite(out, sizeof *out, 1, file) == 1 &&
                   fwrite(results, width * sizeof(double), (size_t)n, file) == (size_t)n;
    return fclose(file) == 0 && written ? 0 : 1;
}

static int as_rank(int argc, char **argv)
{
    static outcome out;
    const named_scenario *s = find(argv[1]);
    meeting_place = argv[2];
    char journal_path[512];
    snprintf(journal_path, sizeof journal_path, "%s/journal.sqlite", argv[2]);
    double *results = fr_alloc(s->settings.count * width, sizeof *results);
    if (results == NULL || fr_ranks_start(&argc, &argv) != FR_OK) return 3;
    if (fr_rank() == 0) fr_observe(&(fr_observer){.context = &out.warnings, .warn = count_warning});
    fr_threads_set(s->settings.threads);
    run_set(s, s->settings.journal ? journal_path : NULL, false, results, &out);
    if (s->settings.aborts && fr_rank() == 0) fr_ranks_abort(3);
    broadcasts(&out);
    int failed = write_outcome(argv[2], &out, results, s->settings.count);
    fr_free(results);
    fr_ranks_stop();
    return failed;
}

/* ---- the test ----------------------------------------------------------------------------------------------------------------- */

static char *make_folder(const char *name, int ranks)
{
    char *folder, command[600];
    if (asprintf(&folder, "%s/%s-%d", scratch_folder(), name, ranks) < 0) abort();
    snprintf(command, sizeof command, "mkdir -p %s", folder);
    assert_int_equal(system(command), 0);
    return folder;
}

/* Exit status of the whole job; its stderr is shown if the job was to succeed. */
static int mpirun(int ranks, const char *name, const char *folder, bool quiet)
{
    char number[16];
    snprintf(number, sizeof number, "%d", ranks);
    int status;
    pid_t child = fork();
    if (child == 0) {
        if (quiet && freopen("/dev/null", "w", stderr) == NULL) _exit(126);
        if (quiet && freopen("/dev/null", "w", stdout) == NULL) _exit(126);
        char program[512] = "";
        if (readlink("/proc/self/exe", program, sizeof program - 1) < 0) _exit(126);
        execl(MPIRUN, MPIRUN, "-n", number, program, name, folder, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void read_outcome(const char *folder, int rank, int ranks, outcome *out, double *results, int64_t n)
{
    char path[512];
    snprintf(path, sizeof path, "%s/rank-%d-of-%d", folder, rank, ranks);
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail_msg("%s was not written", path);
    assert_int_equal(fread(out, sizeof *out, 1, file), 1);
    assert_int_equal(fread(results, width * sizeof(double), (size_t)n, file), n);
    fclose(file);
}

static double *reference, *results;
static outcome expected, got;

static int set_up(void **state)
{
    (void)state;
    reference = calloc((size_t)(most * width), sizeof *reference);
    results = calloc((size_t)(most * width), sizeof *results);
    return reference == NULL || results == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    free(reference);
    free(results);
    return 0;
}

/* Status, message, flags and results of all ranks are those of one process. */
static void compare_with_one_process(const char *name, int ranks)
{
    const named_scenario *s = find(name);
    char *folder = make_folder(name, ranks);
    int64_t n = s->settings.count, runs = 0;
    memset(&expected, 0, sizeof expected);
    run_set(s, NULL, false, reference, &expected);
    assert_int_equal(mpirun(ranks, name, folder, false), 0);
    for (int rank = 0; rank < ranks; rank++) {
        read_outcome(folder, rank, ranks, &got, results, n);
        assert_int_equal(got.status, expected.status);
        assert_string_equal(got.message, expected.message);
        if (expected.status == FR_OK) {
            assert_memory_equal(got.finished, expected.finished, sizeof got.finished);
            assert_memory_equal(results, reference, (size_t)n * width * sizeof *results);
        }
        assert_string_equal(got.broadcast, "wolves");
        char last[16];
        snprintf(last, sizeof last, "rank %d", ranks - 1);
        assert_string_equal(got.from_last, last);
        assert_int_equal(got.broadcast_status, FR_EINPUT);
        assert_string_equal(got.broadcast_message, "line 7 is bad");
        runs += got.ran_here;
    }
    if (expected.status == FR_OK) assert_int_equal(runs, n); /* none was run twice */
    free(folder);
}

static void test_same_bytes_as_one_process(void **state)
{
    (void)state;
    compare_with_one_process("plain", 1);
    compare_with_one_process("plain", 2);
    compare_with_one_process("plain", 3);
}

static void test_all_ranks_get_work(void **state)
{
    (void)state;
    compare_with_one_process("meeting", 2);
    compare_with_one_process("meeting", 3);
    compare_with_one_process("threads", 2);
}

static void test_sizes_of_sets(void **state)
{
    (void)state;
    compare_with_one_process("instant", 2);
    compare_with_one_process("few", 3);
    compare_with_one_process("none", 2);
}

static void test_warnings_reach_rank_zero(void **state)
{
    (void)state;
    char *folder = make_folder("warning", 2);
    compare_with_one_process("warning", 2);
    read_outcome(folder, 0, 2, &got, results, count);
    assert_int_equal(got.warnings, count / 2);
    read_outcome(folder, 1, 2, &got, results, count);
    assert_int_equal(got.warnings, 0);
    free(folder);
}

static void test_failure_is_known_to_all(void **state)
{
    (void)state;
    compare_with_one_process("failing", 2);
    compare_with_one_process("failing", 3);
}

/* After an interruption, all ranks have the same flags and the results they stand for, and the journal has them too. */
static void check_interrupted(const char *name, int ranks)
{
    const named_scenario *s = find(name), *whole = find("journal");
    static outcome first;
    int64_t n = 0;
    char *folder = make_folder(name, ranks), path[600];
    memset(&expected, 0, sizeof expected);
    assert_int_equal(run_set(whole, NULL, false, reference, &expected), FR_OK);
    assert_int_equal(mpirun(ranks, name, folder, false), 0);
    for (int rank = 0; rank < ranks; rank++) {
        read_outcome(folder, rank, ranks, &got, results, s->settings.count);
        if (rank == 0) first = got;
        assert_int_equal(got.status, FR_EINTERRUPTED);
        assert_int_equal(got.interrupted, 1);
        assert_string_equal(got.message, "stopped on request");
        assert_memory_equal(got.finished, first.finished, sizeof got.finished);
        for (int64_t i = 0; i < count; i++)
            if (got.finished[i])
                assert_memory_equal(results + i * width, reference + i * width, width * sizeof *results);
    }
    for (int64_t i = 0; i < count; i++)
        n += first.finished[i];
    assert_in_range(n, 0, count - 1);
    snprintf(path, sizeof path, "%s/journal.sqlite", folder);
    assert_int_equal(run_set(whole, path, true, results, &got), FR_OK);
    assert_int_equal(got.ran_here, count - n);
    assert_memory_equal(results, reference, (size_t)count * width * sizeof *results);
    free(folder);
}

static void test_interruption_ends_all_ranks(void **state)
{
    (void)state;
    check_interrupted("interrupted", 2);
    check_interrupted("spreading", 2);
    check_interrupted("spreading", 3);
}

/* A rank dies by SIGKILL: the job ends with an error, and one process finishes from the journal. */
static void test_a_killed_job_resumes(void **state)
{
    (void)state;
    const named_scenario *whole = find("journal");
    char *folder = make_folder("killed", 2), path[600];
    memset(&expected, 0, sizeof expected);
    assert_int_equal(run_set(whole, NULL, false, reference, &expected), FR_OK);
    assert_int_not_equal(mpirun(2, "killed", folder, true), 0);
    snprintf(path, sizeof path, "%s/journal.sqlite", folder);
    assert_int_equal(run_set(whole, path, true, results, &got), FR_OK);
    /* 60 tasks were handed out before the one that kills; a rank may have had 50 ms of them, that is 10, in stock, and their
     * like on the way. */
    assert_in_range(got.ran_here, 1, count - 30);
    assert_memory_equal(results, reference, (size_t)count * width * sizeof *results);
    free(folder);
}

/* The job ends, and with the code that the rank left with. In one job of a hundred MPICH's mpirun takes note of its own
 * clean-up first, and exits with 1; never three times in a row. */
static void test_leaving_early_ends_the_job(void **state)
{
    (void)state;
    char *folder = make_folder("leaving", 2);
    int code = 0;
    for (int tries = 0; tries < 3 && code != 3; tries++) {
        int status = mpirun(2, "leaving", folder, true);
        assert_true(WIFEXITED(status));
        code = WEXITSTATUS(status);
        assert_int_not_equal(code, 0);
    }
    assert_int_equal(code, 3);
    free(folder);
}

/* Rank 0 alone sees that the journal cannot be used; all ranks get its status and message. */
static void test_unusable_journal_is_known_to_all(void **state)
{
    (void)state;
    char *folder = make_folder("journal", 3), path[600];
    snprintf(path, sizeof path, "%s/journal.sqlite", folder);
    FILE *file = fopen(path, "w");
    for (int k = 0; k < 100; k++)
        fputs("not a journal\n", file);
    fclose(file);
    assert_int_equal(mpirun(3, "journal", folder, false), 0);
    for (int rank = 0; rank < 3; rank++) {
        read_outcome(folder, rank, 3, &got, results, count);
        assert_int_equal(got.status, FR_EINPUT);
        assert_non_null(strstr(got.message, "journal.sqlite"));
    }
    free(folder);
}

static void test_journal_of_a_job(void **state)
{
    (void)state;
    char *folder = make_folder("journal", 2), path[600];
    compare_with_one_process("journal", 2);
    snprintf(path, sizeof path, "%s/journal.sqlite", folder);
    assert_int_equal(run_set(find("journal"), path, true, results, &got), FR_OK);
    assert_int_equal(got.ran_here, 0);
    assert_memory_equal(results, reference, (size_t)count * width * sizeof *results);
    free(folder);
}

int main(int argc, char **argv)
{
    if (argc == 3) return as_rank(argc, argv);
    /* Open MPI refuses root and more ranks than processors unless told so; MPICH knows none of these. */
    setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
    setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
    setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 1);
    setenv("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes_as_one_process),
        cmocka_unit_test(test_all_ranks_get_work),
        cmocka_unit_test(test_sizes_of_sets),
        cmocka_unit_test(test_warnings_reach_rank_zero),
        cmocka_unit_test(test_failure_is_known_to_all),
        cmocka_unit_test(test_interruption_ends_all_ranks),
        cmocka_unit_test(test_a_killed_job_resumes),
        cmocka_unit_test(test_journal_of_a_job),
        cmocka_unit_test(test_unusable_journal_is_known_to_all),
        cmocka_unit_test(test_leaving_early_ends_the_job),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
