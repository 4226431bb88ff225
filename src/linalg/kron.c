/* Kron reduction (Schur complement) of a graph Laplacian onto kept nodes. CHOLMOD orders and factors L_uu (supernodal
 * L_uu = G G'); the triangular solves for the o right-hand sides -L_uo are ours, because all rows of the unknown X = H_u
 * are dense, short (o doubles) and contiguous: then each supernode is a small matrix product on whole rows. */
#include <frugal/linalg.h>

#include "rows.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <suitesparse/cholmod.h>

enum { lanes = 8 }; /* rows are padded to whole vectors of 8 doubles */

struct fr_kron {
    int64_t n, m, o, u, stride;
    int64_t *row;      /* n: row of each node in H */
    int64_t *i, *j;    /* m: rows of the end nodes */
    int64_t *entry;    /* m: place of edge's value in the matrix, -1 if an end is kept */
    int64_t *diagonal; /* u: place of the diagonal entries */
    double *degree;    /* n: sum of the weights at each row */
    double *extension; /* n x stride */
    cholmod_common common;
    cholmod_sparse *matrix; /* L_uu in elimination order, lower triangle */
    cholmod_factor *factor;
};

/* ---- set-up ------------------------------------------------------------------------------------------------------------- */

/* Lower triangle of L_uu in the given numbering of rows; the places of the values go to entry and diagonal. */
static cholmod_sparse *build_matrix(fr_kron *kron)
{
    int64_t u = kron->u, inside = 0;
    for (int64_t e = 0; e < kron->m; e++)
        if (kron->i[e] < u && kron->j[e] < u) inside++;
    cholmod_sparse *a = cholmod_l_allocate_sparse((size_t)u, (size_t)u, (size_t)(u + inside), 1, 1, -1,
                                                  CHOLMOD_REAL, &kron->common);
    int64_t *fill = fr_alloc(u + 1, sizeof *fill);
    if (a == NULL || fill == NULL) {
        cholmod_l_free_sparse(&a, &kron->common);
        fr_free(fill);
        return NULL;
    }
    SuiteSparse_long *column = a->p, *row = a->i;
    for (int64_t e = 0; e < kron->m; e++) {
        int64_t r = kron->i[e], s = kron->j[e];
        if (r < u && s < u) column[(r < s ? r : s) + 1]++;
    }
    for (int64_t c = 0; c < u; c++) {
        column[c + 1] += column[c] + 1; /* one more for the diagonal, which comes first */
        kron->diagonal[c] = column[c];
        row[column[c]] = c;
        fill[c] = column[c] + 1;
    }
    for (int64_t e = 0; e < kron->m; e++) {
        int64_t r = kron->i[e], s = kron->j[e];
        kron->entry[e] = -1;
        if (r >= u || s >= u) continue;
        int64_t c = r < s ? r : s;
        kron->entry[e] = fill[c];
        row[fill[c]++] = r < s ? s : r;
    }
    a->sorted = 0;
    fr_free(fill);
    return a;
}

/* Renumbers the eliminated rows by the factor's fill-reducing permutation. */
static int renumber(fr_kron *kron, const SuiteSparse_long *permutation)
{
    int64_t *place = fr_alloc(kron->u, sizeof *place);
    if (place == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < kron->u; k++)
        place[permutation[k]] = k;
    for (int64_t v = 0; v < kron->n; v++)
        if (kron->row[v] < kron->u) kron->row[v] = place[kron->row[v]];
    for (int64_t e = 0; e < kron->m; e++) {
        if (kron->i[e] < kron->u) kron->i[e] = place[kron->i[e]];
        if (kron->j[e] < kron->u) kron->j[e] = place[kron->j[e]];
    }
    fr_free(place);
    return FR_OK;
}

/* Finds the order, renumbers by it, and analyses once more in natural order, so that no later call permutes anything. */
static int analyse(fr_kron *kron)
{
    cholmod_common *common = &kron->common;
    common->supernodal = CHOLMOD_SUPERNODAL;
    common->print = 0;
    kron->matrix = build_matrix(kron);
    if (kron->matrix == NULL) return fr_fail(FR_ENOMEM, "out of memory for the graph's matrix");
    kron->factor = cholmod_l_analyze(kron->matrix, common);
    if (kron->factor == NULL) return fr_fail(FR_ENOMEM, "out of memory for ordering the graph's nodes");
    int status = renumber(kron, kron->factor->Perm);
    cholmod_l_free_factor(&kron->factor, common);
    cholmod_l_free_sparse(&kron->matrix, common);
    if (status != FR_OK) return status;
    kron->matrix = build_matrix(kron);
    if (kron->matrix == NULL) return fr_fail(FR_ENOMEM, "out of memory for the graph's matrix");
    common->nmethods = 1;
    common->method[0].ordering = CHOLMOD_NATURAL;
    common->postorder = 0;
    kron->factor = cholmod_l_analyze(kron->matrix, common);
    if (kron->factor == NULL || !kron->factor->is_super)
        return fr_fail(FR_ENOMEM, "out of memory for the factor of the graph's matrix");
    return FR_OK;
}

