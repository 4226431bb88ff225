/* Benchmark graphs with power-law degrees and communities (after Lancichinetti, Fortunato, Radicchi, Phys. Rev. E 78, 2008):
 * degrees and community sizes are drawn, nodes are put into communities that are large enough for them, and the edges
 * within each community and those across are wired at random. */
#include "generate_wire.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void fr_cluster_lfr_settings_default(fr_cluster_lfr_settings *settings)
{
    *settings = (fr_cluster_lfr_settings){.n = 1000,
                                          .tau1 = 2.5,
                                          .tau2 = 1.5,
                                          .mean_degree = 15,
                                          .max_degree = 50,
                                          .min_community = 20,
                                          .max_community = 100,
                                          .mixing = 0.1,
                                          .seed = 1};
}

typedef struct {
    const fr_cluster_lfr_settings *settings;
    int64_t n_communities;
    int64_t *size;             /* of the communities */
    int64_t *community;        /* of the nodes */
    uint32_t *inside, *across; /* degrees of the nodes; later spent */
    uint32_t *end;             /* edges: pairs of ends */
    int64_t n_edges;
} lfr;

/* ---- power laws ---- */

/* u-quantile of the density proportional to z^-tau on [low, high]. */
static double power_quantile(double tau, double low, double high, double u)
{
    double e = 1 - tau, ratio = log(high / low);
    if (fabs(e * ratio) < 1e-9) return low * exp(u * ratio);
    return low * exp(log1p(u * expm1(e * ratio)) / e);
}

/* Integral of z^k from low to high. */
static double power_integral(double k, double low, double high)
{
    double e = k + 1, ratio = log(high / low);
    return fabs(e * ratio) < 1e-9 ? pow(low, e) * ratio : pow(low, e) * expm1(e * ratio) / e;
}

/* Of the density proportional to z^-tau1 from `low` to the largest degree. */
static double mean_degree(const fr_cluster_lfr_settings *settings, double low)
{
    double high = (double)settings->max_degree;
    return power_integral(1 - settings->tau1, low, high) / power_integral(-settings->tau1, low, high);
}

static const double least_degree = 1e-3;

/* The lower limit that gives the density the mean; the mean rises with the limit. */
static double lowest_degree(const fr_cluster_lfr_settings *settings)
{
    double below = least_degree, above = (double)settings->max_degree;
    for (int k = 0; k < 100; k++) {
        double middle = 0.5 * (below + above);
        if (mean_degree(settings, middle) < settings->mean_degree)
            below = middle;
        else
            above = middle;
    }
    return 0.5 * (below + above);
}

/* A whole number at random, value on average. */
static uint32_t round_randomly(fr_rng *rng, double value)
{
    return (uint32_t)(value + fr_rng_uniform(rng));
}

static void draw_degrees(lfr *made)
{
    const fr_cluster_lfr_settings *settings = made->settings;
    double low = lowest_degree(settings);
    for (int64_t i = 0; i < settings->n; i++) {
        fr_rng rng;
        fr_rng_init(&rng, settings->seed, STREAM_DEGREE, (uint64_t)i);
        double drawn =
            power_quantile(settings->tau1, low, (double)settings->max_degree, fr_rng_uniform(&rng));
        uint32_t degree = round_randomly(&rng, drawn);
        if (degree > settings->max_degree) degree = (uint32_t)settings->max_degree;
        made->inside[i] = round_randomly(&rng, (1 - settings->mixing) * degree);
        if (made->inside[i] > degree) made->inside[i] = degree;
        made->across[i] = degree - made->inside[i];
    }
}

/* ---- communities ---- */

/* Sizes are drawn until there is room for all nodes; the excess is then taken off one by one, or the last community is left out
 * and the others grow. */
static int draw_sizes(lfr *made, fr_rng *rng)
{
    const fr_cluster_lfr_settings *settings = made->settings;
    int64_t low = settings->min_community, high = settings->max_community, count = 0, room = 0;
    while (room < settings->n) {
        double size = power_quantile(settings->tau2, (double)low, (double)high + 1, fr_rng_uniform(rng));
        made->size[count] = (int64_t)size < high ? (int64_t)size : high;
        room += made->size[count++];
    }
    if (count * low > settings->n) room -= made->size[--count];
    if (count * high < settings->n || count == 0)
        return fr_fail(FR_EUSAGE,
                       "%" PRId64 " nodes cannot be divided into communities of %" PRId64 " to %" PRId64
                       " nodes",
                       settings->n, low, high);
    if (count == 1 && settings->mixing > 0)
        return fr_fail(FR_EUSAGE,
                       "a single community of %" PRId64 " nodes has no edges across; the mixing must be 0",
                       settings->n);
    for (int64_t c = 0; room != settings->n; c = (c + 1) % count) {
        int64_t step = room > settings->n ? -1 : 1;
        if (step < 0 ? made->size[c] == low : made->size[c] == high) continue;
        made->size[c] += step;
        room += step;
    }
    made->n_communities = count;
    return FR_OK;
}

