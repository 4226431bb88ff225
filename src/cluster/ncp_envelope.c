/* The lower envelope of a network community profile: the best row in each of a number of bins of equal width in the
 * logarithm of the volume or size of the smaller side. */
#include "workspace.h"

#include <inttypes.h>
#include <math.h>

static double position_of(const fr_cluster_ncp_row *row, bool by_size)
{
    return log10(by_size ? (double)row->output.size_smaller : row->output.volume_smaller);
}

static double value_of(const fr_cluster_ncp_row *row, bool expansion)
{
    return expansion ? row->output.expansion : row->output.conductance;
}

int fr_cluster_ncp_envelope(const fr_cluster_ncp_result *ncp, bool by_size, bool expansion, int64_t bins,
                            int64_t *row, int64_t *count)
{
    *count = 0;
    if (bins < 1) return fr_fail(FR_EUSAGE, "%" PRId64 " bins, expected at least 1", bins);
    double least = INFINITY, most = -INFINITY;
    for (int64_t k = 0; k < ncp->n_rows; k++) {
        double at = position_of(&ncp->rows[k], by_size);
        if (!isfinite(at)) continue; /* nodes without neighbours have no volume */
        least = fmin(least, at), most = fmax(most, at);
    }
    for (int64_t b = 0; b < bins; b++)
        row[b] = -1;
    for (int64_t k = 0; k < ncp->n_rows; k++) {
        double at = position_of(&ncp->rows[k], by_size);
        if (!isfinite(at)) continue;
        int64_t b = most > least ? (int64_t)floor((at - least) / (most - least) * (double)bins) : 0;
        if (b >= bins) b = bins - 1;
        if (row[b] < 0 || value_of(&ncp->rows[k], expansion) < value_of(&ncp->rows[row[b]], expansion))
            row[b] = k;
    }
    for (int64_t b = 0; b < bins; b++)
        if (row[b] >= 0) row[(*count)++] = row[b];
    return FR_OK;
}
