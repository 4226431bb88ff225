/* Right-looking supernodal Cholesky: factor the diagonal block, solve for the rows below it, and scatter their outer product
 * into the supernodes above. The triangular solves serve many right-hand sides at once, all dense rows of x. */
#include "supernodal.h"

#include "rows.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>
#include <suitesparse/cholmod.h>

enum { lanes = 8 };

/* ---- pattern ---------------------------------------------------------------------------------------------------------- */

/* Lower triangle of the pattern, rows and columns renumbered by `number` (NULL: as they are). */
static cholmod_sparse *pattern_of(int64_t n, int64_t m, const int64_t *i, const int64_t *j,
                                  const int64_t *number, cholmod_common *common)
{
    cholmod_triplet *list =
        cholmod_l_allocate_triplet((size_t)n, (size_t)n, (size_t)(n + m), -1, CHOLMOD_PATTERN, common);
    if (list == NULL) return NULL;
    SuiteSparse_long *row = list->i, *column = list->j;
    for (int64_t v = 0; v < n; v++)
        row[v] = column[v] = v;
    for (int64_t e = 0; e < m; e++) {
        int64_t a = number == NULL ? i[e] : number[i[e]], b = number == NULL ? j[e] : number[j[e]];
        row[n + e] = a > b ? a : b;
        column[n + e] = a > b ? b : a;
    }
    list->nnz = (size_t)(n + m);
    cholmod_sparse *matrix = cholmod_l_triplet_to_sparse(list, 0, common);
    cholmod_l_free_triplet(&list, common);
    return matrix;
}

static int copy_pattern(const cholmod_factor *found, fr_supernodal *out)
{
    const SuiteSparse_long *first = found->super, *rows_start = found->pi, *block_start = found->px,
                           *rows = found->s;
    int64_t count = (int64_t)found->nsuper, tallest = 0;
    out->n_super = count;
    out->size = (int64_t)found->xsize;
    out->first = fr_alloc(count + 1, sizeof *out->first);
    out->rows_start = fr_alloc(count + 1, sizeof *out->rows_start);
    out->block_start = fr_alloc(count + 1, sizeof *out->block_start);
    out->rows = fr_alloc((int64_t)found->ssize, sizeof *out->rows);
    out->super_of = fr_alloc(out->n, sizeof *out->super_of);
    out->place = fr_alloc(out->n, sizeof *out->place);
    out->value = fr_alloc(out->size, sizeof *out->value);
    if (out->first == NULL || out->rows_start == NULL || out->block_start == NULL || out->rows == NULL ||
        out->super_of == NULL || out->place == NULL || out->value == NULL)
        return FR_ENOMEM;
    for (int64_t s = 0; s <= count; s++) {
        out->first[s] = first[s];
        out->rows_start[s] = rows_start[s];
        out->block_start[s] = block_start[s];
    }
    for (int64_t k = 0; k < (int64_t)found->ssize; k++)
        out->rows[k] = rows[k];
    for (int64_t s = 0; s < count; s++) {
        int64_t width = first[s + 1] - first[s], below = rows_start[s + 1] - rows_start[s] - width;
        tallest = below > tallest ? below : tallest;
        for (int64_t c = first[s]; c < first[s + 1]; c++)
            out->super_of[c] = s;
    }
    out->update = fr_alloc(tallest * tallest, sizeof *out->update);
    return out->update == NULL ? FR_ENOMEM : FR_OK;
}

int fr_supernodal_new(int64_t n, int64_t m, const int64_t *i, const int64_t *j, int64_t *permutation,
                      fr_supernodal *out)
{
    *out = (fr_supernodal){.n = n};
    cholmod_common common;
    cholmod_sparse *matrix = NULL;
    cholmod_factor *found = NULL;
    int64_t *number = fr_alloc(n, sizeof *number);
    int status = number == NULL ? FR_ENOMEM : FR_OK;
    cholmod_l_start(&common);
    common.supernodal = CHOLMOD_SUPERNODAL;
    common.print = 0;
    common.zrelax[0] =
        0.3; /* fewer zeros inside the supernodes than CHOLMOD's default: there are many right-hand sides */
    if (status == FR_OK && (matrix = pattern_of(n, m, i, j, NULL, &common)) != NULL)
        found = cholmod_l_analyze(matrix, &common);
    if (found != NULL) {
        const SuiteSparse_long *order = found->Perm;
        for (int64_t k = 0; k < n; k++) {
            permutation[k] = order[k];
            number[order[k]] = k;
        }
        cholmod_l_free_factor(&found, &common);
        cholmod_l_free_sparse(&matrix, &common);
        common.nmethods = 1; /* once more in that order, so that nothing is permuted ever after */
        common.method[0].ordering = CHOLMOD_NATURAL;
        common.postorder = 0;
        matrix = pattern_of(n, m, i, j, number, &common);
        if (matrix != NULL) found = cholmod_l_analyze(matrix, &common);
    }
    if (status == FR_OK && (found == NULL || !found->is_super))
        status = fr_fail(FR_ENOMEM, "out of memory for ordering a sparse matrix of %lld rows", (long long)n);
    if (status == FR_OK) status = copy_pattern(found, out);
    cholmod_l_free_factor(&found, &common);
    cholmod_l_free_sparse(&matrix, &common);
    cholmod_l_finish(&common);
    fr_free(number);
    if (status != FR_OK) fr_supernodal_free(out);
    return status;
}

