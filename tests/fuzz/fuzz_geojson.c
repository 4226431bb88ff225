/* GeoJSON as an outline and as line work. */
#include <frugal/geo.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    fr_polygons polygons;
    fr_lines lines;
    if (size == 0 || (*text != '{' && *text != '[')) return 0; /* other formats have targets of their own */
    if (fr_polygons_parse(text, (int64_t)size, "fuzz.geojson", &polygons) == FR_OK) {
        fr_polygons_contain(&polygons, 1, 1);
        fr_polygons_free(&polygons);
    }
    if (fr_lines_parse(text, (int64_t)size, "fuzz.geojson", &lines) == FR_OK) fr_lines_free(&lines);
    return 0;
}
