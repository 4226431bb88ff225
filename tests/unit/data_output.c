/* Output folders: there whole or not at all, old results kept until the new ones are in place. */
#include "support.h"

#include <frugal/data.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *scratch(const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", scratch_folder(), name) < 0) abort();
    return path;
}

static bool there(const char *folder, const char *name)
{
    char *path;
    if (asprintf(&path, "%s%s", folder, name) < 0) abort();
    bool found = access(path, F_OK) == 0;
    free(path);
    return found;
}

static void put(fr_output *output, const char *name, const char *text)
{
    const char *path = fr_output_file(output, name);
    assert_non_null(path);
    assert_int_equal(fr_file_write(path, text, (int64_t)strlen(text)), FR_OK);
}

static void expect_text(const char *folder, const char *name, const char *expected)
{
    char *path, *bytes;
    int64_t size;
    if (asprintf(&path, "%s/%s", folder, name) < 0) abort();
    assert_int_equal(fr_file_read(path, &bytes, &size), FR_OK);
    assert_string_equal(bytes, expected);
    fr_free(bytes);
    free(path);
}

static void make_result(const char *path, const char *text)
{
    fr_output output;
    assert_int_equal(fr_output_begin(path, true, false, &output), FR_OK);
    put(&output, "summary.json", text);
    assert_int_equal(fr_output_commit(&output), FR_OK);
    fr_output_free(&output);
}

static void appears_whole(void **state)
{
    (void)state;
    char *path = scratch("whole"), *slashed = scratch("whole//");
    fr_output output;
    assert_int_equal(fr_output_begin(slashed, false, false, &output), FR_OK);
    assert_string_equal(output.path, path);
    put(&output, "summary.json", "{}");
    put(&output, "figures/map.svg", "<svg/>");
    put(&output, "a/b/c.txt", "c");
    assert_false(there(path, ""));
    assert_true(there(path, ".partial/figures/map.svg"));
    assert_int_equal(fr_output_commit(&output), FR_OK);
    fr_output_free(&output);
    fr_output_free(&output);
    assert_false(there(path, ".partial"));
    expect_text(path, "figures/map.svg", "<svg/>");
    expect_text(path, "a/b/c.txt", "c");
    free(path), free(slashed);
}

static void handed_out_names_stay(void **state)
{
    (void)state;
    char *path = scratch("names"), name[16];
    const char *given[100];
    fr_output output;
    assert_int_equal(fr_output_begin(path, false, false, &output), FR_OK);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "f%02d", i);
        given[i] = fr_output_file(&output, name);
    }
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "/f%02d", i);
        assert_string_equal(given[i] + strlen(given[i]) - 4, name);
    }
    fr_output_abandon(&output, false);
    fr_output_free(&output);
    assert_false(there(path, ".partial"));
    free(path);
}

static void refuses_names_outside(void **state)
{
    (void)state;
    static const char *const names[] = {"", "/etc/x", "../x", "a/../../x", "a//b", "./x", "a/", "a/.."};
    char *path = scratch("inside");
    fr_output output;
    assert_int_equal(fr_output_begin(path, false, false, &output), FR_OK);
    for (int i = 0; i < 8; i++) {
        assert_null(fr_output_file(&output, names[i]));
        assert_non_null(strstr(fr_last_error(), "does not name a file inside the output folder"));
    }
    assert_non_null(fr_output_file(&output, "..x"));
    put(&output, "file", "x");
    assert_null(fr_output_file(&output, "file/below"));
    assert_non_null(fr_output_file(&output, "..y/z"));
    fr_output_abandon(&output, false);
    fr_output_free(&output);
    free(path);
}

static void an_old_result_needs_force(void **state)
{
    (void)state;
    char *path = scratch("old");
    fr_output output;
    make_result(path, "old");
    assert_int_equal(fr_output_begin(path, false, false, &output), FR_EUSAGE);
    assert_non_null(
        strstr(fr_last_error(), "old exists already; choose another name or replace it with --force"));
    assert_null(output.path);
    assert_int_equal(fr_output_begin(path, false, true, &output), FR_EUSAGE);
    assert_int_equal(fr_output_begin(path, true, false, &output), FR_OK);
    put(&output, "summary.json", "new");
    expect_text(path, "summary.json", "old"); /* until the commit */
    assert_int_equal(fr_output_commit(&output), FR_OK);
    expect_text(path, "summary.json", "new");
    assert_false(there(path, ".partial"));
    fr_output_free(&output);
    free(path);
}

