/* Listed arcs to sorted rows: count the arcs of every node, place them (each thread fills the rows of its own nodes, in the
 * order listed, so the result is the same for any number of threads), sort each row, merge duplicates in place. */
#include "graph_rows.h"

#include <inttypes.h>
#include <omp.h>
#include <unistd.h>

enum { arcs_per_thread = 200000, insertion_run = 24, batch_size = 64 };

int graph_rows_threads(int64_t arcs)
{
    int64_t useful = 1 + arcs / arcs_per_thread;
    return useful < fr_threads() ? (int)useful : fr_threads();
}

void graph_rows_free(graph_rows *rows)
{
    fr_free(rows->row);
    fr_free(rows->neighbour);
    fr_free(rows->weight);
    *rows = (graph_rows){0};
}

/* ---- sorting one row ---- */

/* Insertion sort of the entries start .. stop-1. */
static void sort_run(int64_t start, int64_t stop, uint32_t *neighbour, double *weight)
{
    for (int64_t k = start + 1; k < stop; k++) {
        uint32_t key = neighbour[k];
        double value = weight != NULL ? weight[k] : 1;
        int64_t at = k;
        for (; at > start && neighbour[at - 1] > key; at--) {
            neighbour[at] = neighbour[at - 1];
            if (weight != NULL) weight[at] = weight[at - 1];
        }
        neighbour[at] = key;
        if (weight != NULL) weight[at] = value;
    }
}

/* Merges the sorted entries start .. middle-1 and middle .. stop-1 into `to`. */
static void merge_runs(int64_t start, int64_t middle, int64_t stop, const uint32_t *from,
                       const double *from_weight, uint32_t *to, double *to_weight)
{
    int64_t left = start, right = middle;
    for (int64_t k = start; k < stop; k++) {
        bool take_left = left < middle && (right >= stop || from[left] <= from[right]);
        int64_t taken = take_left ? left++ : right++;
        to[k] = from[taken];
        if (to_weight != NULL) to_weight[k] = from_weight[taken];
    }
}

static bool is_sorted(int64_t count, const uint32_t *neighbour)
{
    for (int64_t k = 1; k < count; k++)
        if (neighbour[k - 1] > neighbour[k]) return false;
    return true;
}

void graph_rows_sort(int64_t count, uint32_t *neighbour, double *weight, uint32_t *keys, double *values)
{
    if (is_sorted(count, neighbour)) return;
    for (int64_t start = 0; start < count; start += insertion_run)
        sort_run(start, start + insertion_run < count ? start + insertion_run : count, neighbour, weight);
    uint32_t *from = neighbour, *to = keys;
    double *from_weight = weight, *to_weight = weight != NULL ? values : NULL;
    for (int64_t width = insertion_run; width < count; width *= 2) {
        for (int64_t start = 0; start < count; start += 2 * width) {
            int64_t middle = start + width < count ? start + width : count;
            int64_t stop = middle + width < count ? middle + width : count;
            merge_runs(start, middle, stop, from, from_weight, to, to_weight);
        }
        uint32_t *swapped = from;
        from = to, to = swapped;
        double *swapped_weight = from_weight;
        from_weight = to_weight, to_weight = swapped_weight;
    }
    if (from == neighbour) return;
    memcpy(neighbour, from, (size_t)count * sizeof *neighbour);
    if (weight != NULL) memcpy(weight, from_weight, (size_t)count * sizeof *weight);
}

/* ---- rows from the log ---- */

/* A few arcs at a time: while one is worked on, the memory that the later ones need is on its way. */
typedef struct {
    int64_t count;
    uint32_t from[batch_size], to[batch_size];
    double weight[batch_size];
} arc_batch;

/* The next arcs whose first node is in first .. stop-1; false behind the last. */
static bool next_batch(graph_reader *arc, int64_t first, int64_t stop, arc_batch *batch)
{
    int64_t n = 0;
    while (n < batch_size && graph_segment_next(arc)) {
        batch->from[n] = arc->from;
        batch->to[n] = arc->to;
        batch->weight[n] = arc->weight;
        n += arc->from >= first && arc->from < stop;
    }
    batch->count = n;
    return n > 0;
}

