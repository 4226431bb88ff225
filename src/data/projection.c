/* Map projections of the sphere through PROJ, with parameters taken from what is drawn (Snyder, Map Projections: A Working Manual,
 * USGS Professional Paper 1395, 1987, whose table of choices by shape and latitude "auto" follows). */
#include <frugal/geo.h>

#include <math.h>
#include <proj.h>
#include <stdio.h>
#include <string.h>

/* The poles of a Mercator map end up beyond this though they are infinitely far; the whole Earth takes 2e7 m each way. */
static const double farthest = 1e8;

struct fr_projection {
    PJ_CONTEXT *context;
    PJ *transformation; /* NULL: plane */
    bool takes_radians;
    char name[192];
};

/* What is drawn, the longitudes increasing. */
typedef struct {
    double lon0, lon1, lat0, lat1, lon, lat; /* lon, lat: the centre */
} box;

void fr_projection_free(fr_projection *projection)
{
    if (projection == NULL) return;
    proj_destroy(projection->transformation);
    proj_context_destroy(projection->context);
    fr_free(projection);
}

static void stay_silent(void *context, int level, const char *message)
{
    (void)context, (void)level, (void)message;
}

/* ---- definitions -------------------------------------------------------------------------------------------------------------- */

typedef struct {
    char proj[256], name[192];
} definition;

/* "105.5 W": at most one decimal; 0 and 180 belong to no side. */
static const char *degrees(double value, char plus, char minus, char text[24])
{
    double rounded = round(10 * value) / 10;
    if (rounded > 180) rounded -= 360;
    if (rounded == 0 || fabs(rounded) == 180)
        snprintf(text, 24, "%.10g", fabs(rounded));
    else
        snprintf(text, 24, "%.10g %c", fabs(rounded), rounded > 0 ? plus : minus);
    return text;
}

/* A projection around the centre of the box. */
static void centred(const char *code, const char *title, double lon, double lat, definition *out)
{
    char east[24], north[24];
    snprintf(out->proj, sizeof out->proj, "+proj=%s +lon_0=%.12g +lat_0=%.12g +R=%.1f", code, lon, lat,
             FR_EARTH_RADIUS_M);
    snprintf(out->name, sizeof out->name, "%s, centre %s %s", title, degrees(lon, 'E', 'W', east),
             degrees(lat, 'N', 'S', north));
}

/* A cone that cuts the sphere a sixth of the height of the box inside its borders. */
static int conic(const char *code, const char *title, const box *b, definition *out)
{
    double sixth = (b->lat1 - b->lat0) / 6, south = b->lat0 + sixth, north = b->lat1 - sixth;
    char east[24], centre[24], first[24], second[24];
    if (fabs(south + north) < 1e-3)
        return fr_fail(
            FR_EUSAGE,
            "a conic projection is not defined for a map that is symmetric about the equator; use 'auto' or "
            "'lambert-azimuthal'");
    snprintf(out->proj, sizeof out->proj,
             "+proj=%s +lon_0=%.12g +lat_0=%.12g +lat_1=%.12g +lat_2=%.12g +R=%.1f", code, b->lon, b->lat,
             south, north, FR_EARTH_RADIUS_M);
    snprintf(out->name, sizeof out->name, "%s, centre %s %s, standard parallels %s and %s", title,
             degrees(b->lon, 'E', 'W', east), degrees(b->lat, 'N', 'S', centre),
             degrees(south, 'N', 'S', first), degrees(north, 'N', 'S', second));
    return FR_OK;
}

static void around(const char *code, const char *title, double lon, definition *out)
{
    char east[24];
    snprintf(out->proj, sizeof out->proj, "+proj=%s +lon_0=%.12g +R=%.1f", code, lon, FR_EARTH_RADIUS_M);
    snprintf(out->name, sizeof out->name, "%s, central meridian %s", title, degrees(lon, 'E', 'W', east));
}

static void cylindrical(const box *b, definition *out)
{
    char east[24], north[24];
    double parallel = fmax(fabs(b->lat0), fabs(b->lat1)) / 2;
    snprintf(out->proj, sizeof out->proj, "+proj=cea +lon_0=%.12g +lat_ts=%.12g +R=%.1f", b->lon, parallel,
             FR_EARTH_RADIUS_M);
    snprintf(out->name, sizeof out->name, "cylindrical equal-area, central meridian %s, standard parallel %s",
             degrees(b->lon, 'E', 'W', east), degrees(parallel, 'N', 'S', north));
}

/* Equal-area, by the shape and place of the box. */
static int automatic(const box *b, definition *out)
{
    double width = b->lon1 - b->lon0, height = b->lat1 - b->lat0;
    double across = width * cos(b->lat * M_PI / 180), polewards = fmax(fabs(b->lat0), fabs(b->lat1));
    bool one_side = b->lat0 * b->lat1 >= 0;
    if (width > 180 && !(one_side && fabs(b->lat) > 45)) {
        around("eqearth", "Equal Earth", b->lon, out);
    } else if (width > 180 || (polewards >= 85 && one_side && width > 90)) {
        centred("laea", "Lambert azimuthal equal-area", b->lon, b->lat > 0 ? 90 : -90, out);
    } else if (polewards <= 30 && fabs(b->lat) <= 15 && across > 1.2 * height) {
        cylindrical(b, out);
    } else if (one_side && fabs(b->lat) > 15 && polewards <= 80 && across > 1.2 * height) {
        return conic("aea", "Albers equal-area conic", b, out);
    } else {
        centred("laea", "Lambert azimuthal equal-area", b->lon, b->lat, out);
    }
    return FR_OK;
}