int fr_kron_new(int64_t n, int64_t m, const int64_t *i, const int64_t *j, int64_t o, const int64_t *kept,
                fr_kron **out)
{
    *out = NULL;
    int status = FR_OK;
    fr_kron *kron = fr_alloc(1, sizeof *kron);
    if (kron == NULL) return FR_ENOMEM;
    kron->n = n, kron->m = m, kron->o = o, kron->u = n - o;
    kron->stride = (o + lanes - 1) / lanes * lanes;
    cholmod_l_start(&kron->common);
    kron->row = fr_alloc(n, sizeof *kron->row);
    kron->i = fr_alloc(m, sizeof *kron->i);
    kron->j = fr_alloc(m, sizeof *kron->j);
    kron->entry = fr_alloc(m, sizeof *kron->entry);
    kron->diagonal = fr_alloc(kron->u, sizeof *kron->diagonal);
    kron->degree = fr_alloc(n, sizeof *kron->degree);
    int64_t cells = 0;
    status = fr_size_mul(n, kron->stride, &cells);
    if (status == FR_OK) kron->extension = fr_alloc(cells, sizeof *kron->extension);
    if (kron->row == NULL || kron->i == NULL || kron->j == NULL || kron->entry == NULL ||
        kron->diagonal == NULL || kron->degree == NULL || kron->extension == NULL) {
        fr_kron_free(kron);
        return FR_ENOMEM;
    }
    for (int64_t v = 0; v < n; v++)
        kron->row[v] = -1;
    for (int64_t a = 0; a < o; a++)
        kron->row[kept[a]] = kron->u + a;
    for (int64_t v = 0, next = 0; v < n; v++)
        if (kron->row[v] < 0) kron->row[v] = next++;
    for (int64_t e = 0; e < m; e++) {
        kron->i[e] = kron->row[i[e]];
        kron->j[e] = kron->row[j[e]];
    }
    if (kron->u > 0)
        status = analyse(kron);
    else
        for (int64_t e = 0; e < m; e++)
            kron->entry[e] = -1;
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
    cholmod_l_free_factor(&kron->factor, &kron->common);
    cholmod_l_free_sparse(&kron->matrix, &kron->common);
    cholmod_l_finish(&kron->common);
    fr_free(kron->row);
    fr_free(kron->i);
    fr_free(kron->j);
    fr_free(kron->entry);
    fr_free(kron->diagonal);
    fr_free(kron->degree);
    fr_free(kron->extension);
    fr_free(kron);
}

/* ---- triangular solves ----------------------------------------------------------------------------------------------------- */

/* One supernode: columns first .. first + width - 1 of the factor, `height` rows in all of which the first `width` are its
 * own columns; block is height x width, column-major. */
typedef struct {
    int64_t first, width, height;
    const SuiteSparse_long *rows;
    const double *block;
} supernode;

static supernode supernode_of(const cholmod_factor *factor, int64_t s)
{
    const SuiteSparse_long *super = factor->super, *pi = factor->pi, *px = factor->px, *rows = factor->s;
    const double *x = factor->x;
    return (supernode){.first = super[s],
                       .width = super[s + 1] - super[s],
                       .height = pi[s + 1] - pi[s],
                       .rows = rows + pi[s],
                       .block = x + px[s]};
}

/* Columns from..to-1 (whole vectors) of x := L_uu^-1 x. */
static void solve_columns(const fr_kron *kron, double *x, int64_t stride, int64_t from, int64_t to)
{
    int64_t count = (int64_t)kron->factor->nsuper, vectors = (to - from) / lanes;
    double *origin = x + from;
    for (int64_t s = 0; s < count; s++) {
        supernode node = supernode_of(kron->factor, s);
        double *own = origin + node.first * stride;
        fr_rows_lower_solve(own, stride, vectors, node.block, node.height, node.width);
        fr_rows_scatter_update(origin, stride, vectors, node.rows + node.width, node.height - node.width,
                               node.block + node.width, node.height, own, node.width);
    }
    for (int64_t s = count - 1; s >= 0; s--) {
        supernode node = supernode_of(kron->factor, s);
        double *own = origin + node.first * stride;
        fr_rows_gather_update(own, stride, vectors, node.width, node.block + node.width, node.height, origin,
                              node.rows + node.width, node.height - node.width);
        fr_rows_upper_solve(own, stride, vectors, node.block, node.height, node.width);
    }
}

