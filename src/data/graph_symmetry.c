/* Is A = A'? The arcs (i, j) are walked with i ascending, so in row j a place moves from one reverse (j, i) to the next; at the
 * end every place must have reached the end of its row. Each thread owns a range of j. */
#include "graph_rows.h"

#include <omp.h>

/* Walks the arcs to first .. stop-1; false as soon as a reverse is not where it must be. */
static bool walk(const graph_view *rows, int64_t *place, int64_t first, int64_t stop)
{
    int64_t count = rows->row[rows->n];
    const uint32_t *neighbour = rows->neighbour;
    for (int64_t j = first; j < stop; j++)
        place[j] = rows->row[j];
    for (int64_t i = 0; i < rows->n; i++) {
        int64_t end = rows->row[i + 1];
        for (int64_t k = graph_row_from(neighbour, rows->row[i], end, first); k < end && neighbour[k] < stop;
             k++) {
            if (k + prefetch_far < count) {
                __builtin_prefetch(&place[neighbour[k + prefetch_far]], 1);
                int64_t soon = neighbour[k + prefetch_near];
                if (soon >= first && soon < stop) __builtin_prefetch(&neighbour[place[soon]]);
            }
            int64_t reverse = place[neighbour[k]]++;
            bool matches = reverse < count && neighbour[reverse] == i &&
                           (rows->weight == NULL || rows->weight[reverse] == rows->weight[k]);
            if (!matches) return false;
        }
    }
    for (int64_t j = first; j < stop; j++)
        if (place[j] != rows->row[j + 1]) return false;
    return true;
}

int graph_view_symmetric(const graph_view *rows, bool *symmetric)
{
    bool all = true;
    *symmetric = false;
    int64_t *place = fr_alloc(rows->n, sizeof *place);
    if (place == NULL) return FR_ENOMEM;
#pragma omp parallel num_threads(graph_rows_threads(rows->row[rows->n])) reduction(&& : all)
    {
        int64_t parts = omp_get_num_threads(), part = omp_get_thread_num();
        all = walk(rows, place, rows->n * part / parts, rows->n * (part + 1) / parts);
    }
    fr_free(place);
    *symmetric = all;
    return FR_OK;
}
