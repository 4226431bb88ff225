/* Independent edges whose probability depends on the groups of the two ends: the stochastic block model and the local random
 * model of [HFM]. Geometric skips from one edge to the next make the time proportional to nodes and edges (Batagelj,
 * Brandes, Phys. Rev. E 71, 2005). */
#include "generate.h"

#include <inttypes.h>

/* The candidates of row i, i = first .. last - 1, are the nodes from max(from, i + 1) up to `to` - 1: each becomes a
 * neighbour with probability p. The skips run on from row to row. */
static void put_rows(pair_sink *sink, fr_rng *rng, double p, int64_t first, int64_t last, int64_t from,
                     int64_t to)
{
    if (!(p > 0)) return;
    double log_fail = log1p(-p);
    int64_t skip = generate_skip(rng, log_fail);
    for (int64_t i = first; i < last; i++) {
        int64_t begin = from > i ? from : i + 1;
        while (skip < to - begin) {
            begin += skip;
            pair_put(sink, i, begin++);
            skip = generate_skip(rng, log_fail);
        }
        if (begin < to) skip -= to - begin;
    }
}

/* ---- stochastic block model ---- */

typedef struct {
    int64_t n, k;
    double p, q;
    uint64_t seed;
} block_model;

static int play_blocks(const void *context, pair_sink *sink)
{
    const block_model *model = context;
    int status = FR_OK;
    for (int64_t first = 0, b = 0; first < model->n && status == FR_OK; first += model->k, b++) {
        int64_t last = model->n - first > model->k ? first + model->k : model->n;
        fr_rng rng;
        fr_rng_init(&rng, model->seed, STREAM_INSIDE, (uint64_t)b);
        put_rows(sink, &rng, model->p, first, last, first, last);
        fr_rng_init(&rng, model->seed, STREAM_ACROSS, (uint64_t)b);
        put_rows(sink, &rng, model->q, first, last, last, model->n);
        status = fr_progress_tick("random graph", first, model->n);
    }
    return status;
}

int fr_cluster_generate_sbm(int64_t n, int64_t k, double p, double q, uint64_t seed, fr_graph *out)
{
    *out = (fr_graph){0};
    int status = generate_check_nodes(n);
    if (status == FR_OK && (k < 1 || k > n))
        status = fr_fail(FR_EUSAGE, "blocks of %" PRId64 " nodes in a graph of %" PRId64, k, n);
    if (status == FR_OK) status = generate_check_probability("p", p);
    if (status == FR_OK) status = generate_check_probability("q", q);
    if (status != FR_OK) return status;
    return generate_graph(n, play_blocks, &(block_model){n, k, p, q, seed}, out);
}

/* ---- local random model ---- */

typedef struct {
    int64_t n, k;
    double p, q, outside; /* probabilities */
    uint64_t seed;
} local_model;

static int play_local(const void *context, pair_sink *sink)
{
    const local_model *model = context;
    fr_rng rng;
    fr_rng_init(&rng, model->seed, STREAM_INSIDE, 0);
    put_rows(sink, &rng, model->p, 0, model->k, 0, model->k);
    fr_rng_init(&rng, model->seed, STREAM_ACROSS, 0);
    put_rows(sink, &rng, model->q, 0, model->k, model->k, model->n);
    fr_rng_init(&rng, model->seed, STREAM_INSIDE, 1);
    int status = FR_OK;
    enum { rows_at_once = 65536 }; /* starting anew between rows changes nothing: skips have no memory */
    for (int64_t first = model->k; first < model->n && status == FR_OK; first += rows_at_once) {
        int64_t last = model->n - first > rows_at_once ? first + rows_at_once : model->n;
        put_rows(sink, &rng, model->outside, first, last, first, model->n);
        status = fr_progress_tick("random graph", first, model->n);
    }
    return status;
}

int fr_cluster_generate_local_model(int64_t n, int64_t k, double p, double q, double outside_degree,
                                    uint64_t seed, fr_graph *out)
{
    *out = (fr_graph){0};
    int status = generate_check_nodes(n);
    if (status == FR_OK && (k < 1 || k > n))
        status = fr_fail(FR_EUSAGE, "a target of %" PRId64 " nodes in a graph of %" PRId64, k, n);
    if (status == FR_OK) status = generate_check_probability("p", p);
    if (status == FR_OK) status = generate_check_probability("q", q);
    if (status != FR_OK) return status;
    int64_t others = n - k > 1 ? n - k - 1 : 0;
    if (!(outside_degree >= 0) || outside_degree > (double)others)
        return fr_fail(FR_EUSAGE, "the degree outside of the target is %g; expected 0 to %" PRId64,
                       outside_degree, others);
    double outside = others > 0 ? outside_degree / (double)others : 0;
    return generate_graph(n, play_local, &(local_model){n, k, p, q, outside, seed}, out);
}

/* With u = (1+alpha) dbar / 2, w = (1-alpha) / 2, k1 = p (k-1), dbar = k1 + q (n-k), all members of the target are active
 * below rho = w^2 p k1 / (dbar (u (u - w p (k1-1)) - w^2 k1 + w p k1 (u + w))): the seed reaches about k1 members directly,
 * the others through them, and degrees are taken to be dbar. */
double fr_cluster_model_rho(int64_t n, int64_t k, double p, double q, double alpha)
{
    double k1 = p * (double)(k - 1), degree = k1 + q * (double)(n - k);
    double u = (1 + alpha) * degree / 2, w = (1 - alpha) / 2;
    double delta = u * (u - w * p * (k1 - 1)) - w * w * k1;
    return w * w * p * k1 / (degree * (delta + w * p * k1 * (u + w)));
}