static void an_abandoned_run_keeps_the_old_result(void **state)
{
    (void)state;
    char *path = scratch("abandoned");
    fr_output output;
    make_result(path, "old");
    assert_int_equal(fr_output_begin(path, true, false, &output), FR_OK);
    put(&output, "summary.json", "new");
    fr_output_abandon(&output, false);
    fr_output_free(&output);
    expect_text(path, "summary.json", "old");
    assert_false(there(path, ".partial"));
    free(path);
}

static void force_leaves_other_folders_alone(void **state)
{
    (void)state;
    char *path = scratch("thesis"), *file = scratch("thesis/chapter1"), *link = scratch("thesis-link");
    fr_output output;
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(fr_output_begin(path, true, false, &output), FR_OK); /* an empty folder may go */
    fr_output_abandon(&output, false);
    fr_output_free(&output);
    assert_int_equal(fr_file_write(file, "x", 1), FR_OK);
    assert_int_equal(fr_output_begin(path, true, false, &output), FR_EUSAGE);
    assert_non_null(strstr(fr_last_error(), "no result folder"));
    assert_int_equal(fr_output_begin(file, true, false, &output), FR_EUSAGE);
    assert_non_null(strstr(fr_last_error(), "is a file"));
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(fr_output_begin(link, true, false, &output), FR_EUSAGE);
    assert_non_null(strstr(fr_last_error(), "is a symbolic link"));
    expect_text(path, "chapter1", "x");
    free(path), free(file), free(link);
}

static void refuses_places_without_a_name(void **state)
{
    (void)state;
    static const char *const paths[] = {"", ".", "..", "/", "//", "a/..", "./"};
    fr_output output;
    for (int i = 0; i < 7; i++) {
        assert_int_equal(fr_output_begin(paths[i], true, false, &output), FR_EUSAGE);
        assert_non_null(strstr(fr_last_error(), "needs a name of its own"));
    }
}

static void unfinished_runs_resume_or_start_over(void **state)
{
    (void)state;
    char *path = scratch("unfinished");
    fr_output output;
    assert_int_equal(fr_output_begin(path, false, true, &output), FR_OK); /* nothing to resume is fine */
    put(&output, "journal", "half");
    fr_output_abandon(&output, true);
    fr_output_free(&output);
    assert_true(there(path, ".partial/journal"));
    assert_int_equal(fr_output_begin(path, false, false, &output), FR_EUSAGE);
    assert_non_null(strstr(fr_last_error(), "go on with --resume or start over with --force"));
    assert_int_equal(fr_output_begin(path, false, true, &output), FR_OK);
    expect_text(output.partial, "journal", "half");
    fr_output_abandon(&output, true);
    fr_output_free(&output);
    assert_int_equal(fr_output_begin(path, true, false, &output), FR_OK);
    assert_false(there(path, ".partial/journal"));
    assert_int_equal(fr_output_commit(&output), FR_OK);
    fr_output_free(&output);
    free(path);
}

static void tells_where_it_cannot_write(void **state)
{
    (void)state;
    char *path = scratch("no/such/parent");
    fr_output output;
    assert_int_equal(fr_output_begin(path, false, false, &output), FR_EIO);
    assert_non_null(strstr(fr_last_error(), "cannot make the output folder"));
    assert_non_null(strstr(fr_last_error(), "No such file or directory"));
    assert_int_equal(fr_output_begin("/proc/result", false, false, &output),
                     FR_EIO); /* no folder can be made there */
    free(path);
}

static void a_name_taken_meanwhile_is_left_alone(void **state)
{
    (void)state;
    char *path = scratch("race"), *file = scratch("race/theirs");
    fr_output output;
    assert_int_equal(fr_output_begin(path, false, false, &output), FR_OK);
    put(&output, "summary.json", "ours");
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(fr_file_write(file, "theirs", 6), FR_OK);
    assert_int_equal(fr_output_commit(&output), FR_EIO);
    assert_non_null(strstr(fr_last_error(), "has appeared while the work was running"));
    expect_text(path, "theirs", "theirs");
    expect_text(output.partial, "summary.json", "ours");
    fr_output_free(&output);
    assert_int_equal(fr_output_begin(path, false, true, &output), FR_EUSAGE);
    free(path), free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appears_whole),
        cmocka_unit_test(handed_out_names_stay),
        cmocka_unit_test(refuses_names_outside),
        cmocka_unit_test(an_old_result_needs_force),
        cmocka_unit_test(an_abandoned_run_keeps_the_old_result),
        cmocka_unit_test(force_leaves_other_folders_alone),
        cmocka_unit_test(refuses_places_without_a_name),
        cmocka_unit_test(unfinished_runs_resume_or_start_over),
        cmocka_unit_test(tells_where_it_cannot_write),
        cmocka_unit_test(a_name_taken_meanwhile_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