/* row[i+1] = arcs of node i, each thread for nodes of its own. */
static void count_arcs(const graph_log *log, int threads, graph_rows *rows)
{
#pragma omp parallel num_threads(threads)
    {
        int64_t first = rows->n * omp_get_thread_num() / omp_get_num_threads();
        int64_t stop = rows->n * (omp_get_thread_num() + 1) / omp_get_num_threads();
        arc_batch batch;
        for (int64_t s = 0; s < log->n_segments; s++)
            for (graph_reader arc = graph_segment_start(&log->segment[s]);
                 next_batch(&arc, first, stop, &batch);) {
                for (int64_t k = 0; k < batch.count; k++)
                    __builtin_prefetch(&rows->row[(int64_t)batch.from[k] + 1], 1);
                for (int64_t k = 0; k < batch.count; k++)
                    rows->row[(int64_t)batch.from[k] + 1]++;
            }
    }
}

/* The first node of the part `part` of `parts` that have about equally many arcs. */
static int64_t part_start(const graph_rows *rows, int part, int parts)
{
    int64_t wanted = rows->row[rows->n] / parts * part, low = 0, high = rows->n;
    if (part == parts) return rows->n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (rows->row[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void place_batch(const arc_batch *batch, int64_t *bounds, graph_rows *rows)
{
    for (int64_t k = 0; k < batch->count; k++)
        __builtin_prefetch(&bounds[batch->from[k]], 1);
    for (int64_t k = 0; k < batch->count; k++) {
        __builtin_prefetch(&rows->neighbour[bounds[batch->from[k]]], 1);
        if (rows->weight != NULL) __builtin_prefetch(&rows->weight[bounds[batch->from[k]]], 1);
    }
    for (int64_t k = 0; k < batch->count; k++) {
        int64_t place = bounds[batch->from[k]]++;
        rows->neighbour[place] = batch->to[k];
        if (rows->weight != NULL) rows->weight[place] = batch->weight[k];
    }
}

/* Places the arcs in the order listed. row[i] moves from the start of row i to its end meanwhile; then all step back. */
static void place_arcs(const graph_log *log, int threads, graph_rows *rows)
{
    int64_t *bounds = rows->row;
#pragma omp parallel num_threads(threads)
    {
        int parts = omp_get_num_threads(), part = omp_get_thread_num();
        int64_t first = part_start(rows, part, parts), stop = part_start(rows, part + 1, parts);
#pragma omp barrier
        arc_batch batch;
        for (int64_t s = 0; s < log->n_segments; s++)
            for (graph_reader arc = graph_segment_start(&log->segment[s]);
                 next_batch(&arc, first, stop, &batch);)
                place_batch(&batch, bounds, rows);
    }
    memmove(bounds + 1, bounds, (size_t)rows->n * sizeof *bounds);
    bounds[0] = 0;
}

static int64_t longest_row(const graph_rows *rows)
{
    int64_t longest = 0;
    for (int64_t i = 0; i < rows->n; i++)
        if (rows->row[i + 1] - rows->row[i] > longest) longest = rows->row[i + 1] - rows->row[i];
    return longest;
}

/* Sorts all rows; counts the arcs that equal the one before. */
static int sort_rows(graph_rows *rows, int threads, int64_t *duplicates)
{
    int64_t longest = longest_row(rows), found = 0;
    bool failed = false;
#pragma omp parallel num_threads(threads) reduction(+ : found) reduction(|| : failed)
    {
        uint32_t *keys = fr_alloc(longest, sizeof *keys);
        double *values = rows->weight != NULL ? fr_alloc(longest, sizeof *values) : NULL;
        failed = keys == NULL || (rows->weight != NULL && values == NULL);
#pragma omp for schedule(dynamic, 1024)
        for (int64_t i = 0; i < rows->n; i++) {
            if (failed) continue;
            int64_t start = rows->row[i], count = rows->row[i + 1] - start;
            uint32_t *neighbour = rows->neighbour + start;
            graph_rows_sort(count, neighbour, rows->weight != NULL ? rows->weight + start : NULL, keys,
                            values);
            for (int64_t k = 1; k < count; k++)
                found += neighbour[k] == neighbour[k - 1];
        }
        fr_free(keys);
        fr_free(values);
    }
    *duplicates = found;
    return failed ? fr_fail(FR_ENOMEM, "out of memory while sorting %" PRId64 " arcs", rows->row[rows->n])
                  : FR_OK;
}

static double merged_weight(fr_graph_duplicates rule, double first, double next)
{
    switch (rule) {
    case FR_GRAPH_DUP_SUM:
        return first + next;
    case FR_GRAPH_DUP_MAX:
        return next > first ? next : first;
    case FR_GRAPH_DUP_ONE:
        return 1;
    default:
        return first;
    }
}

/* Moves everything forward over the duplicates. */
static void merge_duplicates(graph_rows *rows, fr_graph_duplicates rule)
{
    int64_t to = 0;
    for (int64_t i = 0; i < rows->n; i++) {
        int64_t from = rows->row[i], stop = rows->row[i + 1], start = to;
        rows->row[i] = start;
        for (; from < stop; from++) {
            bool again = to > start && rows->neighbour[to - 1] == rows->neighbour[from];
            if (again && rows->weight != NULL)
                rows->weight[to - 1] = merged_weight(rule, rows->weight[to - 1], rows->weight[from]);
            if (again) continue;
            rows->neighbour[to] = rows->neighbour[from];
            if (rows->weight != NULL) rows->weight[to] = rows->weight[from];
            to++;
        }
    }
    rows->row[rows->n] = to;
}

int graph_rows_weigh(graph_rows *rows)
{
    int64_t count = rows->row[rows->n];
    rows->weight = fr_alloc(count, sizeof *rows->weight);
    if (rows->weight == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < count; k++)
        rows->weight[k] = 1;
    return FR_OK;
}

/* Rows that cannot fit into the machine are refused before the system kills the program: one large id is enough for that. */
static int check_nodes(int64_t n)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page <= 0 || n < (int64_t)pages * page / (int64_t)sizeof(int64_t)) return FR_OK;
    return fr_fail(FR_ENOMEM,
                   "a graph of %" PRId64
                   " nodes, one more than its largest id, does not fit into this machine's memory (ids that "
                   "are not 0, 1, 2, ... can be read as names)",
                   n);
}

int graph_rows_list(graph_log *log, int64_t n, fr_graph_duplicates rule, graph_rows *out, int64_t *duplicates)
{
    int64_t count = graph_log_count(log);
    int threads = graph_rows_threads(count);
    *out = (graph_rows){.n = n, .room = count};
    *duplicates = 0;
    int status = check_nodes(n);
    if (status != FR_OK) return status;
    out->row = fr_alloc(n + 1, sizeof *out->row);
    out->neighbour = fr_realloc(NULL, count, sizeof *out->neighbour);
    if (log->weighted) out->weight = fr_realloc(NULL, count, sizeof *out->weight);
    if (out->row == NULL || out->neighbour == NULL || (log->weighted && out->weight == NULL)) {
        status = FR_ENOMEM;
        goto done;
    }
    count_arcs(log, threads, out);
    for (int64_t i = 0; i < n; i++)
        out->row[i + 1] += out->row[i];
    place_arcs(log, threads, out);
    graph_log_clear(log);
    status = sort_rows(out, threads, duplicates);
    if (status == FR_OK && *duplicates > 0) {
        if (out->weight == NULL && rule == FR_GRAPH_DUP_SUM) status = graph_rows_weigh(out);
        if (status == FR_OK) merge_duplicates(out, rule);
    }
done:
    if (status != FR_OK) graph_rows_free(out);
    return status;
}
