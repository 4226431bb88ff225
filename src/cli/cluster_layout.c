/* The drawing of a cluster on coordinates that the user has: tables of places and edges, and the picture. */
#include "cluster_figures.h"
#include "job.h"

#include <data/number.h>

#include <math.h>
#include <string.h>

enum { most_edges = 20000 };

typedef struct {
    double *x, *y; /* n; not-a-number without a place */
    uint8_t *member, *seed;
} layout;

static void layout_free(layout *places)
{
    fr_free(places->x);
    fr_free(places->y);
    fr_free(places->member);
    fr_free(places->seed);
}

static int layout_new(int64_t n, layout *places)
{
    places->x = fr_alloc(n, sizeof *places->x);
    places->y = fr_alloc(n, sizeof *places->y);
    places->member = fr_alloc(n, 1);
    places->seed = fr_alloc(n, 1);
    if (places->x == NULL || places->y == NULL || places->member == NULL || places->seed == NULL)
        return FR_ENOMEM;
    for (int64_t k = 0; k < n; k++)
        places->x[k] = places->y[k] = NAN;
    return FR_OK;
}

/* node, x, y by heading; without one the first three columns. Two columns without a heading: the nodes in order. */
static int read_places(const fr_graph *graph, const char *file, layout *places)
{
    fr_table table;
    int64_t node = -1, x = 0, y = 1;
    int status = fr_table_read(file, NULL, &table);
    if (status != FR_OK) return status;
    if (table.names != NULL) {
        if (fr_table_column(&table, "node", &node) != FR_OK) status = fr_table_column(&table, "name", &node);
        if (status == FR_OK) status = fr_table_column(&table, "x", &x);
        if (status == FR_OK) status = fr_table_column(&table, "y", &y);
    } else if (table.n_columns >= 3) {
        node = 0, x = 1, y = 2;
    } else if (table.n_columns < 2 || table.n_rows > graph->n) {
        status =
            fr_fail(FR_EINPUT, "%s: expected the columns node, x, y, or x, y of every node in order", file);
    }
    for (int64_t row = 0; status == FR_OK && row < table.n_rows; row++) {
        int64_t found = row;
        char what[600];
        snprintf(what, sizeof what, "%s:%lld", file, (long long)table.line[row]);
        if (node >= 0) status = fr_graph_find(graph, fr_table_text(&table, row, node), what, &found);
        if (status == FR_OK) status = fr_table_f64(&table, row, x, &places->x[found]);
        if (status == FR_OK) status = fr_table_f64(&table, row, y, &places->y[found]);
    }
    fr_table_free(&table);
    return status;
}

/* The attributes "x" and "y" of nodes, where both are numbers. */
static void take_attributes(int64_t n, const fr_graph_attributes *attributes, layout *places)
{
    int64_t width = attributes->n_columns, x = cluster_attribute(attributes, "x"),
            y = cluster_attribute(attributes, "y");
    for (int64_t node = 0; node < n && x >= 0 && y >= 0; node++) {
        const char *cell_x = attributes->cells[node * width + x],
                   *cell_y = attributes->cells[node * width + y];
        if (cell_x == NULL || cell_y == NULL) continue;
        bool good = fr_number_f64(cell_x, (int64_t)strlen(cell_x), &places->x[node]) &&
                    fr_number_f64(cell_y, (int64_t)strlen(cell_y), &places->y[node]);
        if (!good) places->x[node] = places->y[node] = NAN;
    }
}

static bool has_place(const layout *places, int64_t node)
{
    return isfinite(places->x[node]) && isfinite(places->y[node]);
}

static int write_places(const char *path, int64_t n, const layout *places)
{
    fr_csv *csv;
    int status = fr_csv_create(path, "node,x,y,member,seed", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < n; k++) {
        if (!has_place(places, k)) continue;
        fr_csv_i64(csv, k);
        fr_csv_f64(csv, places->x[k]);
        fr_csv_f64(csv, places->y[k]);
        fr_csv_i64(csv, places->member[k]);
        fr_csv_i64(csv, places->seed[k]);
        fr_csv_end_row(csv);
    }
    return fr_csv_close(csv);
}

/* Edges with `inside` ends in the set, every `stride`-th of them, at most `room`; csv NULL: only counts them. */
static int64_t edges_of_kind(const fr_graph *graph, const layout *places, int inside, int64_t stride,
                             int64_t room, fr_csv *csv)
{
    int64_t seen = 0, taken = 0;
    for (int64_t i = 0; i < graph->n; i++) {
        if (!has_place(places, i)) continue;
        for (int64_t k = graph->row[i]; k < graph->row[i + 1] && taken < room; k++) {
            int64_t j = graph->neighbour[k];
            if (j <= i || !has_place(places, j) || places->member[i] + places->member[j] != inside) continue;
            if (seen++ % stride != 0) continue;
            taken++;
            if (csv == NULL) continue;
            fr_csv_f64(csv, places->x[i]);
            fr_csv_f64(csv, places->y[i]);
            fr_csv_f64(csv, places->x[j]);
            fr_csv_f64(csv, places->y[j]);
            fr_csv_i64(csv, inside);
            fr_csv_end_row(csv);
        }
    }
    return taken;
}

