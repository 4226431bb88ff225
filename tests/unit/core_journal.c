/* The journal: resuming, keys, foreign files, a second run on the same journal, and a process killed half-way. */
#include "support.h"

#include <frugal/core.h>

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { count = 60, width = 3, kill_at = 30 };

static atomic_int runs;

static int run(int64_t index, const void *context, void *workspace, void *result)
{
    (void)workspace;
    const int64_t *killer = context;
    double *out = result;
    if (index == *killer) raise(SIGKILL);
    atomic_fetch_add(&runs, 1);
    for (int k = 0; k < width; k++)
        out[k] = fr_random_uniform(1, (uint64_t)index, (uint64_t)k);
    return FR_OK;
}

static int64_t nobody = -1;

static fr_tasks set_named(const char *name, const int64_t *killer)
{
    return (fr_tasks){.name = name,
                      .count = count,
                      .result_size = width * (int64_t)sizeof(double),
                      .run = run,
                      .context = killer};
}

/* Runs the set with the journal at `path`; returns how many tasks were run. */
static int run_with(const char *path, const char *key, bool resume, const char *name,
                    double results[count][width])
{
    fr_journal *journal = NULL;
    fr_tasks set = set_named(name, &nobody);
    atomic_store(&runs, 0);
    assert_int_equal(fr_journal_open(path, key, resume, &journal), FR_OK);
    assert_int_equal(fr_tasks_run(&set, journal, results, NULL), FR_OK);
    fr_journal_close(journal);
    return runs;
}

static char *path_of(const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", scratch_folder(), name) < 0) abort();
    return path;
}

static void test_resuming(void **state)
{
    (void)state;
    static double first[count][width], second[count][width];
    char *path = path_of("resuming.sqlite");
    assert_int_equal(run_with(path, "k1", false, "folds", first), count);
    assert_int_equal(run_with(path, "k1", true, "folds", second), 0);
    assert_memory_equal(first, second, sizeof first);
    assert_int_equal(run_with(path, "k1", true, "seeds", second), count); /* another set, the same file */
    assert_int_equal(run_with(path, "k1", true, "folds", second), 0);
    assert_int_equal(run_with(path, "k1", false, "folds", second), count); /* emptied */
    assert_int_equal(run_with(path, "k1", true, "seeds", second), count);
    assert_int_equal(access(path, R_OK), 0);
    free(path);
}

static void test_keys(void **state)
{
    (void)state;
    static double results[count][width];
    fr_journal *journal = (fr_journal *)state;
    char *path = path_of("keys.sqlite");
    run_with(path, "it's k1", false, "folds", results);
    assert_int_equal(fr_journal_open(path, "k2", true, &journal), FR_EINPUT);
    assert_null(journal);
    assert_non_null(strstr(fr_last_error(), path));
    assert_int_equal(run_with(path, "it's k1", true, "folds", results), 0);
    assert_int_equal(run_with(path, "k2", false, "folds", results), count);
    free(path);
}

static void test_sizes_must_agree(void **state)
{
    (void)state;
    static double results[count][width];
    char *path = path_of("sizes.sqlite");
    fr_journal *journal = NULL;
    run_with(path, "k", false, "folds", results);
    assert_int_equal(fr_journal_open(path, "k", true, &journal), FR_OK);
    fr_tasks set = set_named("folds", &nobody);
    set.result_size = 8;
    assert_int_equal(fr_tasks_run(&set, journal, results, NULL), FR_EINPUT);
    set = set_named("folds", &nobody);
    set.count = count - 1;
    assert_int_equal(fr_tasks_run(&set, journal, results, NULL), FR_EINPUT);
    fr_journal_close(journal);
    free(path);
}

/* Files that are no journals of ours are refused and left as they are, also without `resume`. */
static void test_foreign_files(void **state)
{
    (void)state;
    fr_journal *journal = NULL;
    char *path = path_of("foreign"), text[64] = "";
    FILE *file = fopen(path, "w");
    fputs("wolf,lynx,bear and more than a hundred bytes of it, because SQLite looks at the header of a file "
          "that long only\n",
          file);
    fclose(file);
    assert_int_equal(fr_journal_open(path, "k", false, &journal), FR_EINPUT);
    assert_int_equal(fr_journal_open(path, "k", true, &journal), FR_EINPUT);
    file = fopen(path, "r");
    assert_non_null(fgets(text, 5, file));
    assert_string_equal(text, "wolf");
    fclose(file);
    unlink(path);
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE result (wolf)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    char before[65], after[65];
    int64_t bytes;
    assert_int_equal(fr_sha256_file(path, before, &bytes), FR_OK);
    assert_int_equal(fr_journal_open(path, "k", false, &journal), FR_EINPUT);
    assert_int_equal(fr_sha256_file(path, after, &bytes), FR_OK);
    assert_string_equal(before, after);
    assert_int_equal(fr_journal_open("/nowhere/at/all.sqlite", "k", false, &journal), FR_EIO);
    free(path);
}

