/* Scratch of the push methods, and their hot loop on processors with AVX2: the records of four neighbours are
 * loaded as they lie (two doubles each), turned into a vector of residuals and one of degrees, and only a vector
 * in which a residual was zero or crosses its threshold leaves the straight path. Every addition is the plain
 * loop's, so results are the same to the last bit. (Gather and scatter instructions were slower than this on Zen 4.) */
#include "push.h"

#include <inttypes.h>
#include <math.h>
#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2_PATH
#endif

enum { first_space = 1024 };

/* ---- the hot loop ------------------------------------------------------------------------------------------------------- */

/* A neighbour whose residual was zero, or has just risen above the threshold that its old value was not above. */
static void note(push_scratch *scratch, uint32_t node, bool was_zero, double threshold)
{
    if (was_zero) {
        double degree = push_degree(scratch, node), residual = scratch->node[node].residual;
        if (residual != 0) scratch->touched[scratch->n_touched++] = node;
        if (!(residual > threshold * degree)) return;
    }
    push_enqueue(scratch, node);
}

void push_arcs_plain(push_scratch *scratch, int64_t count, const uint32_t *neighbour, const double *weight,
                     double share, double threshold)
{
    for (int64_t k = 0; k < count; k++) {
        push_node *node = &scratch->node[neighbour[k]];
        double before = node->residual, bound = threshold * node->degree;
        node->residual = before + (weight != NULL ? share * weight[k] : share);
        bool was_zero = before == 0, crosses = node->residual > bound && !(before > bound);
        if (was_zero || crosses) note(scratch, neighbour[k], was_zero, threshold);
    }
}

#ifdef HAVE_AVX2_PATH
/* {a.residual, a.degree, b.residual, b.degree} */
__attribute__((target("avx2"))) static inline __m256d two_records(const push_node *a, const push_node *b)
{
    return _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(&a->residual)),
                                _mm_loadu_pd(&b->residual), 1);
}

/* The plain loop for the four neighbours u[0..3]. Bit k of the result: u[k]'s residual was zero; bit 4 + k: it
 * was, or crosses. */
__attribute__((target("avx2"))) static inline int add_to_four(push_node *node, const uint32_t *u,
                                                              __m256d amount, __m256d threshold)
{
    push_node *a = &node[u[0]], *b = &node[u[1]], *c = &node[u[2]], *d = &node[u[3]];
    __m256d ac = two_records(a, c), bd = two_records(b, d);
    __m256d before = _mm256_unpacklo_pd(ac, bd), degree = _mm256_unpackhi_pd(ac, bd);
    __m256d after = _mm256_add_pd(before, amount), bound = _mm256_mul_pd(threshold, degree);
    __m128d low = _mm256_castpd256_pd128(after), high = _mm256_extractf128_pd(after, 1);
    _mm_storel_pd(&a->residual, low);
    _mm_storeh_pd(&b->residual, low);
    _mm_storel_pd(&c->residual, high);
    _mm_storeh_pd(&d->residual, high);
    __m256d crosses =
        _mm256_andnot_pd(_mm256_cmp_pd(before, bound, _CMP_GT_OQ), _mm256_cmp_pd(after, bound, _CMP_GT_OQ));
    __m256d was_zero = _mm256_cmp_pd(before, _mm256_setzero_pd(), _CMP_EQ_OQ);
    int either = _mm256_movemask_pd(_mm256_or_pd(crosses, was_zero));
    return __builtin_expect(either, 0) ? either << 4 | _mm256_movemask_pd(was_zero) : 0;
}

__attribute__((target("avx2"))) static inline void push_four(push_scratch *scratch, const uint32_t *neighbour,
                                                             __m256d amount, double threshold)
{
    int events = add_to_four(scratch->node, neighbour, amount, _mm256_set1_pd(threshold));
    for (int left = events >> 4; left != 0; left &= left - 1) {
        int lane = __builtin_ctz((unsigned)left);
        note(scratch, neighbour[lane], events >> lane & 1, threshold);
    }
}

/* The last one to three, filled up with the stand-in, whose residual is infinite and stays so. */
__attribute__((target("avx2"))) static void push_rest(push_scratch *scratch, int64_t count,
                                                      const uint32_t *neighbour, const double *weight,
                                                      double share, double threshold)
{
    uint32_t node[4], stand_in = (uint32_t)scratch->graph->n;
    double amount[4];
    for (int64_t k = 0; k < 4; k++) {
        node[k] = k < count ? neighbour[k] : stand_in;
        amount[k] = k < count && weight != NULL ? share * weight[k] : share;
    }
    push_four(scratch, node, _mm256_loadu_pd(amount), threshold);
}

__attribute__((target("avx2"))) static void push_arcs_avx2(push_scratch *scratch, int64_t count,
                                                           const uint32_t *neighbour, const double *weight,
                                                           double share, double threshold)
{
    __m256d shares = _mm256_set1_pd(share), amount = shares;
    int64_t k = 0;
    for (; k + 4 <= count; k += 4) {
        if (weight != NULL) amount = _mm256_mul_pd(shares, _mm256_loadu_pd(weight + k));
        push_four(scratch, neighbour + k, amount, threshold);
    }
    if (k < count)
        push_rest(scratch, count - k, neighbour + k, weight != NULL ? weight + k : NULL, share, threshold);
}
#endif

