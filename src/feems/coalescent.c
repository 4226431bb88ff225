/* Genealogies backward in time (Hudson 1990; Notohara 1990 for the structured coalescent), O(1) work per move, one random
 * number and no logarithm each; a merger also walks along the lineages of its node.
 *
 * Pairs of lineages merge at rate sum_i k_i (k_i - 1) / 4 with k_i of them in node i, and every lineage of rate class c is
 * offered a move at rate bound_c, of which it may make nothing (coalescent.h). The exact chain of events is drawn at a
 * constant total rate that leaves room for somewhat more mergers than there are now, what falls into that room being no
 * event (uniformization, Jensen 1953). The waiting times then depend on nothing but their number, so that a run of n steps
 * lasts Gamma(n) / rate, drawn at its end. */
#include "coalescent.h"

#include <math.h>

enum { longest_run = 1 << 16, runs_between_looks = 64 }; /* at fr_interrupted */

/* A lineage, or the head of a node's ring. A lineage that merged with another goes on as their ancestor. */
typedef struct {
    int32_t place;          /* node where it is */
    int32_t rank;           /* its index in the list of its class */
    int32_t next, previous; /* ring of the lineages in a node, with its head */
} fr_lineage;

struct fr_coalescent {
    const fr_migration_rates *rates;
    const int32_t *leaf_node;
    int32_t n_leaves;
    fr_genealogy tree;
    fr_lineage *lineage; /* n_leaves of them, then a head for the ring of each node */
    int32_t *name;       /* per lineage: its node in the tree */
    int32_t *count;      /* per node: lineages there */
    int32_t *member;     /* per class: list of its lineages, at class * n_leaves */
    int32_t *class_size; /* per class */
    int64_t n_pairs;     /* sum over nodes of count (count - 1) / 2 */
    int32_t n_lineages;
    int32_t crowd;     /* no node holds more lineages than this */
    double offer_rate; /* sum over classes of class_size * bound */
};

static void enter_ring(fr_coalescent *c, int32_t lineage, int32_t node)
{
    int32_t head = c->n_leaves + node, second = c->lineage[head].next;
    c->lineage[head].next = c->lineage[second].previous = lineage;
    c->lineage[lineage].next = second;
    c->lineage[lineage].previous = head;
}

static void leave_ring(fr_coalescent *c, int32_t lineage)
{
    int32_t before = c->lineage[lineage].previous, after = c->lineage[lineage].next;
    c->lineage[before].next = after;
    c->lineage[after].previous = before;
}

static void enter_class(fr_coalescent *c, int32_t lineage, int32_t rate_class)
{
    int32_t rank = c->class_size[rate_class]++;
    c->member[(int64_t)rate_class * c->n_leaves + rank] = lineage;
    c->lineage[lineage].rank = rank;
}

static void leave_class(fr_coalescent *c, int32_t lineage, int32_t rate_class)
{
    int32_t *member = c->member + (int64_t)rate_class * c->n_leaves;
    int32_t last = member[--c->class_size[rate_class]], rank = c->lineage[lineage].rank;
    member[rank] = last;
    c->lineage[last].rank = rank;
}

static void sum_offers(fr_coalescent *c)
{
    c->offer_rate = 0;
    for (int64_t k = 0; k < c->rates->n_classes; k++)
        c->offer_rate += c->class_size[k] * c->rates->bound[k];
}

static void find_crowd(fr_coalescent *c)
{
    c->crowd = 0;
    for (int64_t i = 0; i < c->rates->n_nodes; i++)
        c->crowd = c->count[i] > c->crowd ? c->count[i] : c->crowd;
}

static void restart(fr_coalescent *c)
{
    c->n_lineages = c->n_leaves;
    c->n_pairs = 0;
    for (int32_t i = 0; i < c->rates->n_nodes; i++) {
        c->count[i] = 0;
        c->lineage[c->n_leaves + i].next = c->lineage[c->n_leaves + i].previous = c->n_leaves + i;
    }
    for (int64_t k = 0; k < c->rates->n_classes; k++)
        c->class_size[k] = 0;
    for (int32_t lineage = 0; lineage < c->n_leaves; lineage++) {
        int32_t node = c->leaf_node[lineage];
        c->lineage[lineage].place = node;
        c->name[lineage] = lineage;
        enter_ring(c, lineage, node);
        enter_class(c, lineage, c->rates->node[node].rate_class);
        c->n_pairs += c->count[node]++;
    }
    find_crowd(c);
    sum_offers(c);
}

