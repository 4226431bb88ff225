/* Icosahedral Snyder equal-area grid: its corners, its numbering and the map from a face's plane to the sphere.
 *
 * Orientation: corner 0 at 11.25 E, 58.28 N (90 - atan(2)/2), its neighbours at azimuths 0, 72, ... 288 degrees, the other six
 * opposite. A plane triangle has the area of its face, 4 pi / 20, hence the circumradius c: 3 sqrt(3)/4 c^2 = pi/5. */
#include "isea.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

static void normalise(double a[3])
{
    double length = sqrt(dot(a, a));
    for (int k = 0; k < 3; k++)
        a[k] /= length;
}

/* ---- the icosahedron ------------------------------------------------------------------------------------------------------- */

static void place_corners(feems_isea *isea)
{
    double lon = 11.25 * M_PI / 180, lat = M_PI / 2 - atan(2) / 2;
    double up[3] = {cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)};
    double north[3] = {-sin(lat) * cos(lon), -sin(lat) * sin(lon), cos(lat)};
    double east[3] = {-sin(lon), cos(lon), 0};
    memcpy(isea->corner[0], up, sizeof up);
    for (int k = 0; k < 5; k++)
        for (int c = 0; c < 3; c++)
            isea->corner[k + 1][c] =
                (up[c] + 2 * (cos(0.4 * M_PI * k) * north[c] + sin(0.4 * M_PI * k) * east[c])) / sqrt(5);
    for (int k = 0; k < 6; k++)
        for (int c = 0; c < 3; c++)
            isea->corner[k + 6][c] = -isea->corner[k][c];
}

static void add_face(feems_isea *isea, int f, int a, int b, int c)
{
    double *centre = isea->centre[f], *up = isea->up[f], *right = isea->right[f];
    for (int k = 0; k < 3; k++)
        centre[k] = isea->corner[a][k] + isea->corner[b][k] + isea->corner[c][k];
    normalise(centre);
    double along = dot(isea->corner[a], centre);
    for (int k = 0; k < 3; k++)
        up[k] = isea->corner[a][k] - along * centre[k];
    normalise(up);
    cross(up, centre, right);
    bool clockwise = dot(isea->corner[b], right) > 0;
    isea->face[f][0] = a;
    isea->face[f][1] = clockwise ? b : c;
    isea->face[f][2] = clockwise ? c : b;
}

void feems_isea_init(feems_isea *isea, int64_t n)
{
    isea->n = n;
    place_corners(isea);
    int n_edges = 0, n_faces = 0;
    for (int u = 0; u < FEEMS_ISEA_CORNERS; u++)
        for (int v = 0; v < FEEMS_ISEA_CORNERS; v++)
            isea->edge_between[u][v] = -1;
    for (int u = 0; u < FEEMS_ISEA_CORNERS; u++)
        for (int v = u + 1; v < FEEMS_ISEA_CORNERS; v++) {
            if (dot(isea->corner[u], isea->corner[v]) < 0.4)
                continue; /* neighbours: 1/sqrt(5), the others: less than 0 */
            isea->edge[n_edges][0] = u;
            isea->edge[n_edges][1] = v;
            isea->edge_between[u][v] = isea->edge_between[v][u] = n_edges++;
        }
    for (int u = 0; u < FEEMS_ISEA_CORNERS; u++)
        for (int v = u + 1; v < FEEMS_ISEA_CORNERS; v++)
            for (int w = v + 1; w < FEEMS_ISEA_CORNERS; w++)
                if (isea->edge_between[u][v] >= 0 && isea->edge_between[v][w] >= 0 &&
                    isea->edge_between[u][w] >= 0)
                    add_face(isea, n_faces++, u, v, w);
}

/* ---- numbering ---------------------------------------------------------------------------------------------------------------- */

/* Inner points of a face, rows w[0] = 1..n-2 of n-1-w[0] points w[1] = 1..: number of points before a row. */
static int64_t row_start(int64_t n, int64_t row)
{
    return row * (n - 2) - row * (row - 1) / 2;
}

int64_t feems_isea_id(const feems_isea *isea, int face, const int64_t w[3])
{
    int64_t n = isea->n;
    const int *corner = isea->face[face];
    for (int k = 0; k < 3; k++)
        if (w[k] == n) return corner[k];
    for (int k = 0; k < 3; k++) {
        if (w[k] != 0) continue;
        int p = (k + 1) % 3, q = (k + 2) % 3, larger = corner[p] > corner[q] ? p : q;
        return FEEMS_ISEA_CORNERS + isea->edge_between[corner[p]][corner[q]] * (n - 1) + w[larger] - 1;
    }
    int64_t of_a_face = (n - 1) * (n - 2) / 2;
    return FEEMS_ISEA_CORNERS + FEEMS_ISEA_EDGES * (n - 1) + face * of_a_face + row_start(n, w[0] - 1) +
           w[1] - 1;
}

