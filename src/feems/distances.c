/* Distance matrices in place of genotypes (the .diffs of EEMS): mean squared dosage differences between individuals,
 * averaged between nodes over all ordered pairs, an individual with itself included, then doubly centred:
 *   S = -(1/2) J D J,  J = I - 11'/o,
 * which is the centred S0 of the genotypes exactly. No scaling by mu (1 - mu) is possible, so that weights come out in other
 * units than from genotypes; relative weights compare. */
#include "placement.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static int check_distances(const double *distances, int64_t n)
{
    double largest = 0;
    for (int64_t a = 0; a < n * n; a++) {
        if (!(isfinite(distances[a]) && distances[a] >= 0))
            return fr_fail(FR_EINPUT,
                           "distance matrix, row %" PRId64 ", column %" PRId64 ": %g is no distance",
                           a / n + 1, a % n + 1, distances[a]);
        largest = fmax(largest, distances[a]);
    }
    for (int64_t a = 0; a < n; a++) {
        if (distances[a * n + a] != 0)
            return fr_fail(FR_EINPUT,
                           "distance matrix, row %" PRId64
                           ": the distance of an individual to itself is %g, not 0",
                           a + 1, distances[a * n + a]);
        for (int64_t b = 0; b < a; b++)
            if (fabs(distances[a * n + b] - distances[b * n + a]) > 1e-6 * largest)
                return fr_fail(FR_EINPUT,
                               "distance matrix: row %" PRId64 ", column %" PRId64
                               " holds %g but row %" PRId64 ", column %" PRId64
                               " holds %g: the matrix must be symmetric",
                               a + 1, b + 1, distances[a * n + b], b + 1, a + 1, distances[b * n + a]);
    }
    if (largest == 0) return fr_fail(FR_EINPUT, "distance matrix: all distances are 0");
    return FR_OK;
}

static int centre(const fr_feems_data *data, const double *distances, int64_t n, double *similarity)
{
    int64_t o = data->n_observed;
    int64_t *index = fr_alloc(data->graph.n_nodes, sizeof *index);
    double *mean = fr_alloc(o, sizeof *mean);
    int status = index == NULL || mean == NULL ? FR_ENOMEM : FR_OK;
    if (status != FR_OK) goto done;
    for (int64_t a = 0; a < o; a++)
        index[data->observed[a]] = a;
    for (int64_t k = 0; k < data->n_samples; k++)
        for (int64_t l = 0; l < data->n_samples; l++)
            similarity[index[data->sample_node[k]] * o + index[data->sample_node[l]]] +=
                distances[data->sample[k] * n + data->sample[l]];
    double overall = 0;
    for (int64_t a = 0; a < o; a++) {
        for (int64_t b = 0; b < o; b++) {
            similarity[a * o + b] /= (double)data->n_at[a] * (double)data->n_at[b];
            mean[a] += similarity[a * o + b] / (double)o;
        }
        overall += mean[a] / (double)o;
    }
    for (int64_t a = 0; a < o; a++) /* rounded the same way on both sides of the diagonal */
        for (int64_t b = 0; b <= a; b++)
            similarity[a * o + b] = similarity[b * o + a] =
                -0.5 * (similarity[a * o + b] - (mean[a] + mean[b]) + overall);
done:
    fr_free(index);
    fr_free(mean);
    return status;
}

int fr_feems_data_from_distances(const fr_feems_graph *graph, const fr_points *samples,
                                 const double *distances, int64_t n_sites,
                                 const fr_feems_data_settings *settings, fr_feems_data *out)
{
    memset(out, 0, sizeof *out);
    if (n_sites < 1)
        return fr_fail(FR_EUSAGE,
                       "the number of sites behind the distances is %" PRId64 "; it must be at least 1",
                       n_sites);
    int status = check_distances(distances, samples->n);
    if (status == FR_OK) status = feems_place(graph, samples, NULL, NULL, settings, out);
    if (status != FR_OK) goto done;
    out->n_snps = n_sites;
    out->similarity = fr_alloc(out->n_observed * out->n_observed, sizeof(double));
    out->similarity0 = fr_alloc(out->n_observed * out->n_observed, sizeof(double));
    if (out->similarity == NULL || out->similarity0 == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    status = centre(out, distances, samples->n, out->similarity);
    if (status == FR_OK)
        memcpy(out->similarity0, out->similarity,
               (size_t)(out->n_observed * out->n_observed) * sizeof(double));
done:
    if (status != FR_OK) fr_feems_data_free(out);
    return status;
}
