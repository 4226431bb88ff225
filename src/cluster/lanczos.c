/* Lanczos with partial reorthogonalisation: q_{j+1} beta_{j+1} = M q_j - alpha_j q_j - beta_j q_{j-1}. A recurrence
 * estimates how much orthogonality rounding has cost; where the loss reaches the square root of the precision, this
 * vector and the next are made orthogonal to all, which keeps T as accurate as M (H. Simon, Math. Comp. 1984). The Ritz
 * vectors of a restart are kept out at every step: their own errors, which the recurrence does not know, would grow
 * unseen. */
#include "lanczos.h"

#include <cblas.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <string.h>

static int64_t count_blocks(const lanczos *space)
{
    return (space->matrix->n + lanczos_block_rows - 1) / lanczos_block_rows;
}

static int64_t block_end(const lanczos *space, int64_t block)
{
    int64_t end = (block + 1) * lanczos_block_rows;
    return end < space->matrix->n ? end : space->matrix->n;
}

static double *column(const lanczos *space, int64_t k)
{
    return space->basis + k * space->matrix->n;
}

void lanczos_free(lanczos *space)
{
    fr_free(space->diagonal);
    fr_free(space->off);
    fr_free(space->basis);
    fr_free(space->loss);
    fr_free(space->loss_before);
    fr_free(space->scaled);
    fr_free(space->partial);
    fr_free(space->square);
    fr_free(space->sum);
    memset(space, 0, sizeof *space);
}

int lanczos_new(const walk_matrix *matrix, int64_t n_locked, const double *locked, int64_t capacity,
                lanczos *out)
{
    int64_t n = matrix->n, cells;
    if (capacity > n - n_locked) capacity = n - n_locked;
    *out = (lanczos){.matrix = matrix, .n_locked = n_locked, .locked = locked, .capacity = capacity};
    if (n > INT_MAX) return fr_fail(FR_ENOMEM, "Lanczos handles at most %d nodes, not %" PRId64, INT_MAX, n);
    int64_t width = capacity > 2 * n_locked + 1 ? capacity : 2 * n_locked + 1;
    int status = fr_size_mul(count_blocks(out), width, &cells);
    if (status != FR_OK) return status;
    out->diagonal = fr_alloc(capacity, sizeof(double));
    out->off = fr_alloc(capacity, sizeof(double));
    out->loss = fr_alloc(capacity + 1, sizeof(double));
    out->loss_before = fr_alloc(capacity + 1, sizeof(double));
    out->scaled = fr_alloc(n, sizeof(double));
    out->partial = fr_alloc(cells, sizeof(double));
    out->square = fr_alloc(count_blocks(out), sizeof(double));
    out->sum = fr_alloc(2 * n_locked + 1, sizeof(double));
    if (out->diagonal != NULL && out->off != NULL && out->loss != NULL && out->loss_before != NULL &&
        out->scaled != NULL && out->partial != NULL && out->square != NULL && out->sum != NULL)
        return FR_OK;
    lanczos_free(out);
    return FR_ENOMEM;
}

/* Room for `columns` basis vectors. */
static int make_room(lanczos *space, int64_t columns)
{
    if (columns <= space->room) return FR_OK;
    int64_t room = 2 * columns < space->capacity + 1 ? 2 * columns : space->capacity + 1, cells;
    if (room < columns) room = columns;
    int status = fr_size_mul(space->matrix->n, room, &cells);
    if (status != FR_OK) return status;
    double *basis = fr_realloc(space->basis, cells, sizeof *basis);
    if (basis == NULL) return FR_ENOMEM;
    space->basis = basis, space->room = room;
    return FR_OK;
}

/* Sum over the blocks of the entry `k` of each, `width` entries a block. */
static double total(const lanczos *space, int64_t width, int64_t k)
{
    double sum = 0;
    for (int64_t block = 0; block < count_blocks(space); block++)
        sum += space->partial[block * width + k];
    return sum;
}

static double root_of_squares(const lanczos *space)
{
    double sum = 0;
    for (int64_t block = 0; block < count_blocks(space); block++)
        sum += space->square[block];
    return sqrt(sum);
}

