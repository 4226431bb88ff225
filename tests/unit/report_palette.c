/* Palettes: the formula t = clip((v + v0) / (2 v0)), k = min(255, floor(256 t)), position 12 k / 255 among the thirteen colours
 * of the published palette. */
#include "support.h"

#include <frugal/report.h>

#include <math.h>
#include <string.h>

static void test_class_formula(void **state)
{
    (void)state;
    assert_int_equal(fr_palette_class(-2, -2, 2), 0);
    assert_int_equal(fr_palette_class(-5, -2, 2), 0);
    assert_int_equal(fr_palette_class(0, -2, 2), 128);
    assert_int_equal(fr_palette_class(2, -2, 2), 255);
    assert_int_equal(fr_palette_class(1e300, -2, 2), 255);
    assert_int_equal(fr_palette_class(1, -2, 2), 192);
    assert_int_equal(fr_palette_class(-1.99, -2, 2), 0); /* 256 * 0.0025 = 0.64 */
    assert_int_equal(fr_palette_class(-1.98, -2, 2), 1); /* 256 * 0.005 = 1.28 */
    assert_int_equal(fr_palette_class(NAN, -2, 2), 0);
    assert_int_equal(fr_palette_class(3, 3, 3), 0);
}

/* Worked by hand: k = 85 is position 4 and k = 170 position 8 exactly; k = 128 is position 6.0235..: FB + 0.0235 (CC - FB) =
 * 251 - 1.106 -> 250, FB + 0.0235 (FD - FB) -> 251, FB + 0.0235 (FF - FB) -> 251; k = 1 is 0.0471: 153 + 0.0471 * 51 = 155.4,
 * 64 + 0.0471 * 24 = 65.1, 0. */
static void test_published_colours(void **state)
{
    (void)state;
    const fr_palette *palette = fr_palette_find("feems");
    assert_non_null(palette);
    assert_int_equal(palette->n_colours, 13);
    assert_int_equal(fr_palette_colour(palette, 0), 0x994000);
    assert_int_equal(fr_palette_colour(palette, 1), 0x9B4100);
    assert_int_equal(fr_palette_colour(palette, 85), 0xFFCA99);
    assert_int_equal(fr_palette_colour(palette, 128), 0xFAFBFB);
    assert_int_equal(fr_palette_colour(palette, 170), 0x99F8FF);
    assert_int_equal(fr_palette_colour(palette, 255), 0x007A99);
}

/* Diverging palettes: neighbouring classes differ by little, the middle is lighter than both ends. */
static void test_all_palettes(void **state)
{
    (void)state;
    static const char *const names[] = {"feems", "purple-green", "red-blue", "viridis", "purples"};
    for (size_t p = 0; p < 5; p++) {
        const fr_palette *palette = fr_palette_find(names[p]);
        assert_non_null(palette);
        assert_int_equal(fr_palette_colour(palette, 255), palette->colours[palette->n_colours - 1]);
        for (int k = 1; k < FR_PALETTE_CLASSES; k++) {
            uint32_t a = fr_palette_colour(palette, k - 1), b = fr_palette_colour(palette, k);
            for (int shift = 0; shift <= 16; shift += 8) {
                int step = (int)(a >> shift & 255) - (int)(b >> shift & 255);
                assert_in_range(step + 6, 0, 12); /* steepest: 0xFF to 0x8F.. over 21 classes is 5.3 */
            }
        }
    }
    assert_null(fr_palette_find("rainbow"));
    assert_non_null(strstr(fr_last_error(), "purple-green"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_class_formula),
        cmocka_unit_test(test_published_colours),
        cmocka_unit_test(test_all_palettes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
