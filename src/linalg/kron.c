/* Kron reduction (Schur complement) of a graph Laplacian onto kept nodes: a sparse factor of L_uu and o right-hand sides
 * -L_uo, solved together because all rows of the unknown H_u are dense, short (o doubles) and contiguous. */
#include <frugal/linalg.h>

#include "supernodal.h"

#include <core/for_each_cpu.h>

#include <omp.h>
#include <string.h>

enum { lanes = 8 }; /* rows are padded to whole vectors of 8 doubles */

struct fr_kron {
    int64_t n, m, o, u, stride;
    int64_t *row;         /* n: row of each node in H */
    int64_t *i, *j;       /* m: rows of the end nodes, the larger in i */
    int64_t *entry;       /* m: place of the edge's value in the factor's blocks, -1 if an end is kept */
    int64_t *diagonal;    /* u: place of the diagonal entries */
    double *weight;       /* m: of the last factorisation */
    double *degree;       /* n: sum of the weights at each row */
    double *extension;    /* n x stride */
    fr_supernodal factor; /* of L_uu */
    fr_span *spans;       /* where the forward substitution for -L_uo has something to do */
};

/* Orders the eliminated nodes and finds the pattern of the factor of L_uu. Rows are numbered u by node until then. */
static int order_eliminated(fr_kron *kron, const int64_t *i, const int64_t *j)
{
    int64_t u = kron->u, inside = 0;
    int64_t *from = fr_alloc(kron->m, sizeof *from), *to = fr_alloc(kron->m, sizeof *to);
    int64_t *permutation = fr_alloc(u, sizeof *permutation), *number = fr_alloc(u, sizeof *number);
    int status = from == NULL || to == NULL || permutation == NULL || number == NULL ? FR_ENOMEM : FR_OK;
    if (status != FR_OK) goto done;
    for (int64_t e = 0; e < kron->m; e++) {
        int64_t a = kron->row[i[e]], b = kron->row[j[e]];
        if (a < u && b < u) from[inside] = a, to[inside++] = b;
    }
    status = fr_supernodal_new(u, inside, from, to, permutation, &kron->factor);
    if (status != FR_OK) goto done;
    for (int64_t k = 0; k < u; k++)
        number[permutation[k]] = k;
    for (int64_t v = 0; v < kron->n; v++)
        if (kron->row[v] < u) kron->row[v] = number[kron->row[v]];
done:
    fr_free(from);
    fr_free(to);
    fr_free(permutation);
    fr_free(number);
    return status;
}

/* Is the edge one from a kept node to an eliminated one? */
static bool crosses(const fr_kron *kron, int64_t e)
{
    return kron->i[e] >= kron->u && kron->j[e] < kron->u;
}

static int find_spans(fr_kron *kron)
{
    kron->spans = fr_alloc(kron->factor.n_super, sizeof *kron->spans);
    if (kron->spans == NULL) return FR_ENOMEM;
    for (int64_t e = 0; e < kron->m; e++) {
        if (!crosses(kron, e)) continue;
        fr_span *span = &kron->spans[kron->factor.super_of[kron->j[e]]];
        int32_t vector = (int32_t)((kron->i[e] - kron->u) / lanes);
        if (span->last == 0) *span = (fr_span){vector, vector + 1};
        if (vector < span->first) span->first = vector;
        if (vector >= span->last) span->last = vector + 1;
    }
    fr_supernodal_spread(&kron->factor, kron->spans);
    return FR_OK;
}

int fr_kron_new(int64_t n, int64_t m, const int64_t *i, const int64_t *j, int64_t o, const int64_t *kept,
                fr_kron **out)
{
    *out = NULL;
    fr_kron *kron = fr_alloc(1, sizeof *kron);
    if (kron == NULL) return FR_ENOMEM;
    kron->n = n, kron->m = m, kron->o = o, kron->u = n - o;
    kron->stride = (o + lanes - 1) / lanes * lanes;
    int64_t cells = 0;
    int status = fr_size_mul(n, kron->stride, &cells);
    kron->row = fr_alloc(n, sizeof *kron->row);
    kron->i = fr_alloc(m, sizeof *kron->i);
    kron->j = fr_alloc(m, sizeof *kron->j);
    kron->entry = fr_alloc(m, sizeof *kron->entry);
    kron->diagonal = fr_alloc(kron->u, sizeof *kron->diagonal);
    kron->weight = fr_alloc(m, sizeof *kron->weight);
    kron->degree = fr_alloc(n, sizeof *kron->degree);
    if (status == FR_OK) kron->extension = fr_alloc(cells, sizeof *kron->extension);
    if (kron->row == NULL || kron->i == NULL || kron->j == NULL || kron->entry == NULL ||
        kron->diagonal == NULL || kron->weight == NULL || kron->degree == NULL || kron->extension == NULL) {
        fr_kron_free(kron);
        return FR_ENOMEM;
    }
    for (int64_t v = 0; v < n; v++)
        kron->row[v] = -1;
    for (int64_t a = 0; a < o; a++)
        kron->row[kept[a]] = kron->u + a;
    for (int64_t v = 0, next = 0; v < n; v++)
        if (kron->row[v] < 0) kron->row[v] = next++;
    if (kron->u > 0) status = order_eliminated(kron, i, j);
    if (status != FR_OK) {
        fr_kron_free(kron);
        return status;
    }
    for (int64_t e = 0; e < m; e++) {
        int64_t a = kron->row[i[e]], b = kron->row[j[e]];
        kron->i[e] = a > b ? a : b;
        kron->j[e] = a > b ? b : a;
        kron->entry[e] =
            kron->i[e] < kron->u ? fr_supernodal_entry(&kron->factor, kron->i[e], kron->j[e]) : -1;
    }
    for (int64_t r = 0; r < kron->u; r++)
        kron->diagonal[r] = fr_supernodal_entry(&kron->factor, r, r);
    if (kron->u > 0) status = find_spans(kron);
    if (status != FR_OK) {
        fr_kron_free(kron);
        return status;
    }
    *out = kron;
    return FR_OK;
}

