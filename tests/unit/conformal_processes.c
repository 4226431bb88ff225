/* Conformal sets over the processes of an mpirun job: the test starts `mpirun -n N this-program FOLDER`; every process writes its
 * results to a file, which must be those of one process byte for byte, and all together fit a model as often as one process alone. */
#include "conformal_cases.h"
#include "support.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- what is run ---------------------------------------------------------------------------------------------------------- */

/* Predicts 0, and counts its calls. */
static int nothing(int64_t rows, int64_t p, const double *z, const double *y, double *fitted, void *context)
{
    (void)p, (void)z, (void)y;
    atomic_fetch_add((atomic_llong *)context, 1);
    memset(fitted, 0, (size_t)rows * sizeof *fitted);
    return FR_OK;
}

static void write_numbers(FILE *file, const void *block, int64_t count, size_t size)
{
    if (block != NULL) assert_int_equal(fwrite(block, size, (size_t)count, file), count);
}

static void write_sets(FILE *file, fr_conformal_result *result)
{
    int64_t cells = result->m * result->n_alphas, numbers[] = {result->n_grid, result->degenerate};
    write_numbers(file, result->first, cells + 1, sizeof *result->first);
    write_numbers(file, result->pieces, result->first[cells], sizeof *result->pieces);
    write_numbers(file, result->status, cells, 1);
    write_numbers(file, result->centre, result->m, sizeof *result->centre);
    write_numbers(file, result->trim, result->m, sizeof *result->trim);
    write_numbers(file, result->segments, result->m, sizeof *result->segments);
    write_numbers(file, result->guarantee, result->n_alphas, sizeof *result->guarantee);
    write_numbers(file, numbers, 2, sizeof *numbers);
    fr_conformal_result_free(result);
}

static const double alphas[] = {0.1, 0.3, 0.7};

static void run_lasso(FILE *file, const fr_conformal_data *data)
{
    fr_conformal_lasso_settings settings;
    fr_conformal_result result;
    fr_conformal_lasso_settings_default(&settings);
    settings.alphas = alphas, settings.n_alphas = 3;
    settings.lambda = 2;
    assert_ok(fr_conformal_lasso(data, &settings, &result));
    settings.max_segments = result.segments[0]; /* the least of all, so that most points go to a grid */
    for (int64_t t = 1; t < data->m; t++)
        if (result.segments[t] < settings.max_segments) settings.max_segments = result.segments[t];
    write_sets(file, &result);
    assert_ok(fr_conformal_lasso(data, &settings, &result));
    assert_in_range(result.n_grid, 1, data->m - 1);
    write_sets(file, &result);
}

static void run_ridge(FILE *file, const fr_conformal_data *data)
{
    fr_conformal_ridge_settings settings;
    fr_conformal_result result;
    int64_t most = 0;
    fr_conformal_ridge_settings_default(&settings);
    settings.alphas = alphas, settings.n_alphas = 3;
    settings.rho = 0.01;
    assert_ok(fr_conformal_ridge(data, &settings, &result));
    for (int64_t cell = 0; cell < 3 * data->m; cell++)
        most = result.first[cell + 1] - result.first[cell] > most
                   ? result.first[cell + 1] - result.first[cell]
                   : most;
    assert_true(most > 3); /* a set that does not fit into a message of fixed size */
    write_sets(file, &result);
}

static void run_jackknife(FILE *file, const fr_conformal_data *data)
{
    fr_conformal_jackknife_settings settings;
    fr_conformal_result result;
    fr_conformal_jackknife_settings_default(&settings);
    settings.alphas = alphas, settings.n_alphas = 3;
    assert_ok(fr_conformal_jackknife(data, &settings, &result));
    write_sets(file, &result);
    settings.lasso = true;
    settings.lambda = 3;
    assert_ok(fr_conformal_jackknife(data, &settings, &result));
    write_sets(file, &result);
}

/* Everything into a file; returns how often the model was fitted. */
static int64_t run_all(const char *path)
{
    atomic_llong calls = 0;
    conformal_case all;
    fr_conformal_grid_settings settings;
    fr_conformal_result result;
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    random_conformal_case(3, 12, 8, 200, 2, &all);
    for (int64_t k = 0; k < 200 * 8; k += 3)
        all.x_test[k] *= 30; /* high leverage: sets of several pieces */
    run_lasso(file, &all.data);
    run_ridge(file, &all.data);
    run_jackknife(file, &all.data);
    fr_conformal_grid_settings_default(&settings);
    assert_ok(fr_conformal_grid(&all.data, nothing, &calls, &settings, &result));
    write_sets(file, &result);
    conformal_case_free(&all);
    assert_int_equal(fclose(file), 0);
    return calls;
}

/* ---- a process of the job ------------------------------------------------------------------------------------------------- */

static char *path_of(const char *folder, const char *what, int rank)
{
    char *path;
    if (asprintf(&path, "%s/%s-%d", folder, what, rank) < 0) abort();
    return path;
}

static int be_a_process(int argc, char **argv)
{
    int status = fr_ranks_start(&argc, &argv);
    if (status != FR_OK) return 1;
    fr_threads_set(2);
    char *path = path_of(argv[1], "sets", fr_rank()), *count = path_of(argv[1], "calls", fr_rank());
    int64_t calls = run_all(path);
    FILE *file = fopen(count, "w");
    bool written = file != NULL && fprintf(file, "%lld\n", (long long)calls) > 0;
    written = file != NULL && fclose(file) == 0 && written;
    free(path);
    free(count);
    fr_ranks_stop();
    return written ? 0 : 1;
}

/* ---- the test ------------------------------------------------------------------------------------------------------------- */

static int mpirun(int ranks, const char *folder)
{
    char number[16], program[512] = "";
    int status;
    snprintf(number, sizeof number, "%d", ranks);
    assert_true(readlink("/proc/self/exe", program, sizeof program - 1) > 0);
    pid_t child = fork();
    if (child == 0) {
        execl(MPIRUN, MPIRUN, "-n", number, program, folder, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static int64_t read_calls(const char *folder, int rank)
{
    long long calls = -1;
    char *path = path_of(folder, "calls", rank);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lld", &calls), 1);
    fclose(file);
    free(path);
    return calls;
}

static void assert_same_files(const char *a, const char *b)
{
    FILE *left = fopen(a, "rb"), *right = fopen(b, "rb");
    assert_true(left != NULL && right != NULL);
    int one, other;
    do {
        one = getc(left);
        other = getc(right);
        assert_int_equal(one, other);
    } while (one != EOF);
    fclose(left);
    fclose(right);
}

static void test_processes(void **state)
{
    (void)state;
    const char *folder = scratch_folder();
    char *alone = path_of(folder, "alone", 0);
    int64_t calls = run_all(alone);
    assert_int_equal(calls, 200 * 201);
    for (int ranks = 2; ranks <= 3; ranks++) {
        int64_t together = 0;
        assert_int_equal(mpirun(ranks, folder), 0);
        for (int rank = 0; rank < ranks; rank++) {
            char *path = path_of(folder, "sets", rank);
            assert_same_files(alone, path);
            free(path);
            together += read_calls(folder, rank);
        }
        assert_int_equal(together, calls);
    }
    free(alone);
}

int main(int argc, char **argv)
{
    if (argc > 1) return be_a_process(argc, argv);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_processes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
