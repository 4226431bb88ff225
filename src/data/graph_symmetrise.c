/* A <- max(A, A') or A + A' on sorted rows: each row gets room for its own arcs and those that come in, the reverses are put at
 * its end (they arrive in ascending order), and the two lists are merged forward in place. Each thread owns a range of rows, so
 * the result does not depend on the number of threads. */
#include "graph_rows.h"

#include <inttypes.h>
#include <omp.h>

typedef struct {
    int64_t from, to;
    double forth, back; /* 0: not listed, or listed with weight 0 */
} one_sided_arc;

/* The first arc whose reverse has another weight; false if A = A' but for listed zeros. */
static bool find_one_sided(const graph_rows *rows, one_sided_arc *found)
{
    for (int64_t i = 0; i < rows->n; i++)
        for (int64_t k = rows->row[i]; k < rows->row[i + 1]; k++) {
            int64_t j = rows->neighbour[k], end = rows->row[j + 1];
            int64_t reverse = graph_row_from(rows->neighbour, rows->row[j], end, i);
            double forth = rows->weight != NULL ? rows->weight[k] : 1, back = 0;
            if (reverse < end && rows->neighbour[reverse] == i)
                back = rows->weight != NULL ? rows->weight[reverse] : 1;
            *found = (one_sided_arc){.from = i, .to = j, .forth = forth, .back = back};
            if (forth != back) return true;
        }
    return false;
}

/* Each thread takes the arcs (i, j), i != j, with j in its range, i ascending. place[j] counts them (to NULL), or is where in `to`
 * the next i goes. */
static void transpose(const graph_rows *rows, int64_t *place, graph_rows *to)
{
    int64_t count = rows->row[rows->n];
    const uint32_t *neighbour = rows->neighbour;
#pragma omp parallel num_threads(graph_rows_threads(count))
    {
        int64_t parts = omp_get_num_threads(), part = omp_get_thread_num();
        int64_t first = rows->n * part / parts, stop = rows->n * (part + 1) / parts;
        for (int64_t i = 0; i < rows->n; i++) {
            int64_t end = rows->row[i + 1];
            for (int64_t k = graph_row_from(neighbour, rows->row[i], end, first);
                 k < end && neighbour[k] < stop; k++) {
                if (k + prefetch_far < count) { /* any arc: only a hint */
                    __builtin_prefetch(&place[neighbour[k + prefetch_far]], 1);
                    if (to != NULL)
                        __builtin_prefetch(&to->neighbour[place[neighbour[k + prefetch_near]]], 1);
                }
                if (neighbour[k] == i) continue;
                int64_t at = place[neighbour[k]]++;
                if (to == NULL) continue;
                to->neighbour[at] = (uint32_t)i;
                if (to->weight != NULL) to->weight[at] = rows->weight[k];
            }
        }
    }
}

/* Rows with room for their own arcs and for those that come in; place[j] becomes where the latter start. */
static int make_room(const graph_rows *rows, int64_t *place, graph_rows *made)
{
    *made = (graph_rows){.n = rows->n, .row = fr_realloc(NULL, rows->n + 1, sizeof *made->row)};
    if (made->row == NULL) return FR_ENOMEM;
    made->row[0] = 0;
    for (int64_t i = 0; i < rows->n; i++) {
        int64_t listed = rows->row[i + 1] - rows->row[i], coming = place[i];
        place[i] = made->row[i] + listed;
        made->row[i + 1] = place[i] + coming;
    }
    made->room = made->row[rows->n];
    made->neighbour = fr_realloc(NULL, made->room, sizeof *made->neighbour);
    if (rows->weight != NULL) made->weight = fr_realloc(NULL, made->room, sizeof *made->weight);
    bool complete = made->neighbour != NULL && (rows->weight == NULL || made->weight != NULL);
    return complete ? FR_OK : FR_ENOMEM;
}

/* Merges row i of `rows` and the reverses at the end of row i of `made`, which the writing never overtakes. Returns behind the last
 * arc; counts those whose reverse has another weight or is not listed. */