/* The faces that a node lies on, and its weights there; returns how many: 5, 2 or 1. */
static int appearances(const feems_isea *isea, int64_t id, int faces[5], int64_t weights[5][3])
{
    int64_t n = isea->n, inner = id - FEEMS_ISEA_CORNERS - FEEMS_ISEA_EDGES * (n - 1);
    if (inner >= 0) {
        int64_t of_a_face = (n - 1) * (n - 2) / 2, rest = inner % of_a_face;
        /* row_start(row) <= rest: the root of a quadratic, then exact */
        double side = (double)(2 * n - 3);
        int64_t row = (int64_t)((side - sqrt(fmax(0, side * side - 8 * (double)rest))) / 2);
        while (row > 0 && row_start(n, row) > rest)
            row--;
        while (row_start(n, row + 1) <= rest)
            row++;
        faces[0] = (int)(inner / of_a_face);
        weights[0][0] = row + 1;
        weights[0][1] = rest - row_start(n, row) + 1;
        weights[0][2] = n - weights[0][0] - weights[0][1];
        return 1;
    }
    int u = (int)id, v = -1, found = 0;
    int64_t at_v = 0;
    if (id >= FEEMS_ISEA_CORNERS) {
        const int *ends = isea->edge[(id - FEEMS_ISEA_CORNERS) / (n - 1)];
        u = ends[0];
        v = ends[1];
        at_v = (id - FEEMS_ISEA_CORNERS) % (n - 1) + 1;
    }
    for (int f = 0; f < FEEMS_ISEA_FACES; f++) {
        int has = 0;
        for (int k = 0; k < 3; k++) {
            int corner = isea->face[f][k];
            has += corner == u || corner == v;
            weights[found][k] = corner == u ? n - at_v : corner == v ? at_v : 0;
        }
        if (has == (v >= 0 ? 2 : 1)) {
            faces[found++] = f;
            if (found == 5) break;
        }
    }
    return found;
}

int feems_isea_first_face(const feems_isea *isea, int face, const int64_t w[3])
{
    if (w[0] > 0 && w[1] > 0 && w[2] > 0) return face;
    int faces[5];
    int64_t weights[5][3];
    appearances(isea, feems_isea_id(isea, face, w), faces, weights);
    return faces[0];
}

int feems_isea_neighbours(const feems_isea *isea, int64_t id, int64_t neighbours[6])
{
    static const int step[6][3] = {{1, -1, 0}, {-1, 1, 0}, {1, 0, -1}, {-1, 0, 1}, {0, 1, -1}, {0, -1, 1}};
    int faces[5], found = 0;
    int64_t weights[5][3];
    int n_faces = appearances(isea, id, faces, weights);
    for (int a = 0; a < n_faces; a++)
        for (int s = 0; s < 6; s++) {
            int64_t w[3];
            for (int k = 0; k < 3; k++)
                w[k] = weights[a][k] + step[s][k];
            if (w[0] < 0 || w[1] < 0 || w[2] < 0) continue;
            int64_t other = feems_isea_id(isea, faces[a], w);
            bool known = false;
            for (int k = 0; k < found && !known; k++)
                known = neighbours[k] == other;
            if (!known && found < 6) neighbours[found++] = other;
        }
    return found;
}

/* ---- plane to sphere ------------------------------------------------------------------------------------------------------------ */

static double circumradius(void)
{
    return sqrt(4 * M_PI / (15 * sqrt(3)));
}

void feems_isea_plane(const double w[3], double *x, double *y)
{
    double radius = circumradius() / (w[0] + w[1] + w[2]);
    *x = radius * sqrt(3) / 2 * (w[1] - w[2]);
    *y = radius * (w[0] - (w[1] + w[2]) / 2);
}

/* Snyder's equations with g: spherical distance from the centre of a face to a corner, G = 36 degrees, theta = 30 degrees. Az is
 * the angle at the centre of the spherical triangle whose area is that of the plane one with the angle Az'. */
void feems_isea_inverse(double rho, double azimuth, double *distance, double *azimuth_sphere)
{
    const double tan_g = 3 - sqrt(5), cos_g = 1 / sqrt(1 + tan_g * tan_g), sin_G = sin(M_PI / 5),
                 cos_G = cos(M_PI / 5);
    const double cot_theta = sqrt(3), third = 2 * M_PI / 3, radius = circumradius() / tan_g;
    double sector = floor(azimuth / third), plane = azimuth - sector * third;
    double width = cos(plane) + sin(plane) * cot_theta;
    double area = radius * radius * tan_g * tan_g * sin(plane) / (2 * width);
    double az = plane;
    for (int k = 0; k < 50; k++) {
        double cos_H = sin(az) * sin_G * cos_g - cos(az) * cos_G, H = acos(cos_H);
        double f = area - M_PI / 5 - H - az + M_PI;
        double slope = (cos(az) * sin_G * cos_g + sin(az) * cos_G) / sin(H) - 1;
        az -= f / slope;
        if (fabs(f) < 1e-15) break;
    }
    double q = atan2(tan_g, cos(az) + sin(az) * cot_theta);
    double scale =
        tan_g / (width * 2 * sin(q / 2)); /* f of Snyder: d' / (2 R' sin(q/2)) with d' = R' tan g / width */
    *distance = 2 * asin(fmin(1, rho / (2 * radius * scale)));
    *azimuth_sphere = az + sector * third;
}

void feems_isea_point(const feems_isea *isea, int face, const double w[3], double point[3])
{
    for (int k = 0; k < 3; k++)
        if (w[k] != 0 && w[(k + 1) % 3] == 0 && w[(k + 2) % 3] == 0) {
            memcpy(point, isea->corner[isea->face[face][k]], 3 * sizeof *point);
            return;
        }
    double x, y, distance, azimuth;
    feems_isea_plane(w, &x, &y);
    azimuth = atan2(x, y);
    feems_isea_inverse(hypot(x, y), azimuth < 0 ? azimuth + 2 * M_PI : azimuth, &distance, &azimuth);
    for (int k = 0; k < 3; k++)
        point[k] = cos(distance) * isea->centre[face][k] +
                   sin(distance) * (cos(azimuth) * isea->up[face][k] + sin(azimuth) * isea->right[face][k]);
}
