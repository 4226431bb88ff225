/* Agglomerative clustering by the formulas of Lance and Williams (1967): the closest two clusters a, b become one, and
 *   average: d(ab, c) = (n_a d(a, c) + n_b d(b, c)) / (n_a + n_b),   complete: d(ab, c) = max(d(a, c), d(b, c)).
 * A cluster lives at the place of its smallest member and remembers the closest among those at smaller places, so that a
 * merger costs O(n) but for the clusters whose closest has gone. */
#include "agglomerate.h"

#include <inttypes.h>
#include <math.h>

typedef struct {
    int64_t n;
    double *distance;
    int64_t *size;    /* members of the cluster at each place; 0: merged into another */
    int64_t *closest; /* at a smaller place; the smallest on equality; -1: there is none */
    double *least;    /* distance to it */
    int64_t *into;    /* where a merged cluster went */
    cluster_linkage linkage;
} forest;

static void find_closest(forest *f, int64_t i)
{
    const double *row = f->distance + i * (i - 1) / 2;
    int64_t best = -1;
    for (int64_t j = 0; j < i; j++)
        if (f->size[j] > 0 && (best < 0 || row[j] < row[best])) best = j;
    f->closest[i] = best;
    f->least[i] = best < 0 ? INFINITY : row[best];
}

/* The pair to merge next: the closest, ties by the smaller and then by the larger place. */
static int64_t find_pair(const forest *f)
{
    int64_t best = 0;
    for (int64_t i = 1; i < f->n; i++)
        if (f->least[i] < f->least[best] ||
            (f->least[i] == f->least[best] && f->closest[i] < f->closest[best]))
            best = i;
    return best;
}

static double linked(const forest *f, int64_t a, int64_t b, int64_t other)
{
    double to_a = f->distance[cluster_pair(a, other)], to_b = f->distance[cluster_pair(b, other)];
    if (f->linkage == LINKAGE_COMPLETE) return fmax(to_a, to_b);
    double n_a = (double)f->size[a], n_b = (double)f->size[b];
    return (n_a * to_a + n_b * to_b) / (n_a + n_b);
}

/* The cluster at b goes into that at a < b. */
static void merge(forest *f, int64_t a, int64_t b)
{
    for (int64_t k = 0; k < f->n; k++)
        if (f->size[k] > 0 && k != a && k != b) f->distance[cluster_pair(a, k)] = linked(f, a, b, k);
    f->size[a] += f->size[b];
    f->size[b] = 0;
    f->least[b] = INFINITY;
    f->closest[b] = f->n;
    f->into[b] = a;
    find_closest(f, a);
    for (int64_t k = a + 1; k < f->n; k++) {
        if (f->size[k] == 0) continue;
        double d = f->distance[cluster_pair(k, a)];
        if (f->closest[k] == a || f->closest[k] == b)
            find_closest(f, k);
        else if (d < f->least[k] || (d == f->least[k] && a < f->closest[k]))
            f->closest[k] = a, f->least[k] = d;
    }
}

/* Numbers the clusters by their smallest members, which is where they live. */
static void number(const forest *f, int64_t *label)
{
    int64_t next = 0;
    for (int64_t i = 0; i < f->n; i++)
        label[i] = f->size[i] > 0 ? next++ : label[f->into[i]]; /* into < i */
}

int cluster_agglomerate(int64_t n, double *distance, cluster_linkage linkage, int64_t k, int64_t *label)
{
    if (k < 1 || k > n)
        return fr_fail(FR_EUSAGE,
                       "%" PRId64 " clusters of %" PRId64 " were asked for, expected 1 to %" PRId64, k, n, n);
    forest f = {.n = n, .distance = distance, .linkage = linkage};
    f.size = fr_alloc(n, sizeof *f.size);
    f.closest = fr_alloc(n, sizeof *f.closest);
    f.least = fr_alloc(n, sizeof *f.least);
    f.into = fr_alloc(n, sizeof *f.into);
    int status = f.size != NULL && f.closest != NULL && f.least != NULL && f.into != NULL ? FR_OK : FR_ENOMEM;
    if (status != FR_OK) goto done;
    for (int64_t i = 0; i < n; i++)
        f.size[i] = 1;
    for (int64_t i = 0; i < n; i++)
        find_closest(&f, i);
    for (int64_t left = n; left > k && status == FR_OK; left--) {
        int64_t b = find_pair(&f);
        merge(&f, f.closest[b], b);
        status = fr_progress_tick("linkage", n - left, n - k);
    }
    number(&f, label);
done:
    fr_free(f.size);
    fr_free(f.closest);
    fr_free(f.least);
    fr_free(f.into);
    return status;
}