void fr_kron_solve(const fr_kron *kron, double *x, int64_t stride)
{
    if (kron->u == 0) return;
    int64_t vectors = stride / lanes;
    bool worthwhile = !omp_in_parallel() && fr_kron_nonzeros(kron) * stride > 50000000;
    int64_t parts = worthwhile ? fr_threads() : 1;
    if (parts > vectors) parts = vectors;
#pragma omp parallel for num_threads((int)parts) if (parts > 1)
    for (int64_t part = 0; part < parts; part++)
        solve_columns(kron, x, stride, vectors * part / parts * lanes, vectors * (part + 1) / parts * lanes);
}

/* ---- numeric step ---------------------------------------------------------------------------------------------------------- */

static int factor_matrix(fr_kron *kron, const double *weights)
{
    double *value = kron->matrix->x;
    for (int64_t e = 0; e < kron->m; e++)
        if (kron->entry[e] >= 0) value[kron->entry[e]] = -weights[e];
    for (int64_t r = 0; r < kron->u; r++)
        value[kron->diagonal[r]] = kron->degree[r];
    kron->common.status = CHOLMOD_OK;
    bool alone = !omp_in_parallel();
    int levels = omp_get_max_active_levels();
    if (alone)
        omp_set_max_active_levels(
            0); /* CHOLMOD asks for four threads wherever it can, which costs more than it saves */
    cholmod_l_factorize(kron->matrix, kron->factor, &kron->common);
    if (alone) omp_set_max_active_levels(levels);
    if (kron->common.status == CHOLMOD_OUT_OF_MEMORY)
        return fr_fail(FR_ENOMEM, "out of memory while factorising the graph's matrix");
    if (kron->common.status != CHOLMOD_OK)
        return fr_fail(FR_ENUMERIC, "the graph's matrix is not positive definite at these weights");
    return FR_OK;
}

int fr_kron_factor(fr_kron *kron, const double *weights, double *reduced)
{
    int64_t u = kron->u, o = kron->o, stride = kron->stride;
    memset(kron->degree, 0, (size_t)kron->n * sizeof *kron->degree);
    for (int64_t e = 0; e < kron->m; e++) {
        kron->degree[kron->i[e]] += weights[e];
        kron->degree[kron->j[e]] += weights[e];
    }
    if (u > 0) {
        int status = factor_matrix(kron, weights);
        if (status != FR_OK) return status;
    }
    double *h = kron->extension;
    memset(h, 0, (size_t)(kron->n * stride) * sizeof *h);
    memset(reduced, 0, (size_t)(o * stride) * sizeof *reduced);
    for (int64_t a = 0; a < o; a++) {
        h[(u + a) * stride + a] = 1.0;
        reduced[a * stride + a] = kron->degree[u + a];
    }
    for (int64_t e = 0; e < kron->m; e++) { /* right-hand sides -L_uo, and L_oo */
        int64_t r = kron->i[e] < kron->j[e] ? kron->i[e] : kron->j[e], s = kron->i[e] + kron->j[e] - r;
        if (r < u && s >= u) h[r * stride + s - u] += weights[e];
        if (r >= u)
            reduced[(r - u) * stride + s - u] -= weights[e], reduced[(s - u) * stride + r - u] -= weights[e];
    }
    fr_kron_solve(kron, h, stride);
    for (int64_t e = 0; e < kron->m; e++) { /* K = L_oo + L_ou H_u */
        int64_t r = kron->i[e] < kron->j[e] ? kron->i[e] : kron->j[e], s = kron->i[e] + kron->j[e] - r;
        if (r >= u || s < u) continue;
        const double *from = h + r * stride;
        double *to = reduced + (s - u) * stride, w = weights[e];
        for (int64_t a = 0; a < o; a++)
            to[a] -= w * from[a];
    }
    for (int64_t a = 0; a < o; a++) /* the rounding of the solves leaves a slight asymmetry */
        for (int64_t b = 0; b < a; b++)
            reduced[a * stride + b] = reduced[b * stride + a] =
                0.5 * (reduced[a * stride + b] + reduced[b * stride + a]);
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
    return kron->u > 0 ? (int64_t)kron->factor->xsize : 0;
}
