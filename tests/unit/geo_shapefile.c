/* Shapefiles from memory: polygons with holes, lines, triangles, and files whose counts and lengths are lies. */
#include "support.h"

#include <frugal/data.h>
#include <frugal/geo.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing one ---------------------------------------------------------------------------------------------------------------- */

enum { header_size = 100, room = 4096 };

typedef struct {
    uint8_t bytes[room];
    int64_t size;
    int n_records;
} shapefile;

static void put_big(uint8_t *at, int64_t value)
{
    for (int k = 0; k < 4; k++)
        at[k] = (uint8_t)(value >> (24 - 8 * k));
}

static void put_little(uint8_t *at, int64_t value)
{
    for (int k = 0; k < 4; k++)
        at[k] = (uint8_t)(value >> 8 * k);
}

static void finish(shapefile *file)
{
    put_big(file->bytes + 24, file->size / 2);
}

static void begin(shapefile *file, int type)
{
    memset(file, 0, sizeof *file);
    file->size = header_size;
    put_big(file->bytes, 9994);
    put_little(file->bytes + 28, 1000);
    put_little(file->bytes + 32, type);
    finish(file);
}

/* A record of `n` points in parts that start at part[0], part[1], ...; doubles are little-endian here as in the file. */
static uint8_t *add_record(shapefile *file, int type, int n_parts, const int *part, int n, const double *xy)
{
    uint8_t *record = file->bytes + file->size, *content = record + 8;
    int64_t length = type == 0 ? 4 : 44 + 4 * n_parts + 16 * n;
    put_big(record, ++file->n_records);
    put_big(record + 4, length / 2);
    put_little(content, type);
    if (type != 0) {
        put_little(content + 36, n_parts);
        put_little(content + 40, n);
        for (int p = 0; p < n_parts; p++)
            put_little(content + 44 + 4 * p, part[p]);
        memcpy(content + 44 + 4 * n_parts, xy, 16 * (size_t)n);
    }
    file->size += 8 + length;
    finish(file);
    return content;
}

static const int one_part[] = {0}, two_parts[] = {0, 5};
static const double square_with_hole[] = {0, 0, 0, 10, 10, 10, 10, 0, 0, 0, 2, 2, 8, 2, 8, 8, 2, 8, 2, 2};
static const double triangle[] = {0, 0, 0, 2, 2, 0, 0, 0};

/* ---- polygons and lines ----------------------------------------------------------------------------------------------------------- */

static void reads_polygons(void **state)
{
    (void)state;
    shapefile file;
    fr_polygons p;
    begin(&file, 5);
    add_record(&file, 5, 2, two_parts, 10, square_with_hole);
    add_record(&file, 0, 0, NULL, 0, NULL);
    if (fr_polygons_parse((const char *)file.bytes, file.size, "o.shp", &p) != FR_OK)
        fail_msg("%s", fr_last_error());
    assert_int_equal(p.n_rings, 2);
    assert_int_equal(p.start[1], 4);
    assert_int_equal(p.start[2], 8);
    assert_true(fr_polygons_contain(&p, 1, 1));
    assert_false(fr_polygons_contain(&p, 5, 5));
    fr_polygons_free(&p);
}

static void reads_lines(void **state)
{
    (void)state;
    shapefile file;
    fr_lines lines;
    fr_polygons p;
    begin(&file, 3);
    add_record(&file, 3, 1, one_part, 4, triangle);
    assert_int_equal(fr_lines_parse((const char *)file.bytes, file.size, "c.shp", &lines), FR_OK);
    assert_int_equal(lines.n_lines, 1);
    assert_int_equal(lines.start[1], 4);
    assert_false(lines.closed[0]);
    fr_lines_free(&lines);
    assert_int_equal(fr_polygons_parse((const char *)file.bytes, file.size, "c.shp", &p), FR_EINPUT);
    assert_string_equal(fr_last_error(), "c.shp: record 1 holds lines, expected polygons");
}

static void reads_files_without_index(void **state)
{
    (void)state;
    shapefile file;
    fr_triangles triangles;
    char *path;
    if (asprintf(&path, "%s/grid.shp", scratch_folder()) < 0) abort();
    begin(&file, 5);
    for (int k = 0; k < 3; k++)
        add_record(&file, 5, 1, one_part, 4, triangle);
    assert_int_equal(fr_file_write(path, file.bytes, file.size), FR_OK);
    assert_int_equal(fr_triangles_read(path, &triangles), FR_OK);
    assert_int_equal(triangles.n, 3);
    assert_memory_equal(triangles.x, ((double[]){0, 0, 2, 0, 0, 2, 0, 0, 2}), 9 * sizeof(double));
    assert_memory_equal(triangles.y, ((double[]){0, 2, 0, 0, 2, 0, 0, 2, 0}), 9 * sizeof(double));
    fr_triangles_free(&triangles);
    fr_triangles_free(&triangles);
    assert_int_equal(fr_triangles_read("/nonexistent.shp", &triangles), FR_EIO);
    free(path);
}

