/* Status messages and checked sizes. */
#include "support.h"

#include <frugal/core.h>

static void test_message_is_kept(void **state)
{
    (void)state;
    assert_int_equal(fr_fail(FR_EINPUT, "%s:%d: expected 3 columns, found %d", "a.csv", 7, 2), FR_EINPUT);
    assert_string_equal(fr_last_error(), "a.csv:7: expected 3 columns, found 2");
    fr_fail(FR_EIO, "reading: %s", fr_last_error());
    assert_string_equal(fr_last_error(), "reading: a.csv:7: expected 3 columns, found 2");
}

static void test_sizes_are_checked(void **state)
{
    (void)state;
    int64_t out;
    assert_int_equal(fr_size_mul(3, 4, &out), FR_OK);
    assert_int_equal(out, 12);
    assert_int_equal(fr_size_mul(INT64_MAX, 2, &out), FR_ENOMEM);
    assert_int_equal(out, 0);
    assert_int_equal(fr_size_mul(-1, 2, &out), FR_ENOMEM);
    assert_int_equal(fr_size_add(INT64_MAX, 1, &out), FR_ENOMEM);
    assert_null(fr_alloc(INT64_MAX / 4, 8));
    assert_null(fr_alloc(-1, 8));
}

static void test_memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    for (int64_t count = 0; count < 100; count += 7) {
        double *block = fr_alloc(count, sizeof *block);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 64, 0);
        for (int64_t k = 0; k < count; k++)
            assert_true(block[k] == 0.0);
        fr_free(block);
    }
    char *copy = fr_strdup("wolf");
    assert_string_equal(copy, "wolf");
    fr_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message_is_kept),
        cmocka_unit_test(test_sizes_are_checked),
        cmocka_unit_test(test_memory_is_zeroed_and_aligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
