/* GeoJSON (RFC 7946) in: the rings of Polygon and MultiPolygon and, for maps, LineString and MultiLineString, wherever they
 * are nested in Feature, FeatureCollection and GeometryCollection. */
#include "lines.h"
#include "rings.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

typedef struct {
    const char *name;
    fr_want want;
    fr_rings *rings;
    int64_t n_polygons;
    int64_t feature;     /* of a FeatureCollection, 1-based; 0 outside of one */
    int64_t n_ignored;   /* geometries of another kind */
    const char *ignored; /* the first of them */
} geojson_reader;

/* "f.geojson: feature 3: ", the start of every message. */
static int fail_at(const geojson_reader *reader, const char *what)
{
    if (reader->feature == 0) return fr_fail(FR_EINPUT, "%s: %s", reader->name, what);
    return fr_fail(FR_EINPUT, "%s: feature %" PRId64 ": %s", reader->name, reader->feature, what);
}

static int add_position(geojson_reader *reader, const json_t *position)
{
    const json_t *x = json_array_get(position, 0), *y = json_array_get(position, 1);
    if (!json_is_number(x) || !json_is_number(y))
        return fail_at(reader, "expected a position [longitude, latitude] of two numbers");
    return fr_rings_point(reader->rings, json_number_value(x), json_number_value(y));
}

static int add_line(geojson_reader *reader, const json_t *line, bool closed)
{
    size_t n = json_array_size(line);
    if (!json_is_array(line) || n == 0) return fail_at(reader, "expected a list of positions");
    int status = FR_OK;
    for (size_t k = 0; k < n && status == FR_OK; k++)
        status = add_position(reader, json_array_get(line, k));
    return status == FR_OK ? fr_rings_end(reader->rings, reader->n_polygons, closed) : status;
}

/* A list of lines, or the rings of one polygon. */
static int add_list(geojson_reader *reader, const json_t *lines, bool closed)
{
    if (!json_is_array(lines)) return fail_at(reader, "expected a list of lists of positions");
    int status = FR_OK;
    for (size_t k = 0; k < json_array_size(lines) && status == FR_OK; k++)
        status = add_line(reader, json_array_get(lines, k), closed);
    reader->n_polygons++;
    return status;
}

static int add_polygons(geojson_reader *reader, const json_t *polygons)
{
    if (!json_is_array(polygons)) return fail_at(reader, "expected a list of polygons");
    int status = FR_OK;
    for (size_t k = 0; k < json_array_size(polygons) && status == FR_OK; k++)
        status = add_list(reader, json_array_get(polygons, k), true);
    return status;
}

static int add_object(geojson_reader *reader, const json_t *object);

static int add_members(geojson_reader *reader, const json_t *object, const char *member, bool features)
{
    const json_t *list = json_object_get(object, member);
    if (!json_is_array(list))
        return fail_at(reader,
                       features ? "expected a list named 'features'" : "expected a list named 'geometries'");
    int status = FR_OK;
    for (size_t k = 0; k < json_array_size(list) && status == FR_OK; k++) {
        if (features) reader->feature = (int64_t)k + 1;
        status = add_object(reader, json_array_get(list, k));
    }
    if (features && status == FR_OK) reader->feature = 0;
    return status;
}

static int ignore(geojson_reader *reader, const char *kind)
{
    if (reader->n_ignored++ == 0) reader->ignored = kind;
    return FR_OK;
}

static int add_object(geojson_reader *reader, const json_t *object)
{
    const char *type = json_string_value(json_object_get(object, "type"));
    if (type == NULL) return fail_at(reader, "expected a GeoJSON object with a member 'type'");
    const json_t *coordinates = json_object_get(object, "coordinates");
    bool lines = reader->want == FR_WANT_LINES;
    if (strcmp(type, "FeatureCollection") == 0) return add_members(reader, object, "features", true);
    if (strcmp(type, "GeometryCollection") == 0) return add_members(reader, object, "geometries", false);
    if (strcmp(type, "Feature") == 0) {
        const json_t *geometry = json_object_get(object, "geometry");
        if (geometry == NULL) return fail_at(reader, "expected a member 'geometry'");
        return json_is_null(geometry) ? FR_OK : add_object(reader, geometry);
    }
    if (strcmp(type, "Polygon") == 0) return add_list(reader, coordinates, true);
    if (strcmp(type, "MultiPolygon") == 0) return add_polygons(reader, coordinates);
    if (strcmp(type, "LineString") == 0)
        return lines ? add_line(reader, coordinates, false) : ignore(reader, "LineString");
    if (strcmp(type, "MultiLineString") == 0)
        return lines ? add_list(reader, coordinates, false) : ignore(reader, "MultiLineString");
    if (strcmp(type, "Point") == 0) return ignore(reader, "Point");
    if (strcmp(type, "MultiPoint") == 0) return ignore(reader, "MultiPoint");
    if (strcmp(type, "Topology") == 0) return fail_at(reader, "this is TopoJSON; convert it to GeoJSON");
    return fail_at(reader, "expected a GeoJSON type such as Polygon or FeatureCollection");
}

int fr_geojson_parse(const char *bytes, int64_t size, const char *name, fr_want want, fr_rings *rings)
{
    int status = fr_text_check(name, bytes, size);
    if (status != FR_OK) return status;
    int64_t mark = size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    json_error_t error;
    json_t *root = json_loadb(bytes + mark, (size_t)(size - mark), JSON_DECODE_INT_AS_REAL, &error);
    if (root == NULL)
        return fr_fail(FR_EINPUT, "%s:%d: column %d: this is not JSON: %s", name, error.line, error.column,
                       error.text);
    geojson_reader reader = {.name = name, .want = want, .rings = rings};
    status = add_object(&reader, root);
    const char *wanted = want == FR_WANT_POLYGONS ? "polygons" : "lines or polygons";
    if (status == FR_OK && rings->n_lines == 0)
        status = fr_fail(FR_EINPUT, "%s: no %s%s%s", name, wanted,
                         reader.n_ignored > 0 ? ", only geometries such as " : "",
                         reader.n_ignored > 0 ? reader.ignored : "");
    else if (status == FR_OK && reader.n_ignored > 0)
        fr_warn("%s: %" PRId64 " geometries that are no %s (the first: %s) are left out", name,
                reader.n_ignored, wanted, reader.ignored);
    json_decref(root);
    return status;
}
