/* The ISEA grid: n subdivisions of the faces of an icosahedron, mapped to the sphere with equal areas (Snyder, Cartographica 29,
 * 1992; Sahr, White, Kimerling, CaGIS 30, 2003). 10 n^2 + 2 nodes, numbered 0.. : the 12 corners, the inner points of the 30
 * edges, the inner points of the 20 faces. */
#ifndef FRUGAL_FEEMS_ISEA_H
#define FRUGAL_FEEMS_ISEA_H

#include <stdint.h>

enum { FEEMS_ISEA_CORNERS = 12, FEEMS_ISEA_EDGES = 30, FEEMS_ISEA_FACES = 20 };

typedef struct {
    int64_t n;
    double corner[FEEMS_ISEA_CORNERS][3];                     /* unit vectors */
    int face[FEEMS_ISEA_FACES][3];                            /* corners, clockwise seen from outside */
    int edge[FEEMS_ISEA_EDGES][2];                            /* corners u < v */
    int edge_between[FEEMS_ISEA_CORNERS][FEEMS_ISEA_CORNERS]; /* -1: none */
    double centre[FEEMS_ISEA_FACES][3], up[FEEMS_ISEA_FACES][3],
        right[FEEMS_ISEA_FACES][3]; /* up: towards corner 0 */
} feems_isea;

void feems_isea_init(feems_isea *isea, int64_t n);
/* Number of the lattice point of a face with weights w >= 0, w[0] + w[1] + w[2] = n, at its corners. */
int64_t feems_isea_id(const feems_isea *isea, int face, const int64_t w[3]);
/* The first face that the lattice point lies on (points on edges and corners lie on several). */
int feems_isea_first_face(const feems_isea *isea, int face, const int64_t w[3]);
/* Position in the plane of a face (circumradius FEEMS_ISEA_RADIUS, corner 0 on the y axis) of weights at the corners. */
void feems_isea_plane(const double w[3], double *x, double *y);
/* Unit vector of the weights (any multiple) on a face; lattice points at corners and elsewhere. */
void feems_isea_point(const feems_isea *isea, int face, const double w[3], double point[3]);
/* Plane polar coordinates (azimuth clockwise from corner 0) to angular distance and azimuth on the sphere. */
void feems_isea_inverse(double rho, double azimuth, double *distance, double *azimuth_sphere);
/* Nodes that share an edge of the grid with a node: 5 or 6, each once. */
int feems_isea_neighbours(const feems_isea *isea, int64_t id, int64_t neighbours[6]);

#endif
