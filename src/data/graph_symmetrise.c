/* A <- max(A, A') or A + A' on sorted rows, without a transposed copy: the arcs (i, j) are walked with i ascending, and in
 * row j a cursor follows to where (j, i) is or should be. Each thread owns a range of j, so the result does not depend on the
 * number of threads. Where (j, i) is missing it is added to row j: counted in a first walk, written in a second. */
#include "graph_rows.h"

#include <inttypes.h>
#include <omp.h>

typedef struct {
    graph_rows *rows;
    uint32_t *cursor; /* n: position within row j; NULL if no arc has its reverse listed */
    uint32_t *extra;  /* n: arcs that row j lacks */
    int threads;
} symmetriser;

/* First entry of the row's part start .. stop-1 that is not below `node`. */
static int64_t lower_bound(const uint32_t *neighbour, int64_t start, int64_t stop, int64_t node)
{
    while (start < stop) {
        int64_t middle = start + (stop - start) / 2;
        if (neighbour[middle] < node)
            start = middle + 1;
        else
            stop = middle;
    }
    return start;
}

/* Where (j, i) lies, or -1. Calls for the same j come with i ascending. */
static inline int64_t reverse_of(const symmetriser *work, int64_t i, int64_t j)
{
    if (work->cursor == NULL) return -1;
    const graph_rows *rows = work->rows;
    int64_t start = rows->row[j], count = rows->row[j + 1] - start, at = work->cursor[j];
    while (at < count && rows->neighbour[start + at] < i)
        at++;
    work->cursor[j] = (uint32_t)at;
    return at < count && rows->neighbour[start + at] == i ? start + at : -1;
}

/* All arcs i < j, or all i > j (loops aside): then no reverse is listed. */
static bool is_triangular(const graph_rows *rows, int threads)
{
    bool up = false, down = false;
#pragma omp parallel for num_threads(threads) reduction(|| : up, down)
    for (int64_t i = 0; i < rows->n; i++) {
        if (rows->row[i] == rows->row[i + 1]) continue;
        down = down || rows->neighbour[rows->row[i]] < i;
        up = up || rows->neighbour[rows->row[i + 1] - 1] > i;
    }
    return !up || !down;
}

/* First walk: what each row lacks; returns how many arcs have no reverse of their weight. */
static int64_t compare(symmetriser *work)
{
    const graph_rows *rows = work->rows;
    int64_t one_sided = 0;
#pragma omp parallel num_threads(work->threads) reduction(+ : one_sided)
    {
        int64_t parts = omp_get_num_threads(), part = omp_get_thread_num();
        int64_t first = rows->n * part / parts, stop = rows->n * (part + 1) / parts;
        for (int64_t i = 0; i < rows->n; i++) {
            int64_t end = rows->row[i + 1];
            int64_t k = part == 0 ? rows->row[i] : lower_bound(rows->neighbour, rows->row[i], end, first);
            for (; k < end && rows->neighbour[k] < stop; k++) {
                int64_t j = rows->neighbour[k], reverse = i == j ? k : reverse_of(work, i, j);
                if (reverse < 0) work->extra[j]++;
                one_sided +=
                    reverse < 0 || (rows->weight != NULL && rows->weight[reverse] != rows->weight[k]);
            }
        }
    }
    return one_sided;
}

/* Second walk: merges the weights of arcs that have both directions (in place, at the visit with i < j), and puts the missing
 * ones behind where the listed ones of row j will come to lie in `made`. work->extra counts them anew. */
static void combine(symmetriser *work, fr_graph_symmetrise rule, graph_rows *made)
{
    graph_rows *rows = work->rows;
#pragma omp parallel num_threads(work->threads)
    {
        int64_t parts = omp_get_num_threads(), part = omp_get_thread_num();
        int64_t first = rows->n * part / parts, stop = rows->n * (part + 1) / parts;
        for (int64_t i = 0; i < rows->n; i++) {
            int64_t end = rows->row[i + 1];
            int64_t k = part == 0 ? rows->row[i] : lower_bound(rows->neighbour, rows->row[i], end, first);
            for (; k < end && rows->neighbour[k] < stop; k++) {
                int64_t j = rows->neighbour[k];
                if (i == j) continue;
                int64_t reverse = reverse_of(work, i, j);
                if (reverse < 0) {
                    int64_t place = made->row[j] + (rows->row[j + 1] - rows->row[j]) + work->extra[j]++;
                    made->neighbour[place] = (uint32_t)i;
                    if (rows->weight != NULL) made->weight[place] = rows->weight[k];
                } else if (i < j && rows->weight != NULL) {
                    double one = rows->weight[k], other = rows->weight[reverse];
                    double weight = rule == FR_GRAPH_SYM_SUM ? one + other : one > other ? one : other;
                    rows->weight[k] = rows->weight[reverse] = weight;
                }
            }
        }
    }
}

