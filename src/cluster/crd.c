/* Capacity releasing diffusion (Wang, Fountoulakis, Henzinger, Mahoney, Rao, ICML 2017). Mass 2 d_v starts at the seeds
 * and flows to lower labels by a push-relabel process whose edges open with the label, min(label, U); a node keeps d_v.
 * Each round ends with the best level set {label >= L}; then what was kept grows by w, until mass cannot get away any
 * more. The graph counts as unweighted throughout: degrees are numbers of arcs. */
#include "crd.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Nodes with a label into by_label, highest first; returns how many. first[L] for L = 0..highest is where label L begins. */
static int64_t order_by_label(crd_run *run, int64_t *first, int64_t highest)
{
    crd_network *network = run->network;
    memset(first, 0, (size_t)(highest + 2) * sizeof *first);
    for (int64_t v = 0; v < network->n_nodes; v++)
        first[network->label[network->node[v].id]]++;
    int64_t count = 0;
    for (int64_t label = highest; label > 0; label--) {
        int64_t many = first[label];
        first[label] = count;
        count += many;
    }
    for (int64_t v = 0; v < network->n_nodes; v++) {
        int64_t label = network->label[network->node[v].id];
        if (label > 0) network->by_label[first[label]++] = network->node[v].id;
    }
    return count;
}

/* Edges of the node to lower labels, less those to higher ones: the change of the cut when its level joins. */
static int64_t cut_change(const crd_run *run, int64_t id)
{
    const uint16_t *label = run->network->label;
    int64_t change = 0;
    for (int64_t k = run->graph->row[id]; k < run->graph->row[id + 1]; k++) {
        uint16_t other = label[run->graph->neighbour[k]];
        change += (other < label[id]) - (other > label[id]);
    }
    return change;
}

static int keep_best(crd_run *run, int64_t count, const int64_t *nodes)
{
    if (count > run->best_room) {
        int64_t *best = fr_realloc(run->best, count, sizeof *best);
        if (best == NULL) return FR_ENOMEM;
        run->best = best;
        run->best_room = count;
    }
    memcpy(run->best, nodes, (size_t)count * sizeof *run->best);
    run->best_count = count;
    return FR_OK;
}

/* The level set of smallest conductance, if it is smaller than the best so far. `first`: room for height + 3 numbers. */
static int round_levels(crd_run *run, int64_t *first)
{
    const crd_network *network = run->network;
    int64_t count = order_by_label(run, first, run->settings->height + 1);
    int64_t volume = 0, cut = 0, better = 0;
    for (int64_t k = 0; k < count; k++) {
        int64_t id = network->by_label[k];
        volume += run->graph->row[id + 1] - run->graph->row[id];
        cut += cut_change(run, id);
        if (k + 1 < count && network->label[network->by_label[k + 1]] == network->label[id]) continue;
        int64_t other = run->graph->n_arcs - volume, smaller = other < volume ? other : volume;
        double conductance = smaller > 0 ? (double)cut / (double)smaller : 1;
        if (conductance < run->best_conductance) {
            run->best_conductance = conductance;
            better = k + 1;
        }
    }
    run->arcs_read += volume;
    return better > 0 ? keep_best(run, better, network->by_label) : FR_OK;
}

/* Masses for the next round; true if there is to be none: mass was trapped, or the diffusion holds a third of the graph. */
static bool release(crd_run *run, int64_t round)
{
    crd_network *network = run->network;
    double excess = 0, full = 0;
    for (int64_t v = 0; v < network->n_nodes; v++) {
        crd_node *node = &network->node[v];
        excess += crd_excess(node);
        if (node->mass >= (double)node->degree) full += (double)node->degree;
        node->start = run->settings->growth * (node->mass - crd_excess(node));
    }
    double trapped = ldexp((double)network->node[0].degree, (int)(round < 2000 ? round : 2000)) / 10;
    return excess > trapped || full > (double)run->graph->n_arcs / 3;
}

static int diffuse(crd_run *run, int64_t count, const int64_t *seeds, int64_t *rounds)
{
    int64_t *first = fr_alloc(run->settings->height + 3, sizeof *first);
    int status = first != NULL ? FR_OK : FR_ENOMEM;
    for (int64_t k = 0; status == FR_OK && k < count; k++) {
        status = crd_add_node(run, seeds[k]);
        if (status == FR_OK) run->network->node[k].start = 2 * (double)run->network->node[k].degree;
    }
    for (int64_t round = 0; status == FR_OK && round < run->settings->iterations; round++) {
        status = crd_unit_flow(run);
        if (status == FR_OK) status = round_levels(run, first);
        if (status != FR_OK) break;
        ++*rounds;
        if (release(run, round)) break;
    }
    fr_free(first);
    return status;
}

static int check(const fr_cluster_crd_settings *settings)
{
    if (settings->capacity < 1)
        return fr_fail(FR_EUSAGE, "the capacity is %" PRId64 ", expected a number from 1",
                       settings->capacity);
    if (settings->height < 1 || settings->height > 60000)
        return fr_fail(FR_EUSAGE, "the height is %" PRId64 ", expected a number from 1 to 60000",
                       settings->height);
    if (!(settings->growth > 1) || isinf(settings->growth))
        return fr_fail(FR_EUSAGE, "the growth is %g, expected a number above 1", settings->growth);
    if (settings->iterations < 1)
        return fr_fail(FR_EUSAGE, "the number of iterations is %" PRId64 ", expected a number from 1",
                       settings->iterations);
    return FR_OK;
}

void fr_cluster_crd_settings_default(fr_cluster_crd_settings *settings)
{
    *settings = (fr_cluster_crd_settings){.capacity = 3, .height = 10, .growth = 2, .iterations = 20};
}

int fr_cluster_crd(fr_cluster_workspace *workspace, int64_t count, const int64_t *seeds,
                   const fr_cluster_crd_settings *settings, fr_cluster_crd_result *out)
{
    *out = (fr_cluster_crd_result){0};
    double started = fr_clock();
    fr_cluster_crd_settings usual;
    fr_cluster_crd_settings_default(&usual);
    if (settings == NULL) settings = &usual;
    int status = check(settings);
    if (status == FR_OK) status = workspace_check_set(workspace, count, seeds, "seeds");
    if (status != FR_OK) return status;
    crd_run run = {.workspace = workspace,
                   .graph = workspace->graph,
                   .settings = settings,
                   .index = workspace_index(workspace),
                   .network = crd_network_of(workspace),
                   .best_conductance = INFINITY};
    if (run.index == NULL || run.network == NULL) return FR_ENOMEM;
    status = diffuse(&run, count, seeds, &out->rounds);
    crd_clear(&run);
    if (status == FR_OK && run.best_count == 0)
        status = keep_best(&run, count, seeds); /* none has a neighbour */
    if (status == FR_OK) {
        status = cluster_set_take(workspace, run.best_count, run.best, &out->set);
        run.best = NULL;
    }
    fr_free(run.best);
    out->pushes = run.pushes;
    out->arcs_read = run.arcs_read;
    out->seconds = fr_clock() - started;
    if (status != FR_OK) fr_cluster_crd_result_free(out);
    return status;
}

void fr_cluster_crd_result_free(fr_cluster_crd_result *result)
{
    fr_cluster_set_free(&result->set);
    *result = (fr_cluster_crd_result){0};
}