/* Also right, and faster than a branch that nobody can predict, where `to` is `from`. */
static void move(fr_coalescent *c, int32_t lineage, int32_t from, int32_t to)
{
    leave_ring(c, lineage);
    enter_ring(c, lineage, to);
    c->lineage[lineage].place = to;
    c->n_pairs -= --c->count[from];
    int32_t met = c->count[to]++;
    c->n_pairs += met;
    c->crowd = met + 1 > c->crowd ? met + 1 : c->crowd;
    int32_t old_class = c->rates->node[from].rate_class, new_class = c->rates->node[to].rate_class;
    if (old_class == new_class) return;
    leave_class(c, lineage, old_class);
    enter_class(c, lineage, new_class);
    sum_offers(c);
}

/* Offers a move: x, uniform on (0, offer_rate), chooses class, lineage and target with its successive remainders. */
static void offer_move(fr_coalescent *c, double x)
{
    const fr_migration_rates *rates = c->rates;
    int64_t k = 0;
    for (; k + 1 < rates->n_classes && x >= c->class_size[k] * rates->bound[k]; k++)
        x -= c->class_size[k] * rates->bound[k];
    x *= rates->mean_wait[k];
    int32_t rank = (int32_t)x;
    if (rank >= c->class_size[k]) return; /* rounding at the very end of the line */
    int32_t lineage = c->member[k * c->n_leaves + rank], from = c->lineage[lineage].place;
    const fr_migration_node *node = &rates->node[from];
    x = (x - rank) * node->n_columns;
    int32_t chosen = (int32_t)x;
    const fr_alias_column *column = &rates->column[node->first + chosen];
    move(c, lineage, from, column->target[x - chosen >= column->threshold]);
}

/* A lineage chosen with probability proportional to the number of others in its node: candidates are uniform, accepted
 * with (count - 1) / (crowd - 1); many rejections are a sign that `crowd`, a bound, has become too large. */
static int32_t draw_first_of_pair(fr_coalescent *c, fr_rng *rng)
{
    for (int64_t tries = 1, patience = 4;; tries++) {
        double x = fr_rng_uniform(rng) * c->n_lineages;
        int32_t rank = (int32_t)x, k = 0;
        x -= rank;
        for (; rank >= c->class_size[k]; k++)
            rank -= c->class_size[k];
        int32_t lineage = c->member[(int64_t)k * c->n_leaves + rank];
        if (x * (c->crowd - 1) < c->count[c->lineage[lineage].place] - 1) return lineage;
        if (tries == patience) {
            find_crowd(c);
            patience *= 4;
        }
    }
}

/* Another lineage of the same node. */
static int32_t draw_second_of_pair(fr_coalescent *c, int32_t first, fr_rng *rng)
{
    int32_t head = c->n_leaves + c->lineage[first].place, lineage = first;
    for (int64_t steps = 1 + (int64_t)(fr_rng_uniform(rng) * (c->count[c->lineage[first].place] - 1));
         steps > 0; steps--) {
        lineage = c->lineage[lineage].next;
        if (lineage == head) lineage = c->lineage[lineage].next;
    }
    return lineage;
}

/* Merges two lineages of one node; the first one's slot goes on as their ancestor. */
static void merge(fr_coalescent *c, fr_rng *rng, double age)
{
    int32_t first = draw_first_of_pair(c, rng), second = draw_second_of_pair(c, first, rng);
    int32_t node = c->lineage[first].place, merged = c->n_leaves - c->n_lineages;
    c->tree.left[merged] = c->name[first];
    c->tree.right[merged] = c->name[second];
    c->tree.age[c->n_leaves + merged] = age;
    c->name[first] = c->n_leaves + merged;
    leave_ring(c, second);
    leave_class(c, second, c->rates->node[node].rate_class);
    c->n_pairs -= --c->count[node];
    c->n_lineages--;
    sum_offers(c);
}

/* Sum of n >= 1 exponential variates of mean 1: as they are, or by Marsaglia and Tsang (ACM TOMS 26, 2000). */
static double draw_gamma(fr_rng *rng, int64_t n)
{
    if (n <= 8) {
        double product = 1;
        for (int64_t k = 0; k < n; k++)
            product *= fr_rng_uniform(rng);
        return -log(product);
    }
    double d = (double)n - 1.0 / 3, scale = 1 / sqrt(9 * d);
    for (;;) {
        double z = fr_rng_normal(rng), v = 1 + scale * z;
        if (v <= 0) continue;
        v = v * v * v;
        double u = fr_rng_uniform(rng), square = z * z;
        if (u < 1 - 0.0331 * square * square || log(u) < 0.5 * square + d * (1 - v + log(v))) return d * v;
    }
}

