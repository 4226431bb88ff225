/* Samples to nodes (nearest in the coordinates as given, as the authors do, or on the sphere) and the part of the graph that
 * a likelihood can see: every component must hold a sample, and there must be one. */
#include "placement.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- components ---------------------------------------------------------------------------------------------------- */

static int64_t root_of(int64_t *parent, int64_t v)
{
    while (parent[v] != v)
        v = parent[v] = parent[parent[v]];
    return v;
}

/* component[v]: the smallest node of v's component. */
static void find_components(const fr_feems_graph *graph, int64_t *component)
{
    for (int64_t v = 0; v < graph->n_nodes; v++)
        component[v] = v;
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t a = root_of(component, graph->i[e]), b = root_of(component, graph->j[e]);
        if (a < b)
            component[b] = a;
        else
            component[a] = b;
    }
    for (int64_t v = 0; v < graph->n_nodes; v++)
        component[v] = root_of(component, v);
}

/* ---- nearest nodes ------------------------------------------------------------------------------------------------- */

typedef struct {
    const fr_feems_graph *graph;
    bool *linked; /* n_nodes: has an edge */
    double x_min, x_max;
    bool geographic;    /* all |y| <= 90: degrees; otherwise plane coordinates */
    double edge_length; /* mean; km, or plane units */
    double *unit;       /* n_nodes * 3 unit vectors; NULL unless assigning on the sphere */
} places;

static double distance_of(const places *p, double x1, double y1, double x2, double y2)
{
    return p->geographic ? fr_great_circle(x1, y1, x2, y2) / 1000 : hypot(x1 - x2, y1 - y2);
}

static void unit_vector(double lon, double lat, double out[3])
{
    double degree = acos(-1.0) / 180;
    out[0] = cos(lat * degree) * cos(lon * degree);
    out[1] = cos(lat * degree) * sin(lon * degree);
    out[2] = sin(lat * degree);
}

static int places_new(const fr_feems_graph *graph, fr_feems_assign assign, places *out)
{
    *out = (places){.graph = graph, .x_min = INFINITY, .x_max = -INFINITY, .geographic = true};
    out->linked = fr_alloc(graph->n_nodes, sizeof *out->linked);
    if (out->linked == NULL) return FR_ENOMEM;
    for (int64_t e = 0; e < graph->n_edges; e++)
        out->linked[graph->i[e]] = out->linked[graph->j[e]] = true;
    for (int64_t v = 0; v < graph->n_nodes; v++) {
        out->x_min = fmin(out->x_min, graph->x[v]);
        out->x_max = fmax(out->x_max, graph->x[v]);
        if (fabs(graph->y[v]) > 90) out->geographic = false;
    }
    for (int64_t e = 0; e < graph->n_edges; e++) {
        int64_t i = graph->i[e], j = graph->j[e];
        out->edge_length +=
            distance_of(out, graph->x[i], graph->y[i], graph->x[j], graph->y[j]) / (double)graph->n_edges;
    }
    if (assign != FR_FEEMS_ASSIGN_SPHERE) return FR_OK;
    if (!out->geographic)
        return fr_fail(FR_EUSAGE,
                       "samples can be assigned on the sphere only where nodes are longitude and latitude");
    out->unit = fr_alloc(3 * graph->n_nodes, sizeof *out->unit);
    if (out->unit == NULL) return FR_ENOMEM;
    for (int64_t v = 0; v < graph->n_nodes; v++)
        unit_vector(graph->x[v], graph->y[v], out->unit + 3 * v);
    return FR_OK;
}

static void places_free(places *p)
{
    fr_free(p->linked);
    fr_free(p->unit);
}

/* Brings a longitude into the range of the nodes where a turn of 360 degrees does that. */
static double unwrap(const places *p, double x)
{
    double best = x, gap = fmax(0, fmax(p->x_min - x, x - p->x_max));
    for (int turn = -1; p->geographic && turn <= 1; turn += 2) {
        double moved = x + 360.0 * turn, moved_gap = fmax(0, fmax(p->x_min - moved, moved - p->x_max));
        if (moved_gap < gap) best = moved, gap = moved_gap;
    }
    return best;
}