static int write_edges(const char *path, const fr_graph *graph, const layout *places)
{
    fr_csv *csv;
    int64_t room = most_edges;
    int status = fr_csv_create(path, "x1,y1,x2,y2,inside", &csv);
    if (status != FR_OK) return status;
    for (int inside = 2; inside >= 0 && room > 0; inside--) {
        int64_t count = edges_of_kind(graph, places, inside, 1, INT64_MAX, NULL);
        room -= edges_of_kind(graph, places, inside, chart_stride(count, room), room, csv);
    }
    return fr_csv_close(csv);
}

int64_t cluster_attribute(const fr_graph_attributes *attributes, const char *name)
{
    for (int64_t k = 0; k < attributes->n_columns; k++)
        if (strcmp(attributes->names[k], name) == 0) return k;
    return -1;
}

int cluster_write_layout(cli_job *job, const fr_graph *graph, const fr_graph_attributes *attributes,
                         const char *file, int64_t count, const int64_t *members, int64_t n_seeds,
                         const int64_t *seeds)
{
    layout places = {0};
    int status = layout_new(graph->n, &places);
    if (status == FR_OK && file != NULL) status = read_places(graph, file, &places);
    if (status != FR_OK) goto done;
    if (file == NULL) take_attributes(graph->n, attributes, &places);
    for (int64_t k = 0; k < count; k++)
        places.member[members[k]] = 1;
    for (int64_t k = 0; k < n_seeds; k++)
        places.seed[seeds[k]] = 1;
    const char *path = job_file(job, "layout.csv");
    status = path == NULL ? FR_ENOMEM : write_places(path, graph->n, &places);
    if (status == FR_OK) path = job_file(job, "layout_edges.csv");
    if (status == FR_OK) status = path == NULL ? FR_ENOMEM : write_edges(path, graph, &places);
done:
    layout_free(&places);
    return status;
}

static const char *const edge_colours[] = {"#D8D8D8", "#9DB4C4", "#22577A"};

static void add_edges(fr_figure *figure, const chart_table *edges)
{
    for (int inside = 0; inside < 3; inside++) {
        fr_figure_add(figure, "$edges%d << EOD\n", inside);
        for (int64_t k = 0; k < edges->n; k++)
            if (edges->column[4][k] == inside)
                fr_figure_add(figure, "%.6g %.6g %.6g %.6g\n", edges->column[0][k], edges->column[1][k],
                              edges->column[2][k] - edges->column[0][k],
                              edges->column[3][k] - edges->column[1][k]);
        fr_figure_add(figure, "NaN NaN NaN NaN\nEOD\n");
    }
}

/* Nodes in three blocks: the others, the members, the seeds. */
static void add_nodes(fr_figure *figure, const chart_table *places)
{
    for (int kind = 0; kind < 3; kind++) {
        fr_figure_add(figure, "$nodes%d << EOD\n", kind);
        for (int64_t k = 0; k < places->n; k++) {
            int of = places->column[3][k] > 0 ? 2 : places->column[2][k] > 0 ? 1 : 0;
            if (of == kind) fr_figure_add(figure, "%.6g %.6g\n", places->column[0][k], places->column[1][k]);
        }
        fr_figure_add(figure, "NaN NaN\nEOD\n");
    }
}

int cluster_chart_layout(const void *folder, const char *stem)
{
    chart_table places, edges = {.n = -1};
    fr_figure *figure = NULL;
    int status =
        chart_table_read(folder, "layout.csv", (const char *[]){"x", "y", "member", "seed", NULL}, &places);
    if (status != FR_OK || places.n < 1) return status;
    status = chart_table_read(folder, "layout_edges.csv",
                              (const char *[]){"x1", "y1", "x2", "y2", "inside", NULL}, &edges);
    if (status == FR_OK) status = fr_figure_new(520, 480, &figure);
    if (status != FR_OK) goto done;
    add_edges(figure, &edges);
    add_nodes(figure, &places);
    double size = places.n > 20000 ? 0.15 : places.n > 2000 ? 0.3 : places.n > 300 ? 0.5 : 0.8;
    fr_figure_add(
        figure,
        "unset border\nunset tics\nset size ratio -1\nset offsets graph 0.03, graph 0.03, graph 0.03, graph "
        "0.03\nset key above reverse Left samplen 1.2\nset lmargin 1\nset rmargin 1\nset bmargin 1\nplot ");
    for (int inside = 0; inside < 3; inside++)
        fr_figure_add(figure, "$edges%d w vectors nohead lw %g lc rgb '%s' notitle, ", inside,
                      inside == 2 ? 0.8 : 0.5, edge_colours[inside]);
    fr_figure_add(
        figure,
        "$nodes0 w points pt 7 ps %g lc rgb '#A0A0A0' title \"other nodes\", $nodes1 w points pt 7 ps %g lc "
        "rgb '#22577A' title \"cluster\", $nodes2 w points pt 13 ps %g lc rgb '#C2410C' title \"seeds\"\n",
        size, 1.3 * size, fmax(2 * size, 1));
    status =
        fr_figure_draw(figure, NULL, stem, places.n <= 12000 ? FR_FIGURE_SVG | FR_FIGURE_PNG : FR_FIGURE_PNG);
done:
    fr_figure_free(figure);
    chart_table_free(&places);
    chart_table_free(&edges);
    return status;
}
