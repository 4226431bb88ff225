/* GeoJSON (RFC 7946) out, feature by feature, so that a grid of any size needs no memory. */
#include <frugal/geo.h>

#include "file.h"
#include "number.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fr_geojson {
    fr_file file;
    char *name; /* for messages */
    int64_t n_features;
    int64_t n_properties; /* of the current feature */
    int status;
};

static void put(fr_geojson *geojson, const char *text)
{
    fr_file_put(&geojson->file, text, (int64_t)strlen(text));
}

int fr_geojson_create(const char *path, fr_geojson **out)
{
    *out = NULL;
    fr_geojson *geojson = fr_alloc(1, sizeof *geojson);
    if (geojson == NULL) return FR_ENOMEM;
    geojson->name = fr_strdup(path);
    int status = geojson->name == NULL ? FR_ENOMEM : fr_file_create(path, &geojson->file);
    if (status != FR_OK) {
        fr_free(geojson->name);
        fr_free(geojson);
        return status;
    }
    put(geojson, "{\"type\": \"FeatureCollection\", \"features\": [");
    *out = geojson;
    return FR_OK;
}

/* ---- geometry --------------------------------------------------------------------------------------------------------------- */

static void put_f64(fr_geojson *geojson, double value)
{
    char text[FR_NUMBER_ROOM];
    fr_number_format(value, text);
    put(geojson, isfinite(value) ? text : "null");
}

static void put_position(fr_geojson *geojson, double lon, double lat)
{
    if ((!isfinite(lon) || !isfinite(lat)) && geojson->status == FR_OK)
        geojson->status = fr_fail(FR_EUSAGE, "%s: feature %" PRId64 " has a coordinate that is not finite",
                                  geojson->name, geojson->n_features);
    put(geojson, "[");
    put_f64(geojson, lon);
    put(geojson, ", ");
    put_f64(geojson, lat);
    put(geojson, "]");
}

static void begin_feature(fr_geojson *geojson, const char *type)
{
    if (geojson->n_features++ > 0) put(geojson, "}},");
    geojson->n_properties = 0;
    put(geojson, "\n{\"type\": \"Feature\", \"geometry\": {\"type\": \"");
    put(geojson, type);
    put(geojson, "\", \"coordinates\": ");
}

static void begin_properties(fr_geojson *geojson)
{
    put(geojson, "}, \"properties\": {");
}

void fr_geojson_point(fr_geojson *geojson, double lon, double lat)
{
    begin_feature(geojson, "Point");
    put_position(geojson, lon, lat);
    begin_properties(geojson);
}

static void put_segment(fr_geojson *geojson, double lon1, double lat1, double lon2, double lat2)
{
    put(geojson, "[");
    put_position(geojson, lon1, lat1);
    put(geojson, ", ");
    put_position(geojson, lon2, lat2);
    put(geojson, "]");
}

void fr_geojson_segment(fr_geojson *geojson, double lon1, double lat1, double lon2, double lat2)
{
    double step = lon2 - lon1;
    if (fabs(step) <= 180 || fabs(lon1) > 180 || fabs(lon2) > 180) {
        begin_feature(geojson, "LineString");
        put_segment(geojson, lon1, lat1, lon2, lat2);
    } else {
        /* The short way leaves the map at `edge` and comes back on the other side. */
        double edge = step < 0 ? 180 : -180, length = 360 - fabs(step);
        double share = length > 0 ? fabs(edge - lon1) / length : 0;
        double lat = lat1 + share * (lat2 - lat1);
        begin_feature(geojson, "MultiLineString");
        put(geojson, "[");
        put_segment(geojson, lon1, lat1, edge, lat);
        put(geojson, ", ");
        put_segment(geojson, -edge, lat, lon2, lat2);
        put(geojson, "]");
    }
    begin_properties(geojson);
}

/* ---- properties ------------------------------------------------------------------------------------------------------------- */

/* A JSON string of UTF-8; other bytes are taken as Latin-1, in which every byte is a character. */
static void put_string(fr_geojson *geojson, const char *text)
{
    size_t length = strlen(text);
    json_t *string = json_stringn(text, length);
    if (string == NULL) {
        char *utf8 = fr_alloc((int64_t)(2 * length + 1), 1), *to = utf8;
        for (const char *c = text; utf8 != NULL && *c != '\0'; c++) {
            unsigned byte = (unsigned char)*c;
            if (byte >= 0x80) *to++ = (char)(0xC0 | byte >> 6);
            *to++ = (char)(byte >= 0x80 ? 0x80 | (byte & 0x3F) : byte);
        }
        string = utf8 == NULL ? NULL : json_string(utf8);
        fr_free(utf8);
    }
    char *quoted = string == NULL ? NULL : json_dumps(string, JSON_ENCODE_ANY);
    if (quoted != NULL)
        put(geojson, quoted);
    else if (geojson->status == FR_OK)
        geojson->status = fr_fail(FR_ENOMEM, "out of memory while writing %s", geojson->name);
    free(quoted);
    json_decref(string);
}

static void begin_property(fr_geojson *geojson, const char *name)
{
    if (geojson->n_features == 0 && geojson->status == FR_OK)
        geojson->status =
            fr_fail(FR_EUSAGE, "%s: the property %s comes before the first feature", geojson->name, name);
    if (geojson->n_properties++ > 0) put(geojson, ", ");
    put_string(geojson, name);
    put(geojson, ": ");
}

void fr_geojson_f64(fr_geojson *geojson, const char *name, double value)
{
    begin_property(geojson, name);
    put_f64(geojson, value);
}

void fr_geojson_i64(fr_geojson *geojson, const char *name, int64_t value)
{
    char text[FR_NUMBER_ROOM];
    begin_property(geojson, name);
    snprintf(text, sizeof text, "%" PRId64, value);
    put(geojson, text);
}

void fr_geojson_text(fr_geojson *geojson, const char *name, const char *value)
{
    begin_property(geojson, name);
    if (value == NULL)
        put(geojson, "null");
    else
        put_string(geojson, value);
}

int fr_geojson_close(fr_geojson *geojson)
{
    if (geojson == NULL) return FR_OK;
    put(geojson, geojson->n_features > 0 ? "}}\n]}\n" : "]}\n");
    int status = geojson->status;
    if (status == FR_OK)
        status = fr_file_commit(&geojson->file);
    else
        fr_file_discard(&geojson->file);
    fr_free(geojson->name);
    fr_free(geojson);
    return status;
}