static void test_second_run_is_refused(void **state)
{
    (void)state;
    fr_journal *journal = NULL, *second = NULL;
    char *path = path_of("busy.sqlite");
    assert_int_equal(fr_journal_open(path, "k", false, &journal), FR_OK);
    assert_int_equal(fr_journal_open(path, "k", false, &second), FR_EIO);
    assert_non_null(strstr(fr_last_error(), "in use"));
    fr_journal_close(journal);
    fr_journal_close(NULL);
    free(path);
}

static void test_failed_and_interrupted_tasks_are_not_recorded(void **state)
{
    (void)state;
    static double results[count][width], reference[count][width];
    char *path = path_of("interrupted.sqlite");
    fr_journal *journal = NULL;
    fr_tasks set = set_named("folds", &nobody);
    uint8_t finished[count];
    assert_int_equal(fr_tasks_run(&set, NULL, reference, NULL), FR_OK);
    assert_int_equal(fr_journal_open(path, "k", false, &journal), FR_OK);
    fr_interrupt();
    assert_int_equal(fr_tasks_run(&set, journal, results, finished), FR_EINTERRUPTED);
    fr_interrupt_clear();
    fr_journal_close(journal);
    assert_int_equal(run_with(path, "k", true, "folds", results), count);
    assert_memory_equal(results, reference, sizeof results);
    free(path);
}

/* ---- killed, and out of room: in a child process, which is this program again -------------------------------------------- */

/* The child: one thread, so that it is known which tasks were finished; dies at task `kill_at`. */
static int child_killed(const char *path)
{
    static double results[count][width];
    static const int64_t killer = kill_at;
    fr_journal *journal = NULL;
    fr_tasks set = set_named("folds", &killer);
    fr_threads_set(1);
    if (fr_journal_open(path, "k", true, &journal) != FR_OK) return 1;
    fr_tasks_run(&set, journal, results, NULL);
    return 2;
}

/* The child: no file may grow beyond 40 kB. */
static int child_without_room(const char *path)
{
    enum { large = 4096 };
    static char results[count][large];
    fr_journal *journal = NULL;
    fr_tasks set = set_named("folds", &nobody);
    set.result_size = large;
    signal(SIGXFSZ, SIG_IGN);
    if (fr_journal_open(path, "k", false, &journal) != FR_OK) return 1;
    if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){40000, 40000}) != 0) return 2;
    if (fr_tasks_run(&set, journal, results, NULL) != FR_EIO) return 3;
    if (strstr(fr_last_error(), path) == NULL) return 4;
    fr_journal_close(journal);
    return 0;
}

static int status_of_child(const char *what, const char *path)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", "core_journal", what, path, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void test_a_killed_process_resumes(void **state)
{
    (void)state;
    static double results[count][width], reference[count][width];
    char *path = path_of("killed.sqlite");
    fr_tasks set = set_named("folds", &nobody);
    assert_int_equal(fr_tasks_run(&set, NULL, reference, NULL), FR_OK);
    int status = status_of_child("killed", path);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(run_with(path, "k", true, "folds", results),
                     count - kill_at); /* every finished task was kept */
    assert_memory_equal(results, reference, sizeof results);
    free(path);
}

static void test_a_full_disk_is_reported(void **state)
{
    (void)state;
    char *path = path_of("full.sqlite");
    int status = status_of_child("full", path);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    free(path);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "killed") == 0) return child_killed(argv[2]);
    if (argc == 3 && strcmp(argv[1], "full") == 0) return child_without_room(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resuming),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_sizes_must_agree),
        cmocka_unit_test(test_foreign_files),
        cmocka_unit_test(test_second_run_is_refused),
        cmocka_unit_test(test_failed_and_interrupted_tasks_are_not_recorded),
        cmocka_unit_test(test_a_killed_process_resumes),
        cmocka_unit_test(test_a_full_disk_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