/* Row by row: the listed arcs and the added ones, both ascending, into one ascending row. The added ones lie at its end, which
 * the writing never overtakes. */
static void merge_rows(const graph_rows *rows, graph_rows *made, int threads)
{
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1024)
    for (int64_t i = 0; i < rows->n; i++) {
        int64_t listed = rows->row[i], listed_end = rows->row[i + 1], to = made->row[i];
        int64_t added = to + (listed_end - listed), added_end = made->row[i + 1];
        for (; listed < listed_end; to++) {
            bool take = added == added_end || rows->neighbour[listed] < made->neighbour[added];
            made->neighbour[to] = take ? rows->neighbour[listed] : made->neighbour[added];
            if (rows->weight != NULL) made->weight[to] = take ? rows->weight[listed] : made->weight[added];
            listed += take;
            added += !take;
        }
    }
}

/* Rows with room for what is missing, whose places are not filled yet. */
static int make_room(const symmetriser *work, graph_rows *made)
{
    const graph_rows *rows = work->rows;
    *made = (graph_rows){.n = rows->n, .row = fr_realloc(NULL, rows->n + 1, sizeof *made->row)};
    if (made->row == NULL) return FR_ENOMEM;
    made->row[0] = 0;
    for (int64_t i = 0; i < rows->n; i++)
        made->row[i + 1] = made->row[i] + (rows->row[i + 1] - rows->row[i]) + work->extra[i];
    int64_t count = made->room = made->row[rows->n];
    made->neighbour = fr_realloc(NULL, count, sizeof *made->neighbour);
    if (rows->weight != NULL) made->weight = fr_realloc(NULL, count, sizeof *made->weight);
    bool complete = made->neighbour != NULL && (rows->weight == NULL || made->weight != NULL);
    return complete ? FR_OK : FR_ENOMEM;
}

/* The message about the first arc whose reverse is missing or has another weight. */
static int refuse(const graph_rows *rows, const char *file)
{
    for (int64_t i = 0; i < rows->n; i++)
        for (int64_t k = rows->row[i]; k < rows->row[i + 1]; k++) {
            int64_t j = rows->neighbour[k], end = rows->row[j + 1];
            int64_t reverse = lower_bound(rows->neighbour, rows->row[j], end, i);
            double weight = rows->weight != NULL ? rows->weight[k] : 1, other = 0;
            if (reverse < end && rows->neighbour[reverse] == i)
                other = rows->weight != NULL ? rows->weight[reverse] : 1;
            if (weight != other)
                return fr_fail(FR_EINPUT,
                               "%s: the graph is not symmetric: node %" PRId64 " to %" PRId64
                               " has weight %g, back %g "
                               "(0-based numbers; 0: not listed)",
                               file, i, j, weight, other);
        }
    return FR_OK; /* one-sided zeros only */
}

int graph_rows_symmetrise(graph_rows *rows, fr_graph_symmetrise rule, const char *file, int64_t *one_sided)
{
    symmetriser work = {.rows = rows, .threads = graph_rows_threads(rows->row[rows->n])};
    graph_rows made = {0};
    int status = FR_OK;
    if (!is_triangular(rows, work.threads)) {
        work.cursor = fr_alloc(rows->n, sizeof *work.cursor);
        if (work.cursor == NULL) status = FR_ENOMEM;
    }
    work.extra = fr_alloc(rows->n, sizeof *work.extra);
    if (work.extra == NULL) status = FR_ENOMEM;
    *one_sided = 0;
    if (status != FR_OK) goto done;
    *one_sided = compare(&work);
    if (*one_sided > 0 && rule == FR_GRAPH_SYM_ERROR) status = refuse(rows, file);
    if (status != FR_OK || *one_sided == 0) goto done;
    if (rule == FR_GRAPH_SYM_SUM && rows->weight == NULL && work.cursor != NULL)
        status = graph_rows_weigh(rows);
    if (status == FR_OK) status = make_room(&work, &made);
    if (status != FR_OK) goto done;
    memset(work.extra, 0, (size_t)rows->n * sizeof *work.extra);
    if (work.cursor != NULL) memset(work.cursor, 0, (size_t)rows->n * sizeof *work.cursor);
    combine(&work, rule, &made);
    merge_rows(rows, &made, work.threads);
    graph_rows_free(rows);
    *rows = made;
    made = (graph_rows){0};
done:
    fr_free(work.cursor);
    fr_free(work.extra);
    graph_rows_free(&made);
    return status;
}
