/* A graph with some edges added, set or removed: the changes are sorted and made edge by edge, and the new rows are the old ones with
 * the changed arcs merged in; runs of rows that do not change are copied as they lie. */
#include "graph_rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is left of a weight within this share of it is rounding. */
static const double rounding = 1e-12;

/* One listed change, its ends in order. */
typedef struct {
    uint32_t low, high;
    int64_t place;
} listed_edit;

/* The new weight of an arc; 0: there is none any more. */
typedef struct {
    uint32_t row, other;
    double weight;
} changed_arc;

typedef struct {
    const fr_graph *graph;
    const fr_graph_edits *edits;
    int64_t n; /* nodes of the new graph */
    listed_edit *listed;
    changed_arc *arc;
    int64_t n_arcs;
    fr_graph_edit_notes notes;
} edit_run;

/* ---- what each edge becomes ------------------------------------------------------------------------------------------- */

/* "changes.txt:7" or "change 7" */
static void where(const edit_run *run, int64_t place, char text[300])
{
    const fr_graph_edge_edit *edit = &run->edits->edge[place];
    if (edit->file != NULL)
        snprintf(text, 300, "%.250s:%" PRId64, edit->file, edit->line);
    else
        snprintf(text, 300, "change %" PRId64, place);
}

static int check_edit(const edit_run *run, int64_t place)
{
    const fr_graph_edge_edit *edit = &run->edits->edge[place];
    char what[300];
    where(run, place, what);
    if ((unsigned)edit->change > FR_GRAPH_REMOVE)
        return fr_fail(FR_EUSAGE, "%s: there is no kind of change number %d", what, (int)edit->change);
    int64_t bad = edit->from < 0 || edit->from >= run->n ? edit->from : edit->to;
    if (bad < 0 || bad >= run->n)
        return fr_fail(FR_EUSAGE, "%s: node %" PRId64 " is not between 0 and %" PRId64, what, bad,
                       run->n - 1);
    if (!(edit->weight >= 0) || (isinf(edit->weight) && edit->change != FR_GRAPH_REMOVE))
        return fr_fail(FR_EINPUT, "%s: weight %g is not a finite number >= 0", what, edit->weight);
    return FR_OK;
}

