/* Random graphs: a model is a stream of pairs of nodes that is a pure function of its parameters and seed. The stream is
 * played twice, once to count the arcs of each node and once to fill them in, so that no list of pairs is ever stored. */
#ifndef FRUGAL_CLUSTER_GENERATE_H
#define FRUGAL_CLUSTER_GENERATE_H

#include <frugal/cluster.h>

#include <math.h>

/* Streams of random numbers. */
enum {
    STREAM_INSIDE = 1, /* sequence b: pairs inside block b */
    STREAM_ACROSS,     /* sequence b: pairs from block b to later ones */
    STREAM_RMAT,
    STREAM_PERMUTATION,
    STREAM_X,
    STREAM_Y,
    STREAM_DEGREE,
    STREAM_COMMUNITY,
    STREAM_WIRE_INSIDE,
    STREAM_WIRE_ACROSS
};

/* Where a stream of pairs goes. */
typedef struct {
    /* first pass: the number of arcs of node i so far; second pass: where its next arc goes */
    int64_t *cursor;
    uint32_t *neighbour; /* NULL in the first pass */
} pair_sink;

/* Adds the edge {i, j}, i != j; it may be added more than once. */
static inline void pair_put(pair_sink *sink, int64_t i, int64_t j)
{
    int64_t at_i = sink->cursor[i]++, at_j = sink->cursor[j]++;
    if (sink->neighbour == NULL) return;
    sink->neighbour[at_i] = (uint32_t)j;
    sink->neighbour[at_j] = (uint32_t)i;
}

/* Plays the whole stream of `model` into the sink, in any order but with the same pairs each time. FR_OK or FR_EINTERRUPTED. */
typedef int pair_stream(const void *model, pair_sink *sink);

/* The graph of all pairs of the stream, with weight 1 each. */
int generate_graph(int64_t n, pair_stream *stream, const void *model, fr_graph *out);

/* FR_EUSAGE unless 1 <= n <= 2^32 - 2. */
int generate_check_nodes(int64_t n);
/* FR_EUSAGE unless 0 <= p <= 1; `what` names it. */
int generate_check_probability(const char *what, double p);

/* Failures before the first success of independent trials with probability p, where log_fail = log(1 - p) < 0 or -inf;
 * at most 2^62. */
static inline int64_t generate_skip(fr_rng *rng, double log_fail)
{
    double skip = log(fr_rng_uniform(rng)) / log_fail;
    return skip < 0x1p62 ? (int64_t)skip : INT64_C(1) << 62;
}

#endif
