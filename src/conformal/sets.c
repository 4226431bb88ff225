/* The result of a conformal method: pieces of the sets in one array, found in any order by several threads. */
#include "sets.h"

#include <math.h>
#include <string.h>

void fr_conformal_result_free(fr_conformal_result *result)
{
    fr_free(result->alphas);
    fr_free(result->first);
    fr_free(result->pieces);
    fr_free(result->status);
    fr_free(result->centre);
    fr_free(result->trim);
    fr_free(result->segments);
    fr_free(result->guarantee);
    fr_free(result->score_quantile);
    *result = (fr_conformal_result){0};
}

void conformal_sets_free(conformal_sets *sets)
{
    for (int64_t k = 0; sets->set != NULL && k < sets->m * sets->n_alphas; k++)
        fr_free(sets->set[k].all);
    fr_free(sets->set);
    *sets = (conformal_sets){0};
}

static int make_arrays(int64_t m, int64_t n_alphas, conformal_sets *sets, fr_conformal_result *out)
{
    int64_t count, ends;
    int status = fr_size_mul(m, n_alphas, &count);
    if (status == FR_OK) status = fr_size_add(count, 1, &ends);
    if (status != FR_OK) return status;
    *sets = (conformal_sets){m, n_alphas, fr_alloc(count, sizeof *sets->set)};
    out->m = m;
    out->n_alphas = n_alphas;
    out->alphas = fr_alloc(n_alphas, sizeof(double));
    out->guarantee = fr_alloc(n_alphas, sizeof(double));
    out->first = fr_alloc(ends, sizeof *out->first);
    out->status = fr_alloc(count, sizeof *out->status);
    out->centre = fr_alloc(m, sizeof(double));
    if (sets->set == NULL || out->alphas == NULL || out->guarantee == NULL || out->first == NULL ||
        out->status == NULL || out->centre == NULL)
        return FR_ENOMEM;
    return FR_OK;
}

int conformal_sets_new(int64_t m, int64_t n_alphas, const double *alphas, conformal_sets *sets,
                       fr_conformal_result *out)
{
    static const double usual = 0.1;
    if (alphas == NULL) alphas = &usual, n_alphas = 1;
    *sets = (conformal_sets){0};
    *out = (fr_conformal_result){0};
    int status = conformal_check_alphas(n_alphas, alphas);
    if (status != FR_OK) return status;
    if (m < 1) return fr_fail(FR_EUSAGE, "there are no test points");
    status = make_arrays(m, n_alphas, sets, out);
    if (status != FR_OK) {
        conformal_sets_free(sets);
        fr_conformal_result_free(out);
        return status;
    }
    memcpy(out->alphas, alphas, (size_t)n_alphas * sizeof *alphas);
    for (int64_t a = 0; a < n_alphas; a++)
        out->guarantee[a] = NAN;
    for (int64_t t = 0; t < m; t++)
        out->centre[t] = NAN;
    return FR_OK;
}

static fr_conformal_status status_of(int64_t count, const fr_interval *pieces, bool on_grid)
{
    if (count == 0) return FR_CONFORMAL_EMPTY;
    if (on_grid) return FR_CONFORMAL_ON_GRID;
    if (pieces[0].lower == -INFINITY || pieces[count - 1].upper == INFINITY) return FR_CONFORMAL_INFINITE;
    return count > 1 ? FR_CONFORMAL_DISCONNECTED : FR_CONFORMAL_PLAIN;
}

int conformal_sets_put(conformal_sets *sets, fr_conformal_result *out, int64_t point, int64_t level,
                       int64_t count, const fr_interval *pieces, bool on_grid)
{
    int64_t cell = point * sets->n_alphas + level;
    conformal_set *set = &sets->set[cell];
    set->count = count;
    if (count == 1) set->only = pieces[0];
    if (count > 1) {
        set->all = fr_alloc(count, sizeof *set->all);
        if (set->all == NULL) return FR_ENOMEM;
        memcpy(set->all, pieces, (size_t)count * sizeof *pieces);
    }
    out->status[cell] = (uint8_t)status_of(count, pieces, on_grid);
    return FR_OK;
}

int conformal_sets_put_interval(conformal_sets *sets, fr_conformal_result *out, int64_t point, int64_t level,
                                double lower, double upper)
{
    const fr_interval piece = {lower, upper};
    return conformal_sets_put(sets, out, point, level, lower <= upper ? 1 : 0, &piece, false);
}

/* ---- for other processes ------------------------------------------------------------------------------------------------ */

enum { packed_pieces = 3 }; /* more are rare, and found again by each process */

typedef struct {
    double centre;
    int64_t count, status;
    fr_interval pieces[packed_pieces];
} packed_set;

int64_t conformal_sets_packed_size(int64_t n_alphas, int64_t count)
{
    return n_alphas * count * (int64_t)sizeof(packed_set);
}

bool conformal_sets_pack(const conformal_sets *sets, const fr_conformal_result *out, int64_t first,
                         int64_t count, void *block)
{
    packed_set *packed = block;
    for (int64_t cell = first * sets->n_alphas; cell < (first + count) * sets->n_alphas; cell++, packed++) {
        const conformal_set *set = &sets->set[cell];
        if (set->count > packed_pieces) return false;
        packed->centre = out->centre[cell / sets->n_alphas];
        packed->count = set->count;
        packed->status = out->status[cell];
        if (set->count > 0)
            memcpy(packed->pieces, set->count == 1 ? &set->only : set->all,
                   (size_t)set->count * sizeof *packed->pieces);
    }
    return true;
}

int conformal_sets_unpack(conformal_sets *sets, fr_conformal_result *out, int64_t first, int64_t count,
                          const void *block)
{
    const packed_set *packed = block;
    int status = FR_OK;
    for (int64_t cell = first * sets->n_alphas; status == FR_OK && cell < (first + count) * sets->n_alphas;
         cell++, packed++) {
        int64_t point = cell / sets->n_alphas;
        status = conformal_sets_put(sets, out, point, cell % sets->n_alphas, packed->count, packed->pieces,
                                    packed->status == FR_CONFORMAL_ON_GRID);
        out->centre[point] = packed->centre;
    }
    return status;
}

int conformal_sets_join(conformal_sets *sets, fr_conformal_result *out)
{
    int64_t count = sets->m * sets->n_alphas;
    for (int64_t k = 0; k < count; k++)
        out->first[k + 1] = out->first[k] + sets->set[k].count;
    out->pieces = fr_alloc(out->first[count], sizeof *out->pieces);
    if (out->pieces == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < count; k++) {
        const conformal_set *set = &sets->set[k];
        if (set->count > 0)
            memcpy(out->pieces + out->first[k], set->count == 1 ? &set->only : set->all,
                   (size_t)set->count * sizeof *out->pieces);
    }
    return FR_OK;
}