/* ---- scratch -------------------------------------------------------------------------------------------------------------- */

static void scratch_free(void *part)
{
    push_scratch *scratch = part;
    fr_free(scratch->node);
    fr_free(scratch->p);
    fr_free(scratch->touched);
    fr_free(scratch->support);
    fr_free(scratch->queue);
    support_free(&scratch->inner);
    fr_free(scratch);
}

int push_scratch_get(fr_cluster_workspace *workspace, push_scratch **out)
{
    *out = workspace->part[WORKSPACE_PUSH];
    if (*out != NULL) return FR_OK;
    push_scratch *made = fr_alloc(1, sizeof *made);
    if (made == NULL) return FR_ENOMEM;
    int64_t n = workspace->graph->n;
    made->graph = workspace->graph;
    made->index = workspace_index(workspace);
    made->node = fr_alloc(n + 1, sizeof *made->node);
    made->p = fr_alloc(n, sizeof *made->p);
    made->touched = fr_alloc(first_space, sizeof *made->touched);
    made->support = fr_alloc(first_space, sizeof *made->support);
    made->queue = fr_alloc(first_space, sizeof *made->queue);
    made->list_space = first_space;
    made->mask = first_space - 1;
    made->push_arcs = push_arcs_plain;
#ifdef HAVE_AVX2_PATH
    if (__builtin_cpu_supports("avx2")) made->push_arcs = push_arcs_avx2;
#endif
    if (made->index == NULL || made->node == NULL || made->p == NULL || made->touched == NULL ||
        made->support == NULL || made->queue == NULL) {
        scratch_free(made);
        return FR_ENOMEM;
    }
    made->node[n] = (push_node){INFINITY, INFINITY};
    workspace->part[WORKSPACE_PUSH] = *out = made;
    workspace->part_free[WORKSPACE_PUSH] = scratch_free;
    return FR_OK;
}

void push_clear(push_scratch *scratch)
{
    for (int64_t k = 0; k < scratch->n_touched; k++)
        scratch->node[scratch->touched[k]].residual = 0;
    for (int64_t k = 0; k < scratch->n_support; k++)
        scratch->p[scratch->support[k]] = 0;
    support_reset(scratch);
    scratch->n_touched = scratch->n_support = 0;
    scratch->head = scratch->tail = 0;
}

static int grow_lists(push_scratch *scratch, int64_t space)
{
    uint32_t *touched = fr_realloc(scratch->touched, space, sizeof *touched);
    if (touched == NULL) return FR_ENOMEM;
    scratch->touched = touched;
    uint32_t *support = fr_realloc(scratch->support, space, sizeof *support);
    if (support == NULL) return FR_ENOMEM;
    scratch->support = support;
    scratch->list_space = space;
    return FR_OK;
}

static int grow_queue(push_scratch *scratch, int64_t space)
{
    uint32_t *queue = fr_alloc(space, sizeof *queue);
    if (queue == NULL) return FR_ENOMEM;
    uint64_t mask = (uint64_t)space - 1;
    for (uint64_t k = scratch->head; k < scratch->tail; k++)
        queue[k & mask] = scratch->queue[k & scratch->mask];
    fr_free(scratch->queue);
    scratch->queue = queue;
    scratch->mask = mask;
    return FR_OK;
}

int push_make_room(push_scratch *scratch, int64_t count)
{
    int64_t listed = scratch->n_touched + count, space = scratch->list_space;
    int64_t queued = (int64_t)(scratch->tail - scratch->head) + count, ring = (int64_t)scratch->mask + 1;
    while (space < listed)
        space *= 2;
    while (ring < queued)
        ring *= 2;
    int status = space > scratch->list_space ? grow_lists(scratch, space) : FR_OK;
    if (status == FR_OK && ring > (int64_t)scratch->mask + 1) status = grow_queue(scratch, ring);
    return status;
}

/* ---- pushing ---------------------------------------------------------------------------------------------------------------- */

int push_prepare(fr_cluster_workspace *workspace, push_scratch *scratch, uint32_t node)
{
    int status = workspace_row(workspace, node);
    if (status != FR_OK) return status;
    if (!(push_degree(scratch, node) > 0))
        return fr_fail(
            FR_EINPUT,
            "the graph file is damaged: node %" PRIu32 " is a neighbour but has no arcs of its own", node);
    return push_room(scratch, scratch->graph->row[node + 1] - scratch->graph->row[node] + 1);
}

int push_seeds(push_scratch *scratch, int64_t count, const int64_t *seed, const double *mass)
{
    int status = push_room(scratch, count);
    for (int64_t k = 0; status == FR_OK && k < count; k++) {
        if (mass[k] == 0) continue;
        push_degree(scratch, seed[k]);
        if (scratch->node[seed[k]].residual == 0) scratch->touched[scratch->n_touched++] = (uint32_t)seed[k];
        scratch->node[seed[k]].residual += mass[k];
    }
    return status;
}

double push_find_loop(const fr_graph *graph, int64_t node)
{
    int64_t low = graph->row[node], high = graph->row[node + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (graph->neighbour[middle] < node)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == graph->row[node + 1] || graph->neighbour[low] != node) return 0;
    return graph->weight != NULL ? graph->weight[low] : 1;
}
