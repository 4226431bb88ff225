/* Distances on the sphere: the angle between two places from both its sine and its cosine, exact to rounding for near and
 * for opposite places alike. */
#include <frugal/geo.h>

#include <math.h>

double fr_great_circle(double lon1, double lat1, double lon2, double lat2)
{
    const double degree = M_PI / 180;
    double across = (lon2 - lon1) * degree;
    double s1 = sin(lat1 * degree), c1 = cos(lat1 * degree), s2 = sin(lat2 * degree), c2 = cos(lat2 * degree);
    double east = c2 * sin(across), north = c1 * s2 - s1 * c2 * cos(across);
    return FR_EARTH_RADIUS_M * atan2(hypot(east, north), s1 * s2 + c1 * c2 * cos(across));
}