static int64_t nearest_node(const places *p, double x, double y)
{
    const fr_feems_graph *graph = p->graph;
    int64_t nearest = -1;
    double best = INFINITY, at[3];
    unit_vector(x, y, at);
    for (int64_t v = 0; v < graph->n_nodes; v++) {
        if (!p->linked[v]) continue;
        double dx = graph->x[v] - x, dy = graph->y[v] - y, distance = dx * dx + dy * dy;
        if (p->unit != NULL) {
            const double *u = p->unit + 3 * v;
            distance = -(u[0] * at[0] + u[1] * at[1] + u[2] * at[2]);
        }
        if (distance < best) best = distance, nearest = v;
    }
    return nearest;
}

/* node[k]: nearest node of sample k, -1 where it is not wanted. Far samples are refused or warned of. */
static int assign_nodes(const places *p, const fr_points *samples, const bool *wanted, char *const *names,
                        double max_km, int64_t *node)
{
    int64_t far = 0, farthest = 0;
    double largest = 0;
    for (int64_t k = 0; k < samples->n; k++) {
        node[k] = -1;
        if (wanted != NULL && !wanted[k]) continue;
        double x = unwrap(p, samples->x[k]), y = samples->y[k];
        int64_t v = nearest_node(p, x, y);
        double distance = distance_of(p, x, y, p->graph->x[v], p->graph->y[v]);
        node[k] = v;
        if (distance > largest) largest = distance, farthest = k;
        if (distance > (max_km > 0 ? max_km : p->edge_length)) far++;
    }
    const char *unit = p->geographic ? " km" : "", *name = names == NULL ? "" : names[farthest];
    if (far > 0 && max_km > 0)
        return fr_fail(
            FR_EINPUT,
            "%" PRId64 " samples lie farther than %g%s from every node; the farthest is sample %" PRId64
            " %s at %g %g, %.1f%s away: extend the outline, correct the coordinates, or raise the limit",
            far, max_km, unit, farthest + 1, name, samples->x[farthest], samples->y[farthest], largest, unit);
    if (far > 0)
        fr_warn("%" PRId64
                " samples lie farther than one edge length (%.1f%s) from the node they were assigned to; the "
                "farthest is sample %" PRId64 " %s at %g %g, %.1f%s away",
                far, p->edge_length, unit, farthest + 1, name, samples->x[farthest], samples->y[farthest],
                largest, unit);
    return FR_OK;
}

/* ---- the part that is fitted ----------------------------------------------------------------------------------------- */

/* Decides which component is kept; count[c] individuals lie in the component whose smallest node is c. */
static int choose_component(const fr_feems_graph *graph, const int64_t *count, bool keep_largest,
                            int64_t *chosen)
{
    int64_t with_samples = 0, total = 0;
    *chosen = -1;
    for (int64_t c = 0; c < graph->n_nodes; c++) {
        if (count[c] == 0) continue;
        with_samples++;
        total += count[c];
        if (*chosen < 0 || count[c] > count[*chosen]) *chosen = c;
    }
    if (with_samples == 0) return fr_fail(FR_EINPUT, "no sample is left to fit");
    if (with_samples == 1) return FR_OK;
    if (keep_largest) {
        fr_warn("the graph falls into %" PRId64
                " parts with samples; the part with most is kept, and %" PRId64 " of %" PRId64
                " samples in the others are left out",
                with_samples, total - count[*chosen], total);
        return FR_OK;
    }
    char list[512] = "";
    size_t used = 0;
    int64_t listed = 0;
    for (int64_t c = 0; c < graph->n_nodes && listed < 5; c++) {
        if (count[c] == 0) continue;
        used += (size_t)snprintf(list + used, sizeof list - used,
                                 "%s%" PRId64 " samples in the part of node %" PRId64 " (%g %g)",
                                 listed++ > 0 ? ", " : "", count[c], c, graph->x[c], graph->y[c]);
    }
    return fr_fail(FR_EINPUT,
                   "the graph is disconnected: samples lie in %" PRId64
                   " parts that no edge joins (%s%s); join them by edges, widen the outline, or keep the "
                   "largest (--keep-largest)",
                   with_samples, list, with_samples > listed ? ", ..." : "");
}

