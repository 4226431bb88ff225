/* From a stream of pairs to a graph: count, fill, sort the rows, drop repeated arcs. The largest memory is 4 bytes for
 * each arc of the stream and 8 for each node. */
#include "generate.h"

#include "data/graph_build.h"

#include <inttypes.h>
#include <stdlib.h>

/* No node has this number: it marks the arcs of a row that are left out. */
#define NO_NODE UINT32_MAX

int generate_check_nodes(int64_t n)
{
    if (n >= 1 && n <= INT64_C(0xFFFFFFFE)) return FR_OK;
    return fr_fail(FR_EUSAGE, "a graph has 1 to 4294967294 nodes, not %" PRId64, n);
}

int generate_check_probability(const char *what, double p)
{
    if (p >= 0 && p <= 1) return FR_OK;
    return fr_fail(FR_EUSAGE, "%s is a probability from 0 to 1, not %g", what, p);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void sort_row(int64_t count, uint32_t *row)
{
    enum { few = 48 };
    if (count > few) {
        qsort(row, (size_t)count, sizeof *row, by_number);
        return;
    }
    for (int64_t k = 1; k < count; k++) {
        uint32_t moved = row[k];
        int64_t to = k;
        for (; to > 0 && row[to - 1] > moved; to--)
            row[to] = row[to - 1];
        row[to] = moved;
    }
}

/* Sorts a row and moves its distinct entries to the front; the rest becomes NO_NODE. */
static void tidy_row(int64_t count, uint32_t *row)
{
    sort_row(count, row);
    int64_t kept = 0;
    for (int64_t k = 0; k < count; k++)
        if (k == 0 || row[k] != row[k - 1]) row[kept++] = row[k];
    for (; kept < count; kept++)
        row[kept] = NO_NODE;
}

/* Closes the gaps behind the rows; returns the number of arcs that are left. */
static int64_t close_gaps(int64_t n, int64_t *row, uint32_t *neighbour)
{
    int64_t kept = 0;
    for (int64_t i = 0, begin = row[0]; i < n; i++) {
        int64_t end = row[i + 1];
        row[i] = kept;
        for (int64_t k = begin; k < end && neighbour[k] != NO_NODE; k++)
            neighbour[kept++] = neighbour[k];
        begin = end;
    }
    row[n] = kept;
    return kept;
}

/* Counts become the places where the rows begin. `row` has n + 1 counts, the first is 0. */
static void sum_up(int64_t n, int64_t *row)
{
    for (int64_t i = 0; i < n; i++)
        row[i + 1] += row[i];
}

static void tidy_rows(int64_t n, const int64_t *row, uint32_t *neighbour)
{
#pragma omp parallel for schedule(dynamic, 1024) num_threads(fr_threads())
    for (int64_t i = 0; i < n; i++)
        tidy_row(row[i + 1] - row[i], neighbour + row[i]);
}

/* A graph that owns its rows. */
static int own(int64_t n, int64_t *row, uint32_t *neighbour, fr_graph *out)
{
    graph_owned *owned = fr_alloc(1, sizeof *owned);
    if (owned == NULL) return FR_ENOMEM;
    owned->row = row;
    owned->neighbour = neighbour;
    *out = (fr_graph){
        .n = n, .n_arcs = row[n], .row = row, .neighbour = neighbour, .trusted = true, .owned = owned};
    out->volume = (double)row[n];
    out->min_weight = out->max_weight = row[n] > 0 ? 1 : 0;
    return FR_OK;
}

int generate_graph(int64_t n, pair_stream *stream, const void *model, fr_graph *out)
{
    *out = (fr_graph){0};
    int64_t *row = fr_alloc(n + 2, sizeof *row);
    uint32_t *neighbour = NULL;
    /* The counts of node i stand at i + 2, so that after summing up row[i + 1] is where row i begins; filling moves it to
     * where row i ends, which is where row i + 1 begins. */
    int status = row == NULL ? FR_ENOMEM : FR_OK;
    if (status == FR_OK) status = stream(model, &(pair_sink){.cursor = row + 2});
    if (status != FR_OK) goto done;
    sum_up(n, row + 1);
    neighbour = fr_alloc(row[n + 1], sizeof *neighbour);
    status = neighbour == NULL ? FR_ENOMEM : stream(model, &(pair_sink){row + 1, neighbour});
    if (status != FR_OK) goto done;
    tidy_rows(n, row, neighbour);
    int64_t n_arcs = close_gaps(n, row, neighbour);
    uint32_t *exact = fr_realloc(neighbour, n_arcs, sizeof *exact);
    if (exact != NULL) neighbour = exact; /* otherwise it stays too large */
    status = own(n, row, neighbour, out);
done:
    if (status != FR_OK) {
        fr_free(row);
        fr_free(neighbour);
    }
    return status;
}