static int by_edge(const void *a, const void *b)
{
    const listed_edit *x = a, *y = b;
    if (x->low != y->low) return x->low < y->low ? -1 : 1;
    if (x->high != y->high) return x->high < y->high ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static int list_edits(edit_run *run)
{
    int64_t count = run->edits->count;
    run->listed = fr_alloc(count, sizeof *run->listed);
    if (run->listed == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < count; k++) {
        int status = check_edit(run, k);
        if (status != FR_OK) return status;
        uint32_t from = (uint32_t)run->edits->edge[k].from, to = (uint32_t)run->edits->edge[k].to;
        run->listed[k] = (listed_edit){from < to ? from : to, from < to ? to : from, k};
    }
    if (count > 0) qsort(run->listed, (size_t)count, sizeof *run->listed, by_edge);
    return FR_OK;
}

/* 0 where there is no such edge. */
static double weight_of(const fr_graph *graph, uint32_t i, uint32_t j)
{
    if (i >= graph->n) return 0;
    int64_t stop = graph->row[i + 1], k = graph_row_from(graph->neighbour, graph->row[i], stop, j);
    if (k == stop || graph->neighbour[k] != j) return 0;
    return graph->weight != NULL ? graph->weight[k] : 1;
}

static int take_away(const edit_run *run, const listed_edit *listed, double amount, double *weight)
{
    double left = *weight - amount;
    if (*weight > 0 && (isinf(amount) || fabs(left) <= rounding * *weight)) left = 0;
    if (*weight > 0 && left >= 0) {
        *weight = left;
        return FR_OK;
    }
    char what[300], low[24], high[24];
    where(run, listed->place, what);
    const char *from = fr_graph_name(run->graph, listed->low, low);
    const char *to = fr_graph_name(run->graph, listed->high, high);
    if (*weight > 0)
        return fr_fail(FR_EINPUT,
                       "%s: the edge between %.80s and %.80s has weight %g, less than the %g to take away",
                       what, from, to, *weight, amount);
    return fr_fail(FR_EINPUT, "%s: there is no edge between %.80s and %.80s to remove", what, from, to);
}

/* The changes listed[0 .. count-1] of one edge, in order. */
static int change_edge(edit_run *run, const listed_edit *listed, int64_t count)
{
    double before = weight_of(run->graph, listed->low, listed->high), weight = before;
    for (int64_t k = 0; k < count; k++) {
        const fr_graph_edge_edit *edit = &run->edits->edge[listed[k].place];
        int status = FR_OK;
        if (edit->change == FR_GRAPH_REMOVE)
            status = take_away(run, &listed[k], edit->weight, &weight);
        else
            weight = edit->weight + (edit->change == FR_GRAPH_ADD ? weight : 0);
        if (status != FR_OK) return status;
    }
    if (weight == before) return FR_OK;
    run->notes.added += before == 0;
    run->notes.removed += weight == 0;
    run->notes.changed += before > 0 && weight > 0;
    run->arc[run->n_arcs++] = (changed_arc){listed->low, listed->high, weight};
    if (listed->low != listed->high)
        run->arc[run->n_arcs++] = (changed_arc){listed->high, listed->low, weight};
    return FR_OK;
}

static int by_arc(const void *a, const void *b)
{
    const changed_arc *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (x->other > y->other) - (x->other < y->other);
}

static int change_edges(edit_run *run)
{
    int64_t count = run->edits->count;
    run->arc = fr_alloc(2 * count, sizeof *run->arc);
    if (run->arc == NULL) return FR_ENOMEM;
    for (int64_t k = 0, same = 0; k < count; k += same) {
        const listed_edit *first = &run->listed[k];
        for (same = 1; k + same < count && first[same].low == first->low && first[same].high == first->high;)
            same++;
        int status = change_edge(run, first, same);
        if (status != FR_OK) return status;
    }
    if (run->n_arcs > 0) qsort(run->arc, (size_t)run->n_arcs, sizeof *run->arc, by_arc);
    return FR_OK;
}

/* ---- the new rows ------------------------------------------------------------------------------------------------------- */

static int64_t put_arcs(const fr_graph *graph, int64_t from, int64_t count, graph_rows *rows, int64_t to)
{
    if (count == 0) return to;
    memcpy(rows->neighbour + to, graph->neighbour + from, (size_t)count * sizeof *rows->neighbour);
    if (graph->weight != NULL)
        memcpy(rows->weight + to, graph->weight + from, (size_t)count * sizeof *rows->weight);
    for (int64_t k = 0; graph->weight == NULL && rows->weight != NULL && k < count; k++)
        rows->weight[to + k] = 1;
    return to + count;
}

/* Rows first .. stop-1 as they are, their arcs from `to` on. Nodes behind the old ones have none. */
static int64_t put_rows(const fr_graph *graph, int64_t first, int64_t stop, graph_rows *rows, int64_t to)
{
    int64_t old_stop = stop < graph->n ? stop : graph->n, end = to;
    if (first < old_stop) {
        int64_t shift = to - graph->row[first];
        end = put_arcs(graph, graph->row[first], graph->row[old_stop] - graph->row[first], rows, to);
        for (int64_t i = first; i < old_stop; i++)
            rows->row[i + 1] = graph->row[i + 1] + shift;
    }
    for (int64_t i = first > old_stop ? first : old_stop; i < stop; i++)
        rows->row[i + 1] = end;
    return end;
}

/* The row of these changes, which ascend. */
static int64_t put_changed_row(const fr_graph *graph, const changed_arc *arc, int64_t count, graph_rows *rows,
                               int64_t to)
{
    int64_t i = arc->row, from = i < graph->n ? graph->row[i] : 0,
            stop = i < graph->n ? graph->row[i + 1] : 0;
    for (int64_t k = 0; k < count; k++) {
        int64_t next = graph_row_from(graph->neighbour, from, stop, arc[k].other);
        to = put_arcs(graph, from, next - from, rows, to);
        from = next < stop && graph->neighbour[next] == arc[k].other ? next + 1 : next;
        if (arc[k].weight == 0) continue;
        rows->neighbour[to] = arc[k].other;
        if (rows->weight != NULL) rows->weight[to] = arc[k].weight;
        to++;
    }
    to = put_arcs(graph, from, stop - from, rows, to);
    rows->row[i + 1] = to;
    return to;
}

static int make_rows(const edit_run *run, graph_rows *rows)
{
    const fr_graph *graph = run->graph;
    bool weighted = graph->weight != NULL;
    int64_t more = 0;
    for (int64_t k = 0; k < run->n_arcs; k++) {
        weighted = weighted || (run->arc[k].weight != 0 && run->arc[k].weight != 1);
        more += run->arc[k].weight != 0; /* some only replace */
    }
    *rows = (graph_rows){.n = run->n, .room = graph->n_arcs + more};
    rows->row = fr_alloc(rows->n + 1, sizeof *rows->row);
    rows->neighbour = fr_realloc(NULL, rows->room, sizeof *rows->neighbour);
    if (weighted) rows->weight = fr_realloc(NULL, rows->room, sizeof *rows->weight);
    if (rows->row == NULL || rows->neighbour == NULL || (weighted && rows->weight == NULL)) return FR_ENOMEM;
    int64_t to = 0, done = 0;
    for (int64_t k = 0, same = 0; k < run->n_arcs; k += same) {
        const changed_arc *first = &run->arc[k];
        for (same = 1; k + same < run->n_arcs && first[same].row == first->row;)
            same++;
        to = put_rows(graph, done, first->row, rows, to);
        to = put_changed_row(graph, first, same, rows, to);
        done = (int64_t)first->row + 1;
    }
    put_rows(graph, done, run->n, rows, to);
    return FR_OK;
}

/* ---- names -------------------------------------------------------------------------------------------------------------- */

/* The old names, and the new ones behind them. */
static int make_names(const edit_run *run, graph_names *names)
{
    char number[24];
    const char *text = run->edits->new_names;
    int64_t place;
    bool added = true;
    int status = FR_OK;
    for (int64_t i = 0; status == FR_OK && i < run->graph->n; i++) {
        const char *name = fr_graph_name(run->graph, i, number);
        status = graph_names_append(names, name, (int64_t)strlen(name));
    }
    for (int64_t i = run->graph->n; status == FR_OK && i < run->n; i++) {
        int64_t length = (int64_t)strlen(text);
        if (length == 0) return fr_fail(FR_EUSAGE, "new node %" PRId64 " has an empty name", i);
        status = graph_names_add(names, text, length, &place, &added);
        if (status == FR_OK && !added)
            status = fr_fail(FR_EUSAGE, "new node %" PRId64 ": node %" PRId64 " is called '%.80s' already", i,
                             place, text);
        text += length + 1;
    }
    return status;
}

/* ---- all of it ---------------------------------------------------------------------------------------------------------- */

static int check(const fr_graph *graph, const fr_graph_edits *edits)
{
    if (!graph->trusted)
        return fr_fail(FR_EUSAGE,
                       "the graph was mapped from a file and not checked; call fr_graph_check first");
    if (edits->count < 0 || edits->n_new < 0 || edits->n_new > GRAPH_MOST_NODES - graph->n)
        return fr_fail(FR_EUSAGE,
                       "%" PRId64 " changes and %" PRId64 " new nodes of a graph of %" PRId64 " nodes",
                       edits->count, edits->n_new, graph->n);
    if (edits->n_new > 0 && (graph->name_offset != NULL) != (edits->new_names != NULL))
        return fr_fail(FR_EUSAGE, "%s",
                       edits->new_names != NULL
                           ? "new nodes have names, but those of the graph are numbers"
                           : "the nodes of the graph have names, and new ones need some too");
    return FR_OK;
}

int fr_graph_edit(const fr_graph *graph, const fr_graph_edits *edits, fr_graph *out,
                  fr_graph_edit_notes *notes)
{
    *out = (fr_graph){0};
    if (notes != NULL) *notes = (fr_graph_edit_notes){0};
    int status = check(graph, edits);
    if (status != FR_OK) return status;
    edit_run run = {.graph = graph, .edits = edits, .n = graph->n + edits->n_new};
    graph_rows rows = {0};
    graph_names names = {0};
    int64_t zeros;
    status = list_edits(&run);
    if (status == FR_OK) status = change_edges(&run);
    if (status == FR_OK) status = make_rows(&run, &rows);
    if (status == FR_OK && graph->name_offset != NULL) status = make_names(&run, &names);
    if (status == FR_OK) status = graph_rows_take(&rows, "the changed graph", out, &zeros);
    if (status == FR_OK && names.count > 0) status = graph_hand_over_names(&names, out);
    if (status != FR_OK)
        fr_graph_free(out);
    else if (notes != NULL)
        *notes = run.notes;
    fr_free(run.listed);
    fr_free(run.arc);
    graph_rows_free(&rows);
    graph_names_free(&names);
    return status;
}
