/* Random geometric graph in the unit square. Points lie in a grid of cells no narrower than the radius, so that the
 * neighbours of a point are in its own cell and the eight around it. */
#include "generate.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    int64_t n, side; /* side * side cells */
    double radius;
    const double *x, *y;
    int64_t *begin; /* the points of cell c are member[begin[c]] .. member[begin[c + 1] - 1] */
    uint32_t *member;
} geometric;

/* Row or column of a coordinate. */
static int64_t slice(const geometric *model, double coordinate)
{
    int64_t at = (int64_t)(coordinate * (double)model->side);
    return at < model->side ? at : model->side - 1;
}

static int64_t cell_of(const geometric *model, int64_t point)
{
    return slice(model, model->y[point]) * model->side + slice(model, model->x[point]);
}

/* Counting sort of the points by cell. */
static int fill_cells(geometric *model)
{
    int64_t cells = model->side * model->side;
    model->begin = fr_alloc(cells + 2, sizeof *model->begin);
    model->member = fr_alloc(model->n, sizeof *model->member);
    if (model->begin == NULL || model->member == NULL) return FR_ENOMEM;
    int64_t *next = model->begin + 1; /* counts two further on: see generate_graph */
    for (int64_t i = 0; i < model->n; i++)
        next[cell_of(model, i) + 1]++;
    for (int64_t c = 0; c < cells; c++)
        next[c + 1] += next[c];
    for (int64_t i = 0; i < model->n; i++)
        model->member[next[cell_of(model, i)]++] = (uint32_t)i;
    return FR_OK;
}

/* The pairs of point i with points of larger number in a cell. */
static void put_cell(const geometric *model, int64_t i, int64_t cell, pair_sink *sink)
{
    double most = model->radius * model->radius;
    for (int64_t k = model->begin[cell]; k < model->begin[cell + 1]; k++) {
        int64_t j = model->member[k];
        double dx = model->x[i] - model->x[j], dy = model->y[i] - model->y[j];
        if (j > i && dx * dx + dy * dy < most) pair_put(sink, i, j);
    }
}

static int play(const void *context, pair_sink *sink)
{
    const geometric *model = context;
    int status = FR_OK;
    for (int64_t i = 0; i < model->n && status == FR_OK; i++) {
        int64_t row = slice(model, model->y[i]), column = slice(model, model->x[i]);
        for (int64_t r = row - 1; r <= row + 1; r++)
            for (int64_t c = column - 1; c <= column + 1; c++)
                if (r >= 0 && r < model->side && c >= 0 && c < model->side)
                    put_cell(model, i, r * model->side + c, sink);
        if (i % 16384 == 0) status = fr_progress_tick("random graph", i, model->n);
    }
    return status;
}

int fr_cluster_generate_geometric(int64_t n, double radius, uint64_t seed, fr_graph *out, double *x,
                                  double *y)
{
    *out = (fr_graph){0};
    int status = generate_check_nodes(n);
    if (status != FR_OK) return status;
    if (!(radius > 0) || isinf(radius))
        return fr_fail(FR_EUSAGE, "the radius must be above 0, not %g", radius);
    double *point_x = fr_alloc(n, sizeof *point_x), *point_y = fr_alloc(n, sizeof *point_y);
    /* Cells a little wider than the radius, so that rounding cannot put neighbours two cells apart; no more cells than
     * points. */
    double side = fmin(1 / (radius * (1 + 1e-9)), sqrt((double)n));
    geometric model = {
        .n = n, .side = side < 1 ? 1 : (int64_t)side, .radius = radius, .x = point_x, .y = point_y};
    status = point_x == NULL || point_y == NULL ? FR_ENOMEM : FR_OK;
    if (status != FR_OK) goto done;
#pragma omp parallel for schedule(static) num_threads(fr_threads())
    for (int64_t i = 0; i < n; i++) {
        point_x[i] = fr_random_uniform(seed, STREAM_X, (uint64_t)i);
        point_y[i] = fr_random_uniform(seed, STREAM_Y, (uint64_t)i);
    }
    status = fill_cells(&model);
    if (status == FR_OK) status = generate_graph(n, play, &model, out);
    if (status == FR_OK && x != NULL) memcpy(x, point_x, (size_t)n * sizeof *x);
    if (status == FR_OK && y != NULL) memcpy(y, point_y, (size_t)n * sizeof *y);
done:
    fr_free(point_x);
    fr_free(point_y);
    fr_free(model.begin);
    fr_free(model.member);
    return status;
}