/* The component's nodes and edges; place[v]: new number of node v, -1 if dropped. */
static int extract(const fr_feems_graph *graph, const int64_t *component, int64_t chosen, int64_t *place,
                   fr_feems_data *out)
{
    fr_feems_graph *part = &out->graph;
    for (int64_t v = 0; v < graph->n_nodes; v++)
        place[v] = component[v] == chosen ? part->n_nodes++ : -1;
    for (int64_t e = 0; e < graph->n_edges; e++)
        if (place[graph->i[e]] >= 0) part->n_edges++;
    out->n_nodes_dropped = graph->n_nodes - part->n_nodes;
    part->x = fr_alloc(part->n_nodes, sizeof *part->x);
    part->y = fr_alloc(part->n_nodes, sizeof *part->y);
    part->i = fr_alloc(part->n_edges, sizeof *part->i);
    part->j = fr_alloc(part->n_edges, sizeof *part->j);
    out->node_id = fr_alloc(part->n_nodes, sizeof *out->node_id);
    if (part->x == NULL || part->y == NULL || part->i == NULL || part->j == NULL || out->node_id == NULL)
        return FR_ENOMEM;
    for (int64_t v = 0; v < graph->n_nodes; v++) {
        if (place[v] < 0) continue;
        part->x[place[v]] = graph->x[v];
        part->y[place[v]] = graph->y[v];
        out->node_id[place[v]] = v;
    }
    for (int64_t e = 0, next = 0; e < graph->n_edges; e++) {
        if (place[graph->i[e]] < 0) continue;
        part->i[next] = place[graph->i[e]];
        part->j[next++] = place[graph->j[e]];
    }
    return FR_OK;
}

static int list_samples(const fr_points *samples, const int64_t *node, const int64_t *place,
                        fr_feems_data *out)
{
    int64_t d = out->graph.n_nodes;
    int status = FR_OK;
    int64_t *count = fr_alloc(d, sizeof *count);
    out->sample = fr_alloc(samples->n, sizeof *out->sample);
    out->sample_node = fr_alloc(samples->n, sizeof *out->sample_node);
    if (count == NULL || out->sample == NULL || out->sample_node == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    for (int64_t k = 0; k < samples->n; k++) {
        int64_t v = node[k] < 0 ? -1 : place[node[k]];
        if (v < 0) continue;
        out->sample[out->n_samples] = k;
        out->sample_node[out->n_samples++] = v;
        if (count[v]++ == 0) out->n_observed++;
    }
    out->observed = fr_alloc(out->n_observed, sizeof *out->observed);
    out->n_at = fr_alloc(out->n_observed, sizeof *out->n_at);
    if (out->observed == NULL || out->n_at == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    for (int64_t v = 0, next = 0; v < d; v++) {
        if (count[v] == 0) continue;
        out->observed[next] = v;
        out->n_at[next++] = count[v];
    }
    if (out->n_observed < 2)
        status =
            fr_fail(FR_EINPUT,
                    "all %" PRId64 " samples are assigned to one node (number %" PRId64
                    ", at %g %g): at least 2 observed nodes are needed; take a finer grid, or check that "
                    "coordinates are longitude latitude",
                    out->n_samples, out->node_id[out->observed[0]], out->graph.x[out->observed[0]],
                    out->graph.y[out->observed[0]]);
done:
    fr_free(count);
    return status;
}

int feems_place(const fr_feems_graph *graph, const fr_points *samples, const bool *wanted, char *const *names,
                const fr_feems_data_settings *settings, fr_feems_data *out)
{
    int64_t n = graph->n_nodes, chosen;
    if (graph->n_edges == 0) return fr_fail(FR_EINPUT, "the graph has %" PRId64 " nodes and no edge", n);
    places where = {0};
    int64_t *component = fr_alloc(n, sizeof *component), *count = fr_alloc(n, sizeof *count);
    int64_t *node = fr_alloc(samples->n, sizeof *node), *place = fr_alloc(n, sizeof *place);
    int status = component == NULL || count == NULL || node == NULL || place == NULL ? FR_ENOMEM : FR_OK;
    if (status == FR_OK) status = places_new(graph, settings->assign, &where);
    if (status == FR_OK) status = assign_nodes(&where, samples, wanted, names, settings->max_assign_km, node);
    if (status != FR_OK) goto done;
    find_components(graph, component);
    for (int64_t k = 0; k < samples->n; k++)
        if (node[k] >= 0) count[component[node[k]]]++;
    status = choose_component(graph, count, settings->keep_largest, &chosen);
    if (status == FR_OK) status = extract(graph, component, chosen, place, out);
    if (status == FR_OK) status = list_samples(samples, node, place, out);
    if (status == FR_OK && out->n_nodes_dropped > 0)
        fr_warn("%" PRId64 " of %" PRId64
                " nodes are left out: no path of edges leads from them to a sample that is kept",
                out->n_nodes_dropped, n);
done:
    places_free(&where);
    fr_free(component);
    fr_free(count);
    fr_free(node);
    fr_free(place);
    return status;
}