/* ---- what is wrong ---------------------------------------------------------------------------------------------------------------- */

static void expect_refused(const shapefile *file, int64_t size, const char *message)
{
    fr_triangles triangles;
    char *exact = malloc(size > 0 ? (size_t)size : 1); /* so that reading beyond the end is seen */
    memcpy(exact, file->bytes, (size_t)size);
    assert_int_equal(fr_triangles_parse(exact, size, "g.shp", &triangles), FR_EINPUT);
    assert_string_equal(fr_last_error(), message);
    assert_null(triangles.x);
    free(exact);
}

static void refuses_truncated_files(void **state)
{
    (void)state;
    shapefile file;
    begin(&file, 5);
    add_record(&file, 5, 1, one_part, 4, triangle);
    expect_refused(&file, 3, "g.shp: not a shapefile (.shp)");
    expect_refused(&file, 99, "g.shp: expected at least 100 bytes, found 99: the shapefile is truncated");
    expect_refused(&file, 200, "g.shp: expected 220 bytes, found 200: the shapefile is truncated");
    for (int64_t size = 0; size < file.size; size++) {
        fr_triangles triangles;
        assert_int_equal(fr_triangles_parse((const char *)file.bytes, size, "g.shp", &triangles), FR_EINPUT);
    }
    put_big(file.bytes + 24, 52); /* the length in the head says: only the first bytes of a record */
    expect_refused(&file, file.size, "g.shp: the file ends within the head of record 1: it is truncated");
    begin(&file, 5);
    expect_refused(&file, file.size, "g.shp: the shapefile holds no triangles");
}

static void refuses_lies(void **state)
{
    (void)state;
    shapefile file;
    begin(&file, 5);
    uint8_t *content = add_record(&file, 5, 1, one_part, 4, triangle);
    put_big(content - 4, 1000);
    expect_refused(&file, file.size,
                   "g.shp: record 1 claims 2000 bytes, 112 are left: the file is truncated or damaged");
    put_big(content - 4, 1);
    expect_refused(&file, file.size,
                   "g.shp: record 1 claims 2 bytes, 112 are left: the file is truncated or damaged");
    put_big(content - 4, 56);
    put_little(content + 40, 1000000); /* points */
    expect_refused(&file, file.size, "g.shp: record 1 is damaged: its counts do not fit its length");
    put_little(content + 40, 4);
    put_little(content + 36, 40000000); /* parts */
    expect_refused(&file, file.size, "g.shp: record 1 is damaged: its counts do not fit its length");
    put_little(content + 36, 1);
    put_little(content + 44, 4); /* the first part starts after the last point */
    expect_refused(&file, file.size, "g.shp: record 1 is damaged: its counts do not fit its length");
}

static void refuses_what_is_no_triangle(void **state)
{
    (void)state;
    shapefile file;
    begin(&file, 5);
    add_record(&file, 5, 1, one_part, 4, triangle);
    add_record(&file, 5, 1, one_part, 5, square_with_hole);
    expect_refused(&file, file.size, "g.shp: record 2 is no triangle; expected a polygon of three corners");
    begin(&file, 3);
    add_record(&file, 3, 1, one_part, 4, triangle);
    expect_refused(&file, file.size, "g.shp: record 1 is no triangle; expected a polygon of three corners");
    double bad[8];
    memcpy(bad, triangle, sizeof bad);
    bad[2] = 1.0 / 0.0;
    begin(&file, 5);
    add_record(&file, 5, 1, one_part, 4, bad);
    expect_refused(&file, file.size, "g.shp: record 1 has a coordinate that is not finite");
}

static void tells_the_index_from_the_file(void **state)
{
    (void)state;
    shapefile file;
    fr_triangles triangles;
    begin(&file, 5);
    assert_int_equal(fr_triangles_parse((const char *)file.bytes, file.size, "g.shx", &triangles), FR_EINPUT);
    assert_string_equal(fr_last_error(),
                        "g.shx: this is the index of a shapefile; name the file that ends in .shp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_polygons),
        cmocka_unit_test(reads_lines),
        cmocka_unit_test(reads_files_without_index),
        cmocka_unit_test(refuses_truncated_files),
        cmocka_unit_test(refuses_lies),
        cmocka_unit_test(refuses_what_is_no_triangle),
        cmocka_unit_test(tells_the_index_from_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