/* A number and its rank in another list. */
typedef struct {
    int64_t value, index;
} ranked;

static int by_descending_value(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Nodes in the order of their inside degrees, the largest first, take random places in the communities of more nodes
 * than that; as the degrees fall more communities come in. Where even then no place is left, the node gets one in a
 * smaller community and loses the edges that do not fit. */
static void fill_communities(lfr *made, fr_rng *rng, const ranked *nodes, const ranked *communities,
                             uint32_t *place)
{
    int64_t open = 0, free_places = 0;
    for (int64_t k = 0; k < made->settings->n; k++) {
        while (open < made->n_communities && (free_places == 0 || communities[open].value > nodes[k].value)) {
            for (int64_t m = 0; m < communities[open].value; m++)
                place[free_places++] = (uint32_t)communities[open].index;
            open++;
        }
        int64_t chosen = fr_rng_below(rng, free_places), node = nodes[k].index;
        made->community[node] = place[chosen];
        place[chosen] = place[--free_places];
        int64_t most = made->size[made->community[node]] - 1;
        if (made->inside[node] > most) made->inside[node] = (uint32_t)most;
    }
}

static int choose_communities(lfr *made)
{
    int64_t n = made->settings->n;
    fr_rng rng;
    fr_rng_init(&rng, made->settings->seed, STREAM_COMMUNITY, 0);
    made->size = fr_alloc(n / made->settings->min_community + 1, sizeof *made->size);
    int status = made->size == NULL ? FR_ENOMEM : draw_sizes(made, &rng);
    if (status != FR_OK) return status;
    ranked *nodes = fr_alloc(n, sizeof *nodes),
           *communities = fr_alloc(made->n_communities, sizeof *communities);
    uint32_t *place = fr_alloc(n, sizeof *place);
    if (nodes == NULL || communities == NULL || place == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    for (int64_t i = 0; i < n; i++)
        nodes[i] = (ranked){made->inside[i], i};
    for (int64_t c = 0; c < made->n_communities; c++)
        communities[c] = (ranked){made->size[c], c};
    qsort(nodes, (size_t)n, sizeof *nodes, by_descending_value);
    qsort(communities, (size_t)made->n_communities, sizeof *communities, by_descending_value);
    fill_communities(made, &rng, nodes, communities, place);
done:
    fr_free(nodes);
    fr_free(communities);
    fr_free(place);
    return status;
}

/* ---- edges ---- */

/* Writes the node's ends of edges. */
static int64_t put_ends(uint32_t *end, int64_t node, uint32_t degree)
{
    for (uint32_t k = 0; k < degree; k++)
        end[k] = (uint32_t)node;
    return degree;
}

/* The edges within community c, whose members are listed; of an odd number of ends one is dropped. */
static int wire_inside(lfr *made, int64_t c, int64_t count, const uint32_t *member)
{
    uint32_t *end = made->end + 2 * made->n_edges;
    int64_t n_ends = 0, edges = 0;
    for (int64_t k = 0; k < count; k++)
        n_ends += put_ends(end + n_ends, member[k], made->inside[member[k]]);
    n_ends -= n_ends % 2;
    fr_rng rng;
    fr_rng_init(&rng, made->settings->seed, STREAM_WIRE_INSIDE, (uint64_t)c);
    int status = generate_wire(&rng, n_ends, end, NULL, &edges);
    made->n_edges += edges;
    return status;
}

static int wire_across(lfr *made)
{
    uint32_t *end = made->end + 2 * made->n_edges;
    int64_t n_ends = 0, edges = 0;
    if (made->n_communities > 1)
        for (int64_t i = 0; i < made->settings->n; i++)
            n_ends += put_ends(end + n_ends, i, made->across[i]);
    fr_rng rng;
    fr_rng_init(&rng, made->settings->seed, STREAM_WIRE_ACROSS, 0);
    int status = generate_wire(&rng, n_ends - n_ends % 2, end, made->community, &edges);
    made->n_edges += edges;
    return status;
}

/* The nodes of community c: member[begin[c]] .. member[begin[c + 1] - 1]. */
static void list_members(const lfr *made, int64_t *begin, uint32_t *member)
{
    int64_t *next = begin + 1; /* counts stand one further on: see generate_graph */
    for (int64_t c = 0; c + 1 < made->n_communities; c++)
        next[c + 1] = next[c] + made->size[c];
    for (int64_t i = 0; i < made->settings->n; i++)
        member[next[made->community[i]]++] = (uint32_t)i;
}

static int wire(lfr *made)
{
    int64_t n = made->settings->n, n_ends = 0;
    for (int64_t i = 0; i < n; i++)
        n_ends += (int64_t)made->inside[i] + made->across[i];
    int64_t *begin = fr_alloc(made->n_communities + 1, sizeof *begin);
    uint32_t *member = fr_alloc(n, sizeof *member);
    made->end = fr_alloc(n_ends, sizeof *made->end);
    int status = begin == NULL || member == NULL || made->end == NULL ? FR_ENOMEM : FR_OK;
    if (status == FR_OK) list_members(made, begin, member);
    for (int64_t c = 0; c < made->n_communities && status == FR_OK; c++) {
        status = wire_inside(made, c, begin[c + 1] - begin[c], member + begin[c]);
        if (status == FR_OK) status = fr_progress_tick("random graph", c, made->n_communities);
    }
    if (status == FR_OK) status = wire_across(made);
    fr_free(begin);
    fr_free(member);
    return status;
}

static int play(const void *context, pair_sink *sink)
{
    const lfr *made = context;
    for (int64_t e = 0; e < made->n_edges; e++)
        pair_put(sink, made->end[2 * e], made->end[2 * e + 1]);
    return FR_OK;
}

/* ---- the model ---- */

static int check(const fr_cluster_lfr_settings *settings)
{
    int64_t n = settings->n;
    if (settings->max_degree < 1 || settings->max_degree >= n)
        return fr_fail(FR_EUSAGE, "the largest degree is 1 to %" PRId64 ", not %" PRId64, n - 1,
                       settings->max_degree);
    if (!(settings->tau1 > 0 && settings->tau1 <= 20) || !(settings->tau2 > 0 && settings->tau2 <= 20))
        return fr_fail(FR_EUSAGE, "the exponents of the power laws are above 0 and at most 20, not %g and %g",
                       settings->tau1, settings->tau2);
    double least_mean = mean_degree(settings, least_degree);
    if (!(settings->mean_degree >= least_mean) || settings->mean_degree >= (double)settings->max_degree)
        return fr_fail(FR_EUSAGE,
                       "with the exponent %g the mean degree is %.3g to below the largest (%" PRId64
                       "), not %g",
                       settings->tau1, least_mean, settings->max_degree, settings->mean_degree);
    if (settings->min_community < 1 || settings->max_community < settings->min_community ||
        settings->max_community > n)
        return fr_fail(FR_EUSAGE,
                       "the sizes of communities are 1 to %" PRId64 " and in order, not %" PRId64
                       " to %" PRId64,
                       n, settings->min_community, settings->max_community);
    return generate_check_probability("the mixing", settings->mixing);
}

int fr_cluster_generate_lfr(const fr_cluster_lfr_settings *settings, fr_graph *out, int64_t *community)
{
    *out = (fr_graph){0};
    int status = generate_check_nodes(settings->n);
    if (status == FR_OK) status = check(settings);
    if (status != FR_OK) return status;
    int64_t n = settings->n;
    lfr made = {.settings = settings};
    made.community = fr_alloc(n, sizeof *made.community);
    made.inside = fr_alloc(n, sizeof *made.inside);
    made.across = fr_alloc(n, sizeof *made.across);
    if (made.community == NULL || made.inside == NULL || made.across == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    draw_degrees(&made);
    status = choose_communities(&made);
    if (status == FR_OK) status = wire(&made);
    if (status == FR_OK) status = generate_graph(n, play, &made, out);
    if (status == FR_OK && community != NULL)
        memcpy(community, made.community, (size_t)n * sizeof *community);
done:
    fr_free(made.size);
    fr_free(made.community);
    fr_free(made.inside);
    fr_free(made.across);
    fr_free(made.end);
    return status;
}
