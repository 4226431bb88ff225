/* Genotypes from the structured coalescent: independent genealogies, at most one mutation on each (a SNP), placed uniformly
 * on the branches with probability 1 - exp(-rate * length). Marcus et al. (2021), figure 2. Genealogy t depends on (seed, t)
 * alone, whoever draws it. */
#include "coalescent.h"
#include "simulate_scenario.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef struct {
    const fr_feems_simulate_settings *settings;
    fr_coalescent_model model;
    int64_t n_individuals;
} genealogies;

/* ---- one genealogy, one SNP ------------------------------------------------------------------------------------------- */

typedef enum { NO_MUTATION, BELOW_MAF, SNP } fate;

/* A thread's room: its coalescent, and the dosages and the descent of the tree at hand. */
typedef struct {
    fr_coalescent *coalescent;
    int8_t *dosage; /* n_individuals */
    int32_t *stack; /* leaves */
} workspace;

static void workspace_free(void *room)
{
    workspace *w = room;
    if (w == NULL) return;
    fr_coalescent_free(w->coalescent);
    fr_free(w->dosage), fr_free(w->stack);
    fr_free(w);
}

static int workspace_new(const void *context, void **room)
{
    const genealogies *g = context;
    workspace *w = fr_alloc(1, sizeof *w);
    *room = NULL;
    if (w == NULL) return FR_ENOMEM;
    int status = fr_coalescent_new(&g->model, &w->coalescent);
    if (status == FR_OK) {
        w->dosage = fr_alloc(g->n_individuals, sizeof *w->dosage);
        w->stack = fr_alloc(2 * g->n_individuals, sizeof *w->stack);
        if (w->dosage == NULL || w->stack == NULL) status = FR_ENOMEM;
    }
    if (status == FR_OK)
        *room = w;
    else
        workspace_free(w);
    return status;
}

/* Copies of the mutation that lies above tree node `branch` in each individual; returns their number. */
static int64_t count_derived(const fr_genealogy *tree, int32_t branch, int32_t *stack, int8_t *dosage)
{
    int64_t n_leaves = tree->n_leaves, n_derived = 0;
    memset(dosage, 0, (size_t)n_leaves / 2);
    int64_t depth = 0;
    stack[depth++] = branch;
    while (depth > 0) {
        int32_t node = stack[--depth];
        if (node < n_leaves) {
            dosage[node / 2]++;
            n_derived++;
        } else {
            stack[depth++] = tree->left[node - n_leaves];
            stack[depth++] = tree->right[node - n_leaves];
        }
    }
    return n_derived;
}

/* Result of a task: one byte for its fate, then two bits per individual, 3 for a missing genotype. */
static int64_t packed_size(const genealogies *g)
{
    return 1 + (g->n_individuals + 3) / 4;
}

static void pack_genotypes(const genealogies *g, const int8_t *dosage, fr_rng *rng, uint8_t *packed)
{
    double missing = g->settings->missing;
    for (int64_t k = 0; k < g->n_individuals; k++) {
        bool is_missing = missing > 0 && fr_rng_uniform(rng) < missing;
        packed[k / 4] |= (uint8_t)((is_missing ? 3 : dosage[k]) << 2 * (k % 4));
    }
}

static int simulate_snp(int64_t t, const void *context, void *room, void *result)
{
    const genealogies *g = context;
    workspace *w = room;
    uint8_t *packed = result;
    const fr_genealogy *tree;
    fr_rng rng;
    memset(packed, 0, (size_t)packed_size(g));
    fr_rng_init(&rng, g->settings->seed, (uint64_t)t, 0);
    int status = fr_coalescent_draw(w->coalescent, &rng, &tree);
    if (status != FR_OK) return status;
    double length = fr_genealogy_length(tree);
    packed[0] = NO_MUTATION;
    if (fr_rng_uniform(&rng) >= -expm1(-g->settings->mutation_rate * length)) return FR_OK;
    int32_t branch = fr_genealogy_branch(tree, fr_rng_uniform(&rng) * length);
    double frequency = (double)count_derived(tree, branch, w->stack, w->dosage) / (double)tree->n_leaves;
    packed[0] = BELOW_MAF;
    if (frequency < g->settings->maf || frequency > 1 - g->settings->maf) return FR_OK;
    packed[0] = SNP;
    pack_genotypes(g, w->dosage, &rng, packed + 1);
    return FR_OK;
}

