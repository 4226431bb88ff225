/* Planted partition for tests of scale: uniformly random pairs, drawn with replacement, inside each block and across
 * blocks. The pairs inside block b are sequence b of their own, so that a block looks the same in a graph of any number
 * of blocks. */
#include "generate.h"

#include <inttypes.h>

typedef struct {
    int64_t n_blocks, block_size;
    int64_t pairs_inside; /* of one block */
    int64_t pairs_across; /* in all */
    uint64_t seed;
} planted;

/* Distinct ends: the second is drawn from the others. */
static void put_inside(const planted *model, int64_t block, pair_sink *sink)
{
    fr_rng rng;
    fr_rng_init(&rng, model->seed, STREAM_INSIDE, (uint64_t)block);
    int64_t first = block * model->block_size;
    for (int64_t e = 0; e < model->pairs_inside; e++) {
        int64_t i = fr_rng_below(&rng, model->block_size);
        int64_t j = fr_rng_below(&rng, model->block_size - 1);
        pair_put(sink, first + i, first + j + (j >= i));
    }
}

/* A node, and another one from the nodes outside of its block. */
static void put_across(const planted *model, fr_rng *rng, pair_sink *sink)
{
    int64_t n = model->n_blocks * model->block_size;
    int64_t i = fr_rng_below(rng, n);
    int64_t j = fr_rng_below(rng, n - model->block_size);
    int64_t first = i - i % model->block_size;
    pair_put(sink, i, j < first ? j : j + model->block_size);
}

static int play(const void *context, pair_sink *sink)
{
    const planted *model = context;
    int status = FR_OK;
    for (int64_t b = 0; b < model->n_blocks && status == FR_OK; b++) {
        put_inside(model, b, sink);
        if (b % 64 == 0) status = fr_progress_tick("random graph", b, model->n_blocks);
    }
    fr_rng rng;
    fr_rng_init(&rng, model->seed, STREAM_ACROSS, 0);
    for (int64_t e = 0; e < model->pairs_across && status == FR_OK; e++) {
        put_across(model, &rng, sink);
        if (e % 65536 == 0) status = fr_progress_tick("random graph", e, model->pairs_across);
    }
    return status;
}

/* round(nodes degree / 2) */
static int count_pairs(const char *what, int64_t nodes, double degree, int64_t *pairs)
{
    double count = 0.5 * (double)nodes * degree;
    if (!(degree >= 0) || !(count < 0x1p40))
        return fr_fail(FR_EUSAGE, "%s: expected a mean degree from 0 that gives less than 2^40 edges, not %g",
                       what, degree);
    *pairs = llround(count);
    return FR_OK;
}

int fr_cluster_generate_planted(int64_t n_blocks, int64_t block_size, double degree_in, double degree_out,
                                uint64_t seed, fr_graph *out)
{
    *out = (fr_graph){0};
    planted model = {.n_blocks = n_blocks, .block_size = block_size, .seed = seed};
    int64_t n = 0;
    if (n_blocks < 1 || block_size < 1)
        return fr_fail(FR_EUSAGE,
                       "expected at least one block of at least one node, not %" PRId64 " of %" PRId64,
                       n_blocks, block_size);
    int status = fr_size_mul(n_blocks, block_size, &n);
    if (status == FR_OK) status = generate_check_nodes(n);
    if (status == FR_OK) status = count_pairs("degree inside", block_size, degree_in, &model.pairs_inside);
    if (status == FR_OK) status = count_pairs("degree across", n, degree_out, &model.pairs_across);
    if (status != FR_OK) return status;
    if (block_size == 1 && model.pairs_inside > 0)
        return fr_fail(FR_EUSAGE, "blocks of one node have no edges inside; the degree inside must be 0");
    if (block_size > 1 && degree_in > (double)(block_size - 1))
        return fr_fail(FR_EUSAGE, "degree inside: a node of a block of %" PRId64 " has no %g others there",
                       block_size, degree_in);
    if (n_blocks == 1 && model.pairs_across > 0)
        return fr_fail(FR_EUSAGE, "a single block has no edges across; the degree across must be 0");
    if (model.pairs_inside > (INT64_C(1) << 40) / n_blocks)
        return fr_fail(FR_EUSAGE, "degree inside: %" PRId64 " blocks would have more than 2^40 edges",
                       n_blocks);
    return generate_graph(n, play, &model, out);
}