static int64_t merge_row(const graph_rows *rows, int64_t i, fr_graph_symmetrise rule, graph_rows *made,
                         int64_t *one_sided)
{
    int64_t own = rows->row[i], own_end = rows->row[i + 1], to = made->row[i];
    int64_t other = to + (own_end - own), other_end = made->row[i + 1];
    for (; own < own_end || other < other_end; to++) {
        bool take_own =
            own < own_end && (other == other_end || rows->neighbour[own] <= made->neighbour[other]);
        bool take_other =
            other < other_end && (own == own_end || made->neighbour[other] <= rows->neighbour[own]);
        uint32_t neighbour = take_own ? rows->neighbour[own] : made->neighbour[other];
        if (made->weight != NULL) {
            double forth = take_own ? rows->weight[own] : 0, back = take_other ? made->weight[other] : 0;
            *one_sided += take_own && neighbour != i && (!take_other || forth != back);
            made->weight[to] = rule == FR_GRAPH_SYM_SUM ? forth + back : forth > back ? forth : back;
        } else {
            *one_sided += take_own && !take_other && neighbour != i;
        }
        made->neighbour[to] = neighbour;
        own += take_own;
        other += take_other;
    }
    return to;
}

/* Moves the rows, which end at stop[i], to where the one before ends. */
static void close_gaps(graph_rows *rows, const int64_t *stop)
{
    int64_t to = 0;
    for (int64_t i = 0; i < rows->n; i++) {
        int64_t from = rows->row[i], count = stop[i] - from;
        rows->row[i] = to;
        if (from != to) {
            memmove(rows->neighbour + to, rows->neighbour + from, (size_t)count * sizeof *rows->neighbour);
            if (rows->weight != NULL)
                memmove(rows->weight + to, rows->weight + from, (size_t)count * sizeof *rows->weight);
        }
        to += count;
    }
    rows->row[rows->n] = to;
}

/* max(A, A') or A + A' of rows that are not symmetric; `place` has n zeros. */
static int combine(graph_rows *rows, fr_graph_symmetrise rule, int64_t *place, int64_t *one_sided)
{
    graph_rows made = {0};
    int64_t found = 0;
    transpose(rows, place, NULL);
    int status = make_room(rows, place, &made);
    if (status == FR_OK) {
        transpose(rows, place, &made);
#pragma omp parallel for num_threads(graph_rows_threads(made.room)) schedule(dynamic, 1024) reduction(+ : found)
        for (int64_t i = 0; i < rows->n; i++)
            place[i] = merge_row(rows, i, rule, &made, &found);
        graph_rows_free(rows);
        close_gaps(&made, place);
        *rows = made;
        made = (graph_rows){0};
    }
    graph_rows_free(&made);
    *one_sided = found;
    return status;
}

int graph_rows_symmetrise(graph_rows *rows, fr_graph_symmetrise rule, const char *file, int64_t *one_sided)
{
    bool symmetric;
    *one_sided = 0;
    int status = graph_view_symmetric(
        &(graph_view){.n = rows->n, .row = rows->row, .neighbour = rows->neighbour, .weight = rows->weight},
        &symmetric);
    if (status != FR_OK || symmetric) return status;
    one_sided_arc arc;
    bool differs = rule == FR_GRAPH_SYM_MAX || find_one_sided(rows, &arc);
    if (!differs) rule = FR_GRAPH_SYM_MAX;
    if (rule == FR_GRAPH_SYM_ERROR)
        return fr_fail(FR_EINPUT,
                       "%s: the graph is not symmetric: the arc from node %" PRId64 " to %" PRId64
                       " has weight %g, back %g (numbers from 0; weight 0: not listed)",
                       file, arc.from, arc.to, arc.forth, arc.back);
    if (rule == FR_GRAPH_SYM_SUM && rows->weight == NULL) status = graph_rows_weigh(rows);
    if (status != FR_OK) return status;
    int64_t *place = fr_alloc(rows->n, sizeof *place);
    if (place == NULL) return FR_ENOMEM;
    status = combine(rows, rule, place, one_sided);
    fr_free(place);
    return status;
}
