/* R-MAT (Chakrabarti, Zhan, Faloutsos, SDM 2004): each arc falls through `scale` levels of the adjacency matrix, at each into
 * the quarter 00, 01, 10 or 11 with probabilities a, b, c, 1 - a - b - c. */
#include "generate.h"

#include <inttypes.h>

typedef struct {
    int scale;
    int64_t n_draws;
    uint64_t bound[3];    /* a, a + b, a + b + c in units of 2^-32 */
    const int64_t *label; /* of the nodes; NULL: their own numbers */
    uint64_t seed;
} rmat;

/* 32 random bits choose a quarter; two levels share a draw. */
static void draw_arc(const rmat *model, fr_rng *rng, int64_t *from, int64_t *to)
{
    uint64_t bits = 0;
    *from = *to = 0;
    for (int level = 0; level < model->scale; level++) {
        bits = level % 2 == 0 ? fr_rng_bits(rng) : bits >> 32;
        uint64_t u = bits & UINT32_MAX;
        int quarter = (u >= model->bound[0]) + (u >= model->bound[1]) + (u >= model->bound[2]);
        *from = 2 * *from + (quarter >> 1);
        *to = 2 * *to + (quarter & 1);
    }
}

static int play(const void *context, pair_sink *sink)
{
    const rmat *model = context;
    fr_rng rng;
    fr_rng_init(&rng, model->seed, STREAM_RMAT, 0);
    int status = FR_OK;
    for (int64_t e = 0; e < model->n_draws && status == FR_OK; e++) {
        int64_t i, j;
        draw_arc(model, &rng, &i, &j);
        if (i != j) {
            if (model->label != NULL) i = model->label[i], j = model->label[j];
            pair_put(sink, i, j);
        }
        if (e % 65536 == 0) status = fr_progress_tick("random graph", e, model->n_draws);
    }
    return status;
}

static int check(int scale, int64_t edge_factor, double a, double b, double c)
{
    if (scale < 1 || scale > 31) return fr_fail(FR_EUSAGE, "the scale is 1 to 31, not %d", scale);
    if (edge_factor < 1 || edge_factor > (INT64_C(1) << 40) >> scale)
        return fr_fail(FR_EUSAGE, "the edge factor is 1 to %" PRId64 " at scale %d, not %" PRId64,
                       (INT64_C(1) << 40) >> scale, scale, edge_factor);
    if (!(a >= 0) || !(b >= 0) || !(c >= 0) || !(a + b + c <= 1 + 1e-12))
        return fr_fail(FR_EUSAGE, "a, b, c are probabilities with a sum of at most 1, not %g, %g, %g", a, b,
                       c);
    return FR_OK;
}

int fr_cluster_generate_rmat(int scale, int64_t edge_factor, double a, double b, double c, bool permute,
                             uint64_t seed, fr_graph *out)
{
    *out = (fr_graph){0};
    int status = check(scale, edge_factor, a, b, c);
    if (status != FR_OK) return status;
    int64_t n = INT64_C(1) << scale;
    int64_t *label = NULL;
    if (permute) {
        label = fr_alloc(n, sizeof *label);
        if (label == NULL) return FR_ENOMEM;
        fr_random_permutation(seed, STREAM_PERMUTATION, 0, n, label);
    }
    rmat model = {.scale = scale, .n_draws = edge_factor * n, .label = label, .seed = seed};
    const double sum[3] = {a, a + b, a + b + c};
    for (int k = 0; k < 3; k++)
        model.bound[k] = (uint64_t)llround(sum[k] * 0x1p32);
    status = generate_graph(n, play, &model, out);
    fr_free(label);
    return status;
}