/* The PROJ string and caption of a named projection; *named is false for anything else. */
static int named_definition(const char *name, const box *b, definition *out, bool *named)
{
    *named = true;
    if (strcmp(name, "auto") == 0) return automatic(b, out);
    if (strcmp(name, "equidistant-conic") == 0) return conic("eqdc", "equidistant conic", b, out);
    if (strcmp(name, "albers") == 0) return conic("aea", "Albers equal-area conic", b, out);
    if (strcmp(name, "azimuthal-equidistant") == 0)
        centred("aeqd", "azimuthal equidistant", b->lon, b->lat, out);
    else if (strcmp(name, "lambert-azimuthal") == 0)
        centred("laea", "Lambert azimuthal equal-area", b->lon, b->lat, out);
    else if (strcmp(name, "mollweide") == 0)
        around("moll", "Mollweide", b->lon, out);
    else if (strcmp(name, "mercator") == 0)
        around("merc", "Mercator", b->lon, out);
    else
        *named = false;
    return FR_OK;
}

/* ---- making one ---------------------------------------------------------------------------------------------------------------- */

static int make_box(double lon0, double lon1, double lat0, double lat1, box *out)
{
    if (!isfinite(lon0) || !isfinite(lon1) || !(lat0 >= -90) || !(lat1 <= 90) || !(lat0 <= lat1))
        return fr_fail(FR_EUSAGE,
                       "the box of a projection, longitude %g to %g, latitude %g to %g, is not one of "
                       "degrees; for plane coordinates use the projection 'plane'",
                       lon0, lon1, lat0, lat1);
    while (lon1 < lon0)
        lon1 += 360;
    double lon = (lon0 + lon1) / 2;
    lon -= 360 * round(lon / 360);
    *out = (box){lon0, lon1, lat0, lat1, lon, (lat0 + lat1) / 2};
    return FR_OK;
}

/* A coordinate reference system becomes the way to it from longitude and latitude. */
static int resolve_system(const char *text, fr_projection *projection)
{
    PJ *system = projection->transformation;
    if (system == NULL || !proj_is_crs(system)) return FR_OK;
    projection->transformation = NULL;
    proj_destroy(system);
    PJ *there = proj_create_crs_to_crs(projection->context, "OGC:CRS84", text, NULL);
    if (there == NULL)
        return fr_fail(FR_EUSAGE, "the projection '%s' cannot be reached from longitude and latitude", text);
    projection->transformation = proj_normalize_for_visualization(projection->context, there);
    proj_destroy(there);
    return projection->transformation != NULL
               ? FR_OK
               : fr_fail(FR_EUSAGE, "the projection '%s' has no axes to draw along", text);
}

static int open_projection(const char *text, fr_projection *projection)
{
    projection->context = proj_context_create();
    if (projection->context == NULL) return fr_fail(FR_ENOMEM, "out of memory for a projection");
    proj_log_func(projection->context, NULL, stay_silent);
    proj_context_set_enable_network(projection->context, 0);
    projection->transformation = proj_create(projection->context, text);
    if (projection->transformation == NULL)
        return fr_fail(
            FR_EUSAGE,
            "the projection '%s' is not known: expected auto, equidistant-conic, albers, "
            "azimuthal-equidistant, lambert-azimuthal, mollweide, mercator, plane or a PROJ string (%s)",
            text, proj_context_errno_string(projection->context, proj_context_errno(projection->context)));
    int status = resolve_system(text, projection);
    if (status == FR_OK)
        projection->takes_radians = proj_angular_input(projection->transformation, PJ_FWD) != 0;
    return status;
}

int fr_projection_new(const char *name, double lon0, double lon1, double lat0, double lat1,
                      fr_projection **out)
{
    *out = NULL;
    fr_projection *projection = fr_alloc(1, sizeof *projection);
    if (projection == NULL) return FR_ENOMEM;
    definition d = {0};
    box b;
    bool named = true;
    int status = FR_OK;
    if (strcmp(name, "plane") == 0) {
        snprintf(projection->name, sizeof projection->name, "plane coordinates");
    } else {
        status = make_box(lon0, lon1, lat0, lat1, &b);
        if (status == FR_OK) status = named_definition(name, &b, &d, &named);
        if (status == FR_OK) status = open_projection(named ? d.proj : name, projection);
        snprintf(projection->name, sizeof projection->name, "%s", named ? d.name : name);
    }
    if (status != FR_OK)
        fr_projection_free(projection);
    else
        *out = projection;
    return status;
}

bool fr_project(const fr_projection *projection, double lon, double lat, double *x, double *y)
{
    *x = lon;
    *y = lat;
    if (projection->transformation == NULL) return isfinite(lon) && isfinite(lat);
    if (!isfinite(lon) || !(fabs(lat) <= 90)) return false;
    PJ_COORD place = projection->takes_radians ? proj_coord(proj_torad(lon), proj_torad(lat), 0, 0)
                                               : proj_coord(lon, lat, 0, 0);
    PJ_COORD image = proj_trans(projection->transformation, PJ_FWD, place);
    proj_errno_reset(projection->transformation);
    *x = image.xy.x;
    *y = image.xy.y;
    return fabs(*x) < farthest && fabs(*y) < farthest; /* not so for infinities */
}

const char *fr_projection_name(const fr_projection *projection)
{
    return projection->name;
}