void fr_kron_free(fr_kron *kron)
{
    if (kron == NULL) return;
    fr_supernodal_free(&kron->factor);
    fr_free(kron->spans);
    fr_free(kron->row);
    fr_free(kron->i);
    fr_free(kron->j);
    fr_free(kron->entry);
    fr_free(kron->diagonal);
    fr_free(kron->weight);
    fr_free(kron->degree);
    fr_free(kron->extension);
    fr_free(kron);
}

static void solve(const fr_kron *kron, double *x, int64_t stride, const fr_span *spans)
{
    int64_t vectors = stride / lanes, work = kron->factor.size * stride;
    int64_t parts = !omp_in_parallel() && work > 50000000 ? fr_threads()
                                                          : 1; /* below, threads cost more than they save */
    if (parts > vectors) parts = vectors;
    if (parts <= 1) {
        fr_supernodal_solve(&kron->factor, x, stride, 0, stride, spans);
        return;
    }
#pragma omp parallel for num_threads((int)parts)
    for (int64_t part = 0; part < parts; part++)
        fr_supernodal_solve(&kron->factor, x, stride, vectors * part / parts * lanes,
                            vectors * (part + 1) / parts * lanes, spans);
}

void fr_kron_solve(const fr_kron *kron, double *x, int64_t stride)
{
    if (kron->u > 0) solve(kron, x, stride, NULL);
}

static int factor_eliminated(fr_kron *kron, const double *weights)
{
    double *value = kron->factor.value;
    memset(value, 0, (size_t)kron->factor.size * sizeof *value);
    for (int64_t e = 0; e < kron->m; e++)
        if (kron->entry[e] >= 0) value[kron->entry[e]] = -weights[e];
    for (int64_t r = 0; r < kron->u; r++)
        value[kron->diagonal[r]] = kron->degree[r];
    if (fr_supernodal_factor(&kron->factor) != FR_OK)
        return fr_fail(FR_ENUMERIC, "the graph's matrix is not positive definite at these weights");
    return FR_OK;
}

FR_FOR_EACH_CPU
static void add_row(double factor, const double *from, double *to, int64_t n)
{
#pragma omp simd
    for (int64_t a = 0; a < n; a++)
        to[a] += factor * from[a];
}

static void extend(const fr_kron *kron, double *x, int64_t stride, const fr_span *spans)
{
    memset(x, 0, (size_t)(kron->u * stride) * sizeof *x);
    for (int64_t e = 0; e < kron->m; e++)
        if (crosses(kron, e))
            add_row(kron->weight[e], x + kron->i[e] * stride, x + kron->j[e] * stride, stride);
    if (kron->u > 0) solve(kron, x, stride, spans);
}

void fr_kron_extend(const fr_kron *kron, double *x, int64_t stride)
{
    extend(kron, x, stride, NULL);
}

/* K = L_oo + L_ou H_u. */
static void reduce(const fr_kron *kron, double *reduced)
{
    int64_t u = kron->u, o = kron->o, stride = kron->stride;
    memset(reduced, 0, (size_t)(o * stride) * sizeof *reduced);
    for (int64_t a = 0; a < o; a++)
        reduced[a * stride + a] = kron->degree[u + a];
    for (int64_t e = 0; e < kron->m; e++) {
        int64_t i = kron->i[e], j = kron->j[e];
        if (crosses(kron, e)) {
            add_row(-kron->weight[e], kron->extension + j * stride, reduced + (i - u) * stride, stride);
        } else if (j >= u) {
            reduced[(i - u) * stride + j - u] -= kron->weight[e];
            reduced[(j - u) * stride + i - u] -= kron->weight[e];
        }
    }
    for (int64_t a = 0; a < o; a++) /* the rounding of the solves leaves a slight asymmetry */
        for (int64_t b = 0; b < a; b++)
            reduced[a * stride + b] = reduced[b * stride + a] =
                0.5 * (reduced[a * stride + b] + reduced[b * stride + a]);
}

int fr_kron_factor(fr_kron *kron, const double *weights, double *reduced)
{
    memcpy(kron->weight, weights, (size_t)kron->m * sizeof *weights);
    memset(kron->degree, 0, (size_t)kron->n * sizeof *kron->degree);
    for (int64_t e = 0; e < kron->m; e++) {
        kron->degree[kron->i[e]] += weights[e];
        kron->degree[kron->j[e]] += weights[e];
    }
    int status = kron->u > 0 ? factor_eliminated(kron, weights) : FR_OK;
    if (status != FR_OK) return status;
    double *kept = kron->extension + kron->u * kron->stride;
    memset(kept, 0, (size_t)(kron->o * kron->stride) * sizeof *kept);
    for (int64_t a = 0; a < kron->o; a++)
        kept[a * kron->stride + a] = 1;
    extend(kron, kron->extension, kron->stride, kron->spans); /* of the identity */
    reduce(kron, reduced);
    return FR_OK;
}

const double *fr_kron_extension(const fr_kron *kron)
{
    return kron->extension;
}

int64_t fr_kron_row(const fr_kron *kron, int64_t node)
{
    return kron->row[node];
}

int64_t fr_kron_eliminated(const fr_kron *kron)
{
    return kron->u;
}

int64_t fr_kron_stride(const fr_kron *kron)
{
    return kron->stride;
}

int64_t fr_kron_nonzeros(const fr_kron *kron)
{
    return kron->factor.size;
}