void fr_supernodal_free(fr_supernodal *factor)
{
    fr_free(factor->first);
    fr_free(factor->rows_start);
    fr_free(factor->block_start);
    fr_free(factor->rows);
    fr_free(factor->super_of);
    fr_free(factor->value);
    fr_free(factor->update);
    fr_free(factor->place);
    memset(factor, 0, sizeof *factor);
}

/* One supernode: `width` columns from `first`; `height` rows, of which the first `width` are its own columns. */
typedef struct {
    int64_t first, width, height;
    const int64_t *rows;
    double *block;
} supernode;

static supernode supernode_of(const fr_supernodal *factor, int64_t s)
{
    return (supernode){.first = factor->first[s],
                       .width = factor->first[s + 1] - factor->first[s],
                       .height = factor->rows_start[s + 1] - factor->rows_start[s],
                       .rows = factor->rows + factor->rows_start[s],
                       .block = factor->value + factor->block_start[s]};
}

int64_t fr_supernodal_entry(const fr_supernodal *factor, int64_t row, int64_t column)
{
    int64_t s = factor->super_of[column];
    supernode node = supernode_of(factor, s);
    int64_t low = 0, high = node.height;
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        if (node.rows[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return factor->block_start[s] + low + (column - node.first) * node.height;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------------- */

/* Cholesky of the diagonal block and the solve for the rows below. */
static int factor_block(const supernode *node)
{
    int64_t width = node->width, height = node->height;
    double *block = node->block;
    if (width > 24) {
        if (LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', (lapack_int)width, block, (lapack_int)height) != 0)
            return FR_ENUMERIC;
        cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit,
                    (blasint)(height - width), (blasint)width, 1, block, (blasint)height, block + width,
                    (blasint)height);
        return FR_OK;
    }
    return fr_rows_factor_columns(block, height, width) ? FR_OK : FR_ENUMERIC;
}

/* Lower triangle of B B' for the rows below the diagonal block, count x count, column-major. */
static void outer_product(const supernode *node, double *update)
{
    int64_t count = node->height - node->width;
    const double *below = node->block + node->width;
    if (node->width > 24)
        cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, (blasint)count, (blasint)node->width, 1, below,
                    (blasint)node->height, 0, update, (blasint)count);
    else
        fr_rows_outer_product(below, node->height, count, node->width, update);
}

/* Subtracts the outer product from the blocks of the supernodes that own the columns rows[width..]. */
static void scatter(fr_supernodal *factor, const supernode *node)
{
    int64_t count = node->height - node->width;
    const int64_t *rows = node->rows + node->width;
    for (int64_t c = 0; c < count;) {
        int64_t owner = factor->super_of[rows[c]], last = factor->first[owner + 1];
        supernode target = supernode_of(factor, owner);
        for (int64_t r = c, t = 0; r < count;
             r++) { /* both lists ascend, and the target's holds all of ours */
            while (target.rows[t] != rows[r])
                t++;
            factor->place[r] = t;
        }
        for (; c < count && rows[c] < last; c++) {
            double *column = target.block + (rows[c] - target.first) * target.height;
            const double *from = factor->update + c * count;
            for (int64_t r = c; r < count; r++)
                column[factor->place[r]] -= from[r];
        }
    }
}

int fr_supernodal_factor(fr_supernodal *factor)
{
    for (int64_t s = 0; s < factor->n_super; s++) {
        supernode node = supernode_of(factor, s);
        if (factor_block(&node) != FR_OK)
            return fr_fail(FR_ENUMERIC, "a sparse matrix is not positive definite");
        if (node.height == node.width) continue;
        outer_product(&node, factor->update);
        scatter(factor, &node);
    }
    return FR_OK;
}

void fr_supernodal_spread(const fr_supernodal *factor, fr_span *spans)
{
    for (int64_t s = 0; s < factor->n_super; s++) {
        supernode node = supernode_of(factor, s);
        if (node.height == node.width || spans[s].first >= spans[s].last) continue;
        fr_span *above =
            &spans[factor->super_of[node.rows[node.width]]]; /* the others below lie above that one */
        if (above->first >= above->last) *above = spans[s];
        if (spans[s].first < above->first) above->first = spans[s].first;
        if (spans[s].last > above->last) above->last = spans[s].last;
    }
}

static void substitute_forward(const fr_supernodal *factor, double *x, int64_t stride, int64_t from,
                               int64_t to, const fr_span *spans)
{
    for (int64_t s = 0; s < factor->n_super; s++) {
        int64_t first = from / lanes, last = to / lanes;
        if (spans != NULL && spans[s].first > first) first = spans[s].first;
        if (spans != NULL && spans[s].last < last) last = spans[s].last;
        if (first >= last) continue;
        supernode node = supernode_of(factor, s);
        double *origin = x + first * lanes, *own = origin + node.first * stride;
        fr_rows_lower_solve(own, stride, last - first, node.block, node.height, node.width);
        fr_rows_scatter_update(origin, stride, last - first, node.rows + node.width, node.height - node.width,
                               node.block + node.width, node.height, own, node.width);
    }
}

void fr_supernodal_solve(const fr_supernodal *factor, double *x, int64_t stride, int64_t from, int64_t to,
                         const fr_span *spans)
{
    substitute_forward(factor, x, stride, from, to, spans);
    int64_t vectors = (to - from) / lanes;
    double *origin = x + from;
    for (int64_t s = factor->n_super - 1; s >= 0; s--) {
        supernode node = supernode_of(factor, s);
        double *own = origin + node.first * stride;
        fr_rows_gather_update(own, stride, vectors, node.width, node.block + node.width, node.height, origin,
                              node.rows + node.width, node.height - node.width);
        fr_rows_upper_solve(own, stride, vectors, node.block, node.height, node.width);
    }
}