/* w = w - V V'w for `count` columns V; returns the length of what is left. */
static double project_out(lanczos *space, int64_t count, const double *columns, double *w)
{
    int64_t n = space->matrix->n, blocks = count_blocks(space);
    double *coefficient = space->partial; /* the sums over the blocks end in the place of the first */
#pragma omp parallel num_threads(walk_matrix_threads(space->matrix))
    {
#pragma omp for schedule(static)
        for (int64_t block = 0; block < blocks; block++) {
            int64_t first = block * lanczos_block_rows;
            cblas_dgemv(CblasColMajor, CblasTrans, (int)(block_end(space, block) - first), (int)count, 1,
                        columns + first, (int)n, w + first, 1, 0, space->partial + block * count, 1);
        }
#pragma omp single
        for (int64_t k = 0; k < count; k++)
            coefficient[k] = total(space, count, k);
#pragma omp for schedule(static)
        for (int64_t block = 0; block < blocks; block++) {
            int64_t first = block * lanczos_block_rows, rows = block_end(space, block) - first;
            cblas_dgemv(CblasColMajor, CblasNoTrans, (int)rows, (int)count, -1, columns + first, (int)n,
                        coefficient, 1, 1, w + first, 1);
            space->square[block] = cblas_ddot((int)rows, w + first, 1, w + first, 1);
        }
    }
    return root_of_squares(space);
}

/* Twice where the first time took most of the vector away and left rounding. */
static double orthogonalise(lanczos *space, int64_t count, const double *columns, double *w, double length)
{
    if (count == 0) return length;
    double left = project_out(space, count, columns, w);
    return left < 0.7 * length ? project_out(space, count, columns, w) : left;
}

int lanczos_begin(lanczos *space, const double *start)
{
    int64_t n = space->matrix->n;
    int status = make_room(space, 2);
    if (status != FR_OK) return status;
    space->size = 0, space->kept = 0, space->length = 1, space->again = false;
    double *q = column(space, 0);
    memcpy(q, start, (size_t)n * sizeof *q);
    double length = cblas_dnrm2((int)n, q, 1);
    double left = orthogonalise(space, space->n_locked, space->locked, q, length);
    if (space->capacity < 1 || !(left > 1e-13 * length))
        return fr_fail(FR_ENUMERIC,
                       "the start vector of Lanczos lies in the space of the known eigenvectors");
    for (int64_t i = 0; i < n; i++)
        q[i] /= left;
    return FR_OK;
}

/* Sums made in a step: q'w, and for each locked vector its products with w and with q. */
static int64_t sums_of_step(const lanczos *space)
{
    return 2 * space->n_locked + 1;
}

/* Rows of one block: w = M q less what couples q with the vectors before, and the sums. */
static void multiply_block(const lanczos *space, int64_t block, const double *q, double *w)
{
    int64_t n = space->matrix->n, j = space->size, first = block * lanczos_block_rows,
            end = block_end(space, block);
    double *sum = space->partial + block * sums_of_step(space);
    int rows = (int)(end - first);
    walk_matrix_rows(space->matrix, first, end, q, space->scaled, w);
    for (int64_t l = j == space->kept ? 0 : j - 1; l < j; l++)
        cblas_daxpy(rows, -space->off[l], column(space, l) + first, 1, w + first, 1);
    sum[0] = cblas_ddot(rows, q + first, 1, w + first, 1);
    for (int64_t l = 0; l < space->n_locked; l++) {
        const double *locked = space->locked + l * n + first;
        sum[2 * l + 1] = cblas_ddot(rows, locked, 1, w + first, 1);
        sum[2 * l + 2] = cblas_ddot(rows, locked, 1, q + first, 1);
    }
}