static double merge_rate(const fr_coalescent *c)
{
    return 0.5 * (double)c->n_pairs;
}

/* Steps at one constant total rate: until a merger is due (true), or until offers or mergers have outgrown the rate. Adds
 * their duration to `age`. */
static bool run_until_merger(fr_coalescent *c, fr_rng *rng, double *age)
{
    double most_pairs = 0.5 * (double)c->n_lineages * (c->n_lineages - 1);
    double offer_rate = c->offer_rate, slack = fmin(1, 0.1 * offer_rate);
    double merge_bound = fmin(1.25 * merge_rate(c) + slack, 0.5 * most_pairs);
    double rate = offer_rate + merge_bound;
    bool is_merger = false;
    int64_t n_steps = 0;
    do {
        double x = fr_rng_uniform(rng) * rate;
        n_steps++;
        if (x >= merge_bound)
            offer_move(c, x - merge_bound);
        else
            is_merger = x < merge_rate(c);
    } while (!is_merger && c->offer_rate == offer_rate && merge_rate(c) <= merge_bound &&
             n_steps < longest_run);
    *age += draw_gamma(rng, n_steps) / rate;
    return is_merger;
}

int fr_coalescent_draw(fr_coalescent *c, fr_rng *rng, const fr_genealogy **tree)
{
    double age = 0;
    int64_t runs = 0;
    restart(c);
    while (c->n_lineages > 1) {
        if (run_until_merger(c, rng, &age)) merge(c, rng, age);
        if (++runs % runs_between_looks == 0 && fr_interrupted())
            return fr_fail(FR_EINTERRUPTED, "interrupted while a genealogy was being drawn");
    }
    *tree = &c->tree;
    return FR_OK;
}

int fr_coalescent_new(const fr_coalescent_model *model, fr_coalescent **out)
{
    const fr_migration_rates *rates = &model->rates;
    int64_t n_leaves = model->n_leaves, n_members;
    *out = NULL;
    if (fr_size_mul(rates->n_classes, n_leaves, &n_members) != FR_OK) return FR_ENOMEM;
    fr_coalescent *c = fr_alloc(1, sizeof *c);
    if (c == NULL) return FR_ENOMEM;
    c->rates = rates;
    c->leaf_node = model->leaf_node;
    c->n_leaves = (int32_t)n_leaves;
    c->tree.n_leaves = n_leaves;
    int32_t **const per_lineage[] = {&c->name, &c->tree.left, &c->tree.right};
    bool complete = true;
    for (size_t k = 0; k < sizeof per_lineage / sizeof *per_lineage; k++)
        complete &= (*per_lineage[k] = fr_alloc(n_leaves, sizeof(int32_t))) != NULL;
    complete &= (c->lineage = fr_alloc(n_leaves + rates->n_nodes, sizeof *c->lineage)) != NULL;
    complete &= (c->count = fr_alloc(rates->n_nodes, sizeof *c->count)) != NULL;
    complete &= (c->member = fr_alloc(n_members, sizeof *c->member)) != NULL;
    complete &= (c->class_size = fr_alloc(rates->n_classes, sizeof *c->class_size)) != NULL;
    complete &= (c->tree.age = fr_alloc(2 * n_leaves - 1, sizeof *c->tree.age)) != NULL;
    if (!complete) {
        fr_coalescent_free(c);
        return FR_ENOMEM;
    }
    *out = c;
    return FR_OK;
}

void fr_coalescent_free(fr_coalescent *c)
{
    if (c == NULL) return;
    void *const blocks[] = {c->lineage,    c->name,      c->count,      c->member,
                            c->class_size, c->tree.left, c->tree.right, c->tree.age};
    for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++)
        fr_free(blocks[k]);
    fr_free(c);
}

/* Every merged lineage spans from its age down to those of its two parts. */
double fr_genealogy_length(const fr_genealogy *tree)
{
    double length = 0;
    for (int64_t k = 0; k < tree->n_leaves - 1; k++)
        length += 2 * tree->age[tree->n_leaves + k] - tree->age[tree->left[k]] - tree->age[tree->right[k]];
    return length;
}

int32_t fr_genealogy_branch(const fr_genealogy *tree, double position)
{
    int32_t child = 0;
    for (int64_t k = 0; k < tree->n_leaves - 1; k++) {
        double top = tree->age[tree->n_leaves + k];
        child = tree->left[k];
        position -= top - tree->age[child];
        if (position < 0) break;
        child = tree->right[k];
        position -= top - tree->age[child];
        if (position < 0) break;
    }
    return child; /* rounding at the upper end leaves the last branch */
}
