/* Checks of the inputs that the methods share, and random parts of the rows. */
#include "sets.h"

#include <math.h>

enum { halves_stream = 4100, folds_stream = 4101 };

int conformal_check_finite(const char *name, int64_t count, int64_t columns, const double *values)
{
    for (int64_t k = 0; k < count; k++) {
        if (isfinite(values[k])) continue;
        if (columns == 1)
            return fr_fail(FR_EINPUT, "%s: value number %lld (from 0) is %g, not a finite number", name,
                           (long long)k, values[k]);
        return fr_fail(FR_EINPUT, "%s: row %lld, column %lld (from 0) is %g, not a finite number", name,
                       (long long)(k / columns), (long long)(k % columns), values[k]);
    }
    return FR_OK;
}

int conformal_check_data(const fr_conformal_data *data)
{
    int64_t cells, test_cells;
    if (data->n < 2)
        return fr_fail(FR_EUSAGE, "there must be at least 2 training points, not %lld", (long long)data->n);
    if (data->p < 1) return fr_fail(FR_EUSAGE, "there must be at least one feature");
    if (data->m < 1) return fr_fail(FR_EUSAGE, "there are no test points");
    int status = fr_size_mul(data->n + 1, data->p, &cells);
    if (status == FR_OK) status = fr_size_mul(data->m, data->p, &test_cells);
    if (status == FR_OK)
        status = conformal_check_finite("training features", data->n * data->p, data->p, data->x);
    if (status == FR_OK) status = conformal_check_finite("training responses", data->n, 1, data->y);
    if (status == FR_OK) status = conformal_check_finite("test features", test_cells, data->p, data->x_test);
    return status;
}

int conformal_check_alphas(int64_t n_alphas, const double *alphas)
{
    if (n_alphas < 1) return fr_fail(FR_EUSAGE, "there are no miscoverage levels");
    for (int64_t a = 0; a < n_alphas; a++)
        if (!(alphas[a] > 0 && alphas[a] < 1))
            return fr_fail(FR_EUSAGE, "a miscoverage level lies between 0 and 1, which %g does not",
                           alphas[a]);
    return FR_OK;
}

void conformal_warn_small_alphas(int64_t n_alphas, const double *alphas, int64_t n_scores, const char *what)
{
    for (int64_t a = 0; a < n_alphas; a++)
        if (fr_conformal_rank(alphas[a], n_scores) >= n_scores)
            fr_warn("at level %g %s: shorter ones need at least %.0f points, there are %lld", alphas[a], what,
                    ceil(1 / alphas[a] - 1e-9) - 1, (long long)(n_scores - 1));
}

int conformal_random_half(int64_t n, uint64_t seed, uint8_t *flags)
{
    int64_t *order = fr_alloc(n, sizeof *order);
    if (order == NULL) return FR_ENOMEM;
    fr_random_permutation(seed, halves_stream, 0, n, order);
    for (int64_t k = 0; k < n; k++)
        flags[order[k]] = k < n / 2;
    fr_free(order);
    return FR_OK;
}

int conformal_random_folds(int64_t n, int64_t n_folds, uint64_t seed, int64_t *fold)
{
    int64_t *order = fr_alloc(n, sizeof *order);
    if (order == NULL) return FR_ENOMEM;
    fr_random_permutation(seed, folds_stream, 0, n, order);
    for (int64_t k = 0; k < n; k++)
        fold[order[k]] = k % n_folds;
    fr_free(order);
    return FR_OK;
}
