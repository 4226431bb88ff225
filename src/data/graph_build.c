/* Listed arcs: what is kept of each, and the steps from the list to the graph. */
#include "graph_build.h"
#include "graph_rows.h"

#include <inttypes.h>
#include <math.h>

void fr_graph_settings_default(fr_graph_settings *settings)
{
    *settings = (fr_graph_settings){.format = FR_GRAPH_AUTO,
                                    .header = FR_HEADER_AUTO,
                                    .columns = {0, 1, 2},
                                    .duplicates = FR_GRAPH_DUP_SUM,
                                    .symmetrise = FR_GRAPH_SYM_MAX};
}

static int check_settings(const fr_graph_settings *settings)
{
    if (settings->separator != 0 && strchr("\t,; ", settings->separator) == NULL)
        return fr_fail(FR_EUSAGE, "the separator of an edge list is a tab, a comma, a semicolon or a blank");
    if (settings->n_nodes < 0 || settings->n_nodes > GRAPH_MOST_NODES)
        return fr_fail(FR_EUSAGE, "the number of nodes must be between 0 and %" PRId64 ", not %" PRId64,
                       GRAPH_MOST_NODES, settings->n_nodes);
    const int64_t *column = settings->columns;
    if (column[0] < 0 || column[1] < 0 || column[2] < -1 || column[0] == column[1] ||
        column[2] == column[0] || column[2] == column[1])
        return fr_fail(FR_EUSAGE,
                       "the columns of an edge list must be different ones for from, to and weight (none: "
                       "-1), not %" PRId64 ", %" PRId64 ", %" PRId64,
                       column[0], column[1], column[2]);
    if ((unsigned)settings->duplicates > FR_GRAPH_DUP_ONE ||
        (unsigned)settings->symmetrise > FR_GRAPH_SYM_ERROR || (unsigned)settings->format > FR_GRAPH_FGRAPH ||
        (unsigned)settings->header > FR_HEADER_NO)
        return fr_fail(FR_EUSAGE, "the settings of the graph hold a value that is none of its kind");
    return FR_OK;
}

int graph_arcs_init(graph_arcs *arcs, const char *file, const fr_graph_settings *settings)
{
    *arcs = (graph_arcs){.file = file};
    fr_graph_settings_default(&arcs->settings);
    if (settings != NULL) arcs->settings = *settings;
    int status = check_settings(&arcs->settings);
    if (status != FR_OK) return status;
    arcs->n = arcs->settings.n_nodes;
    arcs->log = fr_alloc(1, sizeof *arcs->log);
    return arcs->log != NULL ? FR_OK : FR_ENOMEM;
}

void graph_arcs_free(graph_arcs *arcs)
{
    if (arcs->log != NULL) graph_log_clear(arcs->log);
    fr_free(arcs->log);
    graph_names_free(&arcs->names);
    *arcs = (graph_arcs){0};
}

static int refuse_id(const graph_arcs *arcs, int64_t id, int64_t line)
{
    int64_t base = arcs->settings.one_based ? 1 : 0;
    if (id < 0)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": node %" PRId64 " is below %" PRId64, arcs->file, line,
                       id + base, base);
    return fr_fail(FR_EINPUT,
                   "%s:%" PRId64 ": node %" PRId64 " is too large; ids go up to %" PRId64
                   " (larger ones can be read as names)",
                   arcs->file, line, id + base, GRAPH_MOST_NODES - 1 + base);
}

int graph_arcs_add(graph_arcs *arcs, int64_t from, int64_t to, double weight, int64_t line)
{
    arcs->notes.lines++;
    if (arcs->settings.unweighted) weight = 1;
    if (from < 0 || from >= GRAPH_MOST_NODES) return refuse_id(arcs, from, line);
    if (to < 0 || to >= GRAPH_MOST_NODES) return refuse_id(arcs, to, line);
    if (!(weight >= 0) || isinf(weight)) {
        if (!arcs->settings.drop_bad_weights)
            return fr_fail(FR_EINPUT,
                           "%s:%" PRId64
                           ": weight %g is not a finite number >= 0 (such lines can be dropped)",
                           arcs->file, line, weight);
        arcs->notes.dropped_weights++;
        return FR_OK;
    }
    if (from >= arcs->n) arcs->n = from + 1;
    if (to >= arcs->n) arcs->n = to + 1;
    if (from == to && arcs->settings.drop_loops) {
        arcs->notes.dropped_loops++;
        return FR_OK;
    }
    return graph_log_add(arcs->log, (uint32_t)from, (uint32_t)to, fabs(weight)); /* no -0 */
}