/* ---- all of them ------------------------------------------------------------------------------------------------------ */

/* Counts the fates and unpacks the SNPs, in the order of their trees. */
static int collect(const genealogies *g, const uint8_t *packed, fr_feems_simulation *out)
{
    int64_t n = g->n_individuals, size = packed_size(g), cells = 0;
    for (int64_t t = 0; t < g->settings->trees; t++) {
        out->n_snps += packed[t * size] == SNP;
        out->n_below_maf += packed[t * size] == BELOW_MAF;
        out->n_trees_without_mutation += packed[t * size] == NO_MUTATION;
    }
    if (out->n_snps == 0)
        return fr_fail(
            FR_EUSAGE,
            "none of the %" PRId64 " genealogies gave a SNP (%" PRId64 " had no mutation, %" PRId64
            " one below the minor allele frequency %g); simulate more trees or a higher mutation rate",
            g->settings->trees, out->n_trees_without_mutation, out->n_below_maf, g->settings->maf);
    if (fr_size_mul(out->n_snps, n, &cells) != FR_OK || (out->dosages = fr_alloc(cells, 1)) == NULL)
        return FR_ENOMEM;
    int8_t *dosage = out->dosages;
    for (int64_t t = 0; t < g->settings->trees; t++) {
        const uint8_t *genotypes = packed + t * size + 1;
        if (packed[t * size] != SNP) continue;
        for (int64_t k = 0; k < n; k++) {
            int code = genotypes[k / 4] >> 2 * (k % 4) & 3;
            *dosage++ = (int8_t)(code == 3 ? -1 : code);
        }
    }
    return FR_OK;
}

int fr_feems_simulate(const fr_feems_graph *graph, const double *weights,
                      const fr_feems_simulate_settings *settings, fr_feems_simulation *out)
{
    *out = (fr_feems_simulation){0};
    genealogies g = {.settings = settings};
    uint8_t *packed = NULL;
    int status = fr_simulate_check(settings);
    if (status == FR_OK) status = fr_simulate_graph(graph, weights, settings, &out->graph, &out->weights);
    if (status == FR_OK) status = fr_simulate_sample(&out->graph, settings, &out->n_samples, &out->node);
    if (status == FR_OK)
        status = fr_coalescent_model_init(&out->graph, out->weights, out->node, out->n_samples, &g.model);
    if (status != FR_OK) goto done;
    g.n_individuals = out->n_samples;
    packed = fr_alloc(settings->trees, (size_t)packed_size(&g));
    if (packed == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    status = fr_tasks_run(&(fr_tasks){.name = "simulating genealogies",
                                      .count = settings->trees,
                                      .result_size = packed_size(&g),
                                      .run = simulate_snp,
                                      .context = &g,
                                      .workspace_new = workspace_new,
                                      .workspace_free = workspace_free},
                          NULL, packed, NULL);
    if (status == FR_OK) status = collect(&g, packed, out);
done:
    fr_free(packed);
    fr_coalescent_model_free(&g.model);
    if (status != FR_OK) fr_feems_simulation_free(out);
    return status;
}

void fr_feems_simulation_free(fr_feems_simulation *simulation)
{
    fr_feems_graph_free(&simulation->graph);
    fr_free(simulation->weights), fr_free(simulation->node), fr_free(simulation->dosages);
    *simulation = (fr_feems_simulation){0};
}
