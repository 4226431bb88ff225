/* The .shp of an outline, of line work and of a grid of triangles; every input gets the magic number that tells the format. */
#include <frugal/geo.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 4) return 0;
    char *file = malloc(size);
    if (file == NULL) return 0;
    memcpy(file, bytes, size);
    memcpy(file, "\0\0\x27\x0A", 4);
    fr_polygons polygons;
    fr_lines lines;
    fr_triangles triangles;
    if (fr_polygons_parse(file, (int64_t)size, "fuzz.shp", &polygons) == FR_OK) {
        fr_polygons_contain(&polygons, 1, 1);
        fr_polygons_free(&polygons);
    }
    if (fr_lines_parse(file, (int64_t)size, "fuzz.shp", &lines) == FR_OK) fr_lines_free(&lines);
    if (fr_triangles_parse(file, (int64_t)size, "fuzz.shp", &triangles) == FR_OK)
        fr_triangles_free(&triangles);
    free(file);
    return 0;
}