int graph_arcs_absorb(graph_arcs *arcs, graph_arcs *other)
{
    if (other->n > arcs->n) arcs->n = other->n;
    arcs->notes.lines += other->notes.lines;
    arcs->notes.dropped_weights += other->notes.dropped_weights;
    arcs->notes.dropped_loops += other->notes.dropped_loops;
    other->notes = (fr_graph_notes){0};
    return graph_log_absorb(arcs->log, other->log);
}

int graph_arcs_finish(graph_arcs *arcs, fr_graph *out, fr_graph_notes *notes)
{
    fr_graph_duplicates duplicates = arcs->settings.unweighted ? FR_GRAPH_DUP_ONE : arcs->settings.duplicates;
    fr_graph_symmetrise symmetrise = arcs->settings.symmetrise;
    bool plain = arcs->both_ways || (arcs->settings.unweighted && symmetrise == FR_GRAPH_SYM_SUM);
    if (plain) symmetrise = FR_GRAPH_SYM_MAX;
    graph_rows rows = {0};
    *out = (fr_graph){0};
    if (notes != NULL) *notes = (fr_graph_notes){0};
    if (arcs->names.count > arcs->n) arcs->n = arcs->names.count;
    int status = FR_OK;
    if (arcs->n > GRAPH_MOST_NODES || (arcs->names.count > 0 && arcs->n > arcs->names.count))
        status = fr_fail(FR_EUSAGE, "%s: %" PRId64 " nodes asked for, but the file names %" PRId64,
                         arcs->file, arcs->n, arcs->names.count);
    if (status == FR_OK)
        status = graph_rows_list(arcs->log, arcs->n, duplicates, &rows, &arcs->notes.duplicates);
    if (status == FR_OK)
        status = graph_rows_symmetrise(&rows, symmetrise, arcs->file, &arcs->notes.one_sided);
    if (status == FR_OK) status = graph_rows_take(&rows, arcs->file, out, &arcs->notes.dropped_zeros);
    if (status == FR_OK && arcs->names.count > 0) status = graph_hand_over_names(&arcs->names, out);
    graph_rows_free(&rows);
    if (status != FR_OK)
        fr_graph_free(out);
    else if (notes != NULL)
        *notes = arcs->notes;
    return status;
}

int fr_graph_from_arcs(int64_t n, int64_t count, const uint32_t *from, const uint32_t *to,
                       const double *weight, const fr_graph_settings *settings, fr_graph *out)
{
    *out = (fr_graph){0};
    if (n < 0 || n > GRAPH_MOST_NODES || count < 0)
        return fr_fail(FR_EUSAGE, "a graph of %" PRId64 " nodes and %" PRId64 " listed arcs", n, count);
    graph_arcs arcs;
    int status = graph_arcs_init(&arcs, "the list of arcs", settings);
    for (int64_t k = 0; status == FR_OK && k < count; k++) {
        if (from[k] >= n || to[k] >= n)
            status = fr_fail(FR_EUSAGE,
                             "arc %" PRId64 " joins nodes %" PRIu32 " and %" PRIu32 " of a graph of %" PRId64
                             " nodes",
                             k, from[k], to[k], n);
        else
            status = graph_arcs_add(&arcs, from[k], to[k], weight != NULL ? weight[k] : 1, k + 1);
    }
    if (status == FR_OK && n > arcs.n) arcs.n = n;
    if (status == FR_OK) status = graph_arcs_finish(&arcs, out, NULL);
    graph_arcs_free(&arcs);
    return status;
}