/* w = w - alpha q, and then less its components along the locked vectors, in one block. */
static void subtract_block(const lanczos *space, int64_t block, const double *q, double *w)
{
    int64_t n = space->matrix->n, first = block * lanczos_block_rows, rows = block_end(space, block) - first;
    const double *sum = space->sum;
    cblas_daxpy((int)rows, -sum[0], q + first, 1, w + first, 1);
    for (int64_t l = 0; l < space->n_locked; l++)
        cblas_daxpy((int)rows, sum[0] * sum[2 * l + 2] - sum[2 * l + 1], space->locked + l * n + first, 1,
                    w + first, 1);
    space->square[block] = cblas_ddot((int)rows, w + first, 1, w + first, 1);
}

/* w = M q - alpha q - ..., the newest vector q scaled to length 1 before; returns the length of w. */
static double multiply(lanczos *space, double length)
{
    int64_t j = space->size, blocks = count_blocks(space);
    const double *scale = space->matrix->scale;
    double *q = column(space, j), *w = column(space, j + 1);
#pragma omp parallel num_threads(walk_matrix_threads(space->matrix))
    {
#pragma omp for schedule(static)
        for (int64_t i = 0; i < space->matrix->n; i++) {
            q[i] /= length;
            space->scaled[i] = scale[i] * q[i];
        }
#pragma omp for schedule(dynamic)
        for (int64_t block = 0; block < blocks; block++)
            multiply_block(space, block, q, w);
#pragma omp single
        for (int64_t k = 0; k < sums_of_step(space); k++)
            space->sum[k] = total(space, sums_of_step(space), k);
#pragma omp for schedule(static)
        for (int64_t block = 0; block < blocks; block++)
            subtract_block(space, block, q, w);
    }
    space->products++;
    return root_of_squares(space);
}

/* Row i of T times a vector whose entries after `last` are zero. */
static double row_of_t(const lanczos *space, int64_t i, const double *x, int64_t last)
{
    int64_t kept = space->kept;
    double sum = space->diagonal[i] * x[i];
    if (i < kept) return sum + space->off[i] * x[kept];
    for (int64_t l = i == kept ? 0 : i - 1; l < i; l++)
        sum += space->off[l] * x[l];
    return i < last ? sum + space->off[i] * x[i + 1] : sum;
}

/* Estimates of q_i'q for the vector q that follows q_j, into loss; returns the largest. With omega_j = Q'q_j,
 * beta omega_{j+1} = T omega_j - alpha_j omega_j - beta_j omega_{j-1} and rounding, which is taken to make it worse. */
static double estimate_loss(lanczos *space, int64_t j, double length)
{
    const double unit = DBL_EPSILON * sqrt((double)space->matrix->n);
    double *now = space->loss, *next = space->loss_before, largest = unit;
    double coupling = j > space->kept ? space->off[j - 1] : 0;
    now[j] = 1;
    for (int64_t i = 0; i < j; i++) {
        double value = row_of_t(space, i, now, j) - space->diagonal[j] * now[i] - coupling * next[i];
        next[i] = i < space->kept ? unit : (value + copysign(4 * DBL_EPSILON, value)) / length;
        largest = fmax(largest, fabs(next[i]));
    }
    next[j] = unit;
    space->loss = next, space->loss_before = now;
    return largest;
}

int lanczos_step(lanczos *space)
{
    int64_t j = space->size;
    int status = make_room(space, j + 2);
    if (status != FR_OK) return status;
    double length = multiply(space, space->length);
    space->diagonal[j] = space->sum[0];
    if (j > space->kept && space->kept > 0)
        length = project_out(space, space->kept, space->basis, column(space, j + 1));
    bool lost = length > 0 && estimate_loss(space, j, length) > sqrt(DBL_EPSILON);
    if (length > 0 && (lost || space->again || j == space->kept)) {
        length = orthogonalise(space, j + 1, space->basis, column(space, j + 1), length);
        for (int64_t i = 0; i <= j; i++)
            space->loss[i] = DBL_EPSILON * sqrt((double)space->matrix->n);
        space->again = lost || j == space->kept;
    }
    if (length < 16 * DBL_EPSILON) length = 0; /* rounding: M has norm 2 */
    space->off[j] = space->length = length;
    space->size++;
    return FR_OK;
}
