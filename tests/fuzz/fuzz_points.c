/* Coordinate lists, edge lists and outlines as text. */
#include <frugal/geo.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    fr_points points;
    fr_edge_list edges;
    fr_polygons polygons;
    if (fr_points_parse(text, (int64_t)size, "fuzz.coord", &points) == FR_OK) fr_points_free(&points);
    if (fr_edge_list_parse(text, (int64_t)size, "fuzz.edges", &edges) == FR_OK) fr_edge_list_free(&edges);
    if (fr_polygons_parse(text, (int64_t)size, "fuzz.outer", &polygons) == FR_OK) {
        fr_polygons_contain(&polygons, 1, 1);
        fr_polygons_free(&polygons);
    }
    return 0;
}
