/* From genotypes to the sufficient statistics of FEEMS: with F_aj the mean dosage of SNP j at observed node a, mu_j half the
 * mean of F_aj over observed nodes,
 *   S  = (1/p) sum_j F_aj F_bj / (mu_j (1 - mu_j)),     S0 = (1/p) sum_j (F_aj - 2 mu_j)(F_bj - 2 mu_j).
 * SNPs stream through blocks, one symmetric rank-k update each; nothing of the size of the genotype matrix is held. */
#include "genotypes.h"
#include "placement.h"

#include <cblas.h>
#include <inttypes.h>
#include <math.h>
#include <omp.h>
#include <string.h>

/* `parts` ranges of SNPs are summed apart, in parallel, then in order: results do not depend on the number of threads. */
enum { parts = 4, block_snps = 256 };

feems_snp feems_node_dosages(const feems_genotypes *given, int64_t snp, int8_t *dosage, double *mean,
                             int64_t *missing)
{
    fr_plink_dosages(given->plink, snp, dosage);
    int64_t called = 0, total = 0, absent = 0;
    memset(mean, 0, (size_t)given->n_observed * sizeof *mean);
    for (int64_t k = 0; k < given->n_samples; k++) {
        int8_t value = dosage[given->sample[k]];
        absent += value < 0;
        total += value < 0 ? 0 : value;
    }
    called = given->n_samples - absent;
    *missing = absent;
    if (called == 0) return SNP_NO_CALL;
    if ((double)absent > given->max_missing * (double)given->n_samples) return SNP_MANY_MISSING;
    if (!given->keep_invariant && (total == 0 || total == 2 * called)) return SNP_INVARIANT;
    double average = (double)total / (double)called, frequency = average / 2;
    if (frequency < given->maf || frequency > 1 - given->maf) return SNP_RARE;
    for (int64_t k = 0; k < given->n_samples; k++) {
        int8_t value = dosage[given->sample[k]];
        mean[given->observed_of[k]] += value < 0 ? average : (double)value;
    }
    for (int64_t a = 0; a < given->n_observed; a++) {
        mean[a] /= (double)given->n_at[a];
        if (given->other_allele) mean[a] = 2 - mean[a];
    }
    return SNP_USED;
}

/* ---- sums over a range of SNPs ---------------------------------------------------------------------------------------- */

typedef struct {
    double *similarity, *similarity0; /* o^2, lower triangles */
    int64_t count[SNP_INVARIANT + 1];
    int64_t missing; /* among the SNPs used */
    int status;
} sums;

static void sums_free(sums *s)
{
    fr_free(s->similarity);
    fr_free(s->similarity0);
}

static void flush(const double *block, int64_t rows, int64_t o, double *sum)
{
    if (rows > 0)
        cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, (blasint)o, (blasint)rows, 1, block, (blasint)o,
                    1, sum, (blasint)o);
}

/* mu (1 - mu) and the two scaled copies of one SNP's means. */
static void scale_snp(const double *mean, int64_t o, fr_feems_scale scale, double *scaled, double *centred)
{
    double average = 0, shrink = scale == FR_FEEMS_SCALE_V2 ? 0.5 : 1;
    for (int64_t a = 0; a < o; a++)
        average += mean[a] / (double)o;
    double mu = average / 2 * shrink, root = shrink / sqrt(mu * (1 - mu));
    for (int64_t a = 0; a < o; a++) {
        scaled[a] = mean[a] * root;
        centred[a] = (mean[a] - average) * shrink;
    }
}

static void sum_range(const feems_genotypes *given, fr_feems_scale scale, int64_t from, int64_t to, sums *out)
{
    int64_t o = given->n_observed, rows = 0;
    out->similarity = fr_alloc(o * o, sizeof(double));
    out->similarity0 = fr_alloc(o * o, sizeof(double));
    double *scaled = fr_alloc(o * block_snps, sizeof *scaled),
           *centred = fr_alloc(o * block_snps, sizeof *centred);
    double *mean = fr_alloc(o, sizeof *mean);
    int8_t *dosage = fr_alloc(given->plink->n_samples, sizeof *dosage);
    if (out->similarity == NULL || out->similarity0 == NULL || scaled == NULL || centred == NULL ||
        mean == NULL || dosage == NULL) {
        out->status = FR_ENOMEM;
        goto done;
    }
    for (int64_t snp = from; snp < to; snp++) {
        int64_t missing;
        if (snp % 4096 == 0 && (out->status = fr_progress_tick("reading genotypes", snp, to)) != FR_OK)
            goto done;
        feems_snp kind = feems_node_dosages(given, snp, dosage, mean, &missing);
        out->count[kind]++;
        if (kind != SNP_USED) continue;
        out->missing += missing;
        scale_snp(mean, o, scale, scaled + rows * o, centred + rows * o);
        if (++rows < block_snps) continue;
        flush(scaled, rows, o, out->similarity);
        flush(centred, rows, o, out->similarity0);
        rows = 0;
    }
    flush(scaled, rows, o, out->similarity);
    flush(centred, rows, o, out->similarity0);
done:
    fr_free(scaled);
    fr_free(centred);
    fr_free(mean);
    fr_free(dosage);
}

/* Adds the parts in order, divides by p and completes the symmetric matrices. */
static int combine(const sums part[parts], fr_feems_data *out)
{
    int64_t o = out->n_observed, missing = 0;
    out->similarity = fr_alloc(o * o, sizeof(double));
    out->similarity0 = fr_alloc(o * o, sizeof(double));
    if (out->similarity == NULL || out->similarity0 == NULL) return FR_ENOMEM;
    for (int k = 0; k < parts; k++) {
        out->n_snps += part[k].count[SNP_USED];
        out->n_snps_no_call += part[k].count[SNP_NO_CALL];
        out->n_snps_invariant += part[k].count[SNP_INVARIANT];
        out->n_snps_maf += part[k].count[SNP_RARE];
        out->n_snps_missing += part[k].count[SNP_MANY_MISSING];
        missing += part[k].missing;
    }
    if (out->n_snps == 0)
        return fr_fail(FR_EINPUT,
                       "no SNP is left: %" PRId64 " have no called genotype, %" PRId64
                       " are invariant, %" PRId64 " fall below the frequency limit, %" PRId64
                       " have too many missing genotypes",
                       out->n_snps_no_call, out->n_snps_invariant, out->n_snps_maf, out->n_snps_missing);
    out->missing_share = (double)missing / ((double)out->n_snps * (double)out->n_samples);
    for (int64_t a = 0; a < o;
         a++) /* column-major lower triangle: entry (row a, column b) at b o + a, b <= a */
        for (int64_t b = 0; b <= a; b++) {
            double s = 0, s0 = 0;
            for (int k = 0; k < parts; k++) {
                s += part[k].similarity[b * o + a];
                s0 += part[k].similarity0[b * o + a];
            }
            out->similarity[a * o + b] = out->similarity[b * o + a] = s / (double)out->n_snps;
            out->similarity0[a * o + b] = out->similarity0[b * o + a] = s0 / (double)out->n_snps;
        }
    return FR_OK;
}

static int summarise(const feems_genotypes *given, fr_feems_scale scale, fr_feems_data *out)
{
    sums part[parts] = {0};
    int64_t n_snps = given->plink->n_snps;
    int status = FR_OK;
#pragma omp parallel for num_threads(fr_threads()) schedule(dynamic) if (n_snps > 1000)
    for (int k = 0; k < parts; k++)
        sum_range(given, scale, n_snps * k / parts, n_snps * (k + 1) / parts, &part[k]);
    for (int k = 0; status == FR_OK && k < parts; k++)
        if (part[k].status == FR_EINTERRUPTED)
            status = fr_fail(FR_EINTERRUPTED, "stopped on request");
        else if (part[k].status != FR_OK)
            status = fr_fail(part[k].status, "out of memory for the genotype statistics");
    if (status == FR_OK) status = combine(part, out);
    for (int k = 0; k < parts; k++)
        sums_free(&part[k]);
    return status;
}

/* ---- the whole --------------------------------------------------------------------------------------------------------- */

/* wanted[k]: individual k has not more than the allowed share of missing genotypes. */
static int filter_individuals(const fr_plink *plink, double allowed, bool *wanted)
{
    int64_t n = plink->n_samples, left = 0;
    int64_t *missing = fr_alloc(n, sizeof *missing);
    int8_t *dosage = fr_alloc(n, sizeof *dosage);
    int status = missing == NULL || dosage == NULL ? FR_ENOMEM : FR_OK;
    for (int64_t snp = 0; status == FR_OK && snp < plink->n_snps; snp++) {
        fr_plink_dosages(plink, snp, dosage);
        for (int64_t k = 0; k < n; k++)
            missing[k] += dosage[k] < 0;
        if (snp % 4096 == 0) status = fr_progress_tick("counting missing genotypes", snp, plink->n_snps);
    }
    for (int64_t k = 0; status == FR_OK && k < n; k++) {
        wanted[k] = (double)missing[k] <= allowed * (double)plink->n_snps;
        left += wanted[k];
    }
    if (status == FR_OK && left == 0)
        status = fr_fail(FR_EINPUT, "every individual has more than a share of %g of its genotypes missing",
                         allowed);
    if (status == FR_OK && left < n)
        fr_warn("%" PRId64 " individuals with more than a share of %g of missing genotypes are left out",
                n - left, allowed);
    fr_free(missing);
    fr_free(dosage);
    return status;
}

static int check_settings(const fr_feems_data_settings *s)
{
    if (!(s->maf >= 0 && s->maf < 0.5))
        return fr_fail(FR_EUSAGE, "maf is %g; it must be at least 0 and below 0.5", s->maf);
    if (!(s->max_missing_snp >= 0 && s->max_missing_snp <= 1) ||
        !(s->max_missing_sample >= 0 && s->max_missing_sample <= 1))
        return fr_fail(FR_EUSAGE, "the shares of missing genotypes allowed must lie in [0, 1]");
    if (!(s->max_assign_km >= 0))
        return fr_fail(FR_EUSAGE, "the largest distance to a node must be at least 0");
    return FR_OK;
}

void fr_feems_data_settings_default(fr_feems_data_settings *settings)
{
    *settings = (fr_feems_data_settings){.scale = FR_FEEMS_SCALE_PAPER,
                                         .assign = FR_FEEMS_ASSIGN_PLANAR,
                                         .max_missing_snp = 1,
                                         .max_missing_sample = 1};
}

/* observed_of[k]: index of sample k's node among the observed nodes. */
static int64_t *index_observed(const fr_feems_data *data)
{
    int64_t *index = fr_alloc(data->graph.n_nodes, sizeof *index),
            *of = fr_alloc(data->n_samples, sizeof *of);
    if (index != NULL && of != NULL) {
        for (int64_t a = 0; a < data->n_observed; a++)
            index[data->observed[a]] = a;
        for (int64_t k = 0; k < data->n_samples; k++)
            of[k] = index[data->sample_node[k]];
    }
    if (index == NULL) {
        fr_free(of);
        of = NULL;
    }
    fr_free(index);
    return of;
}

int feems_genotypes_new(const fr_feems_data *data, const fr_plink *plink, feems_genotypes *out)
{
    int64_t *of = index_observed(data);
    *out = (feems_genotypes){.plink = plink,
                             .n_samples = data->n_samples,
                             .sample = data->sample,
                             .observed_of = of,
                             .n_observed = data->n_observed,
                             .n_at = data->n_at,
                             .max_missing = 1};
    return of == NULL ? FR_ENOMEM : FR_OK;
}

void feems_genotypes_free(feems_genotypes *given)
{
    fr_free(given->observed_of);
    given->observed_of = NULL;
}

int fr_feems_data_from_plink(const fr_feems_graph *graph, const fr_points *samples, const fr_plink *plink,
                             const fr_feems_data_settings *settings, fr_feems_data *out)
{
    memset(out, 0, sizeof *out);
    int status = check_settings(settings);
    if (status != FR_OK) return status;
    if (samples->n != plink->n_samples)
        return fr_fail(
            FR_EINPUT,
            "there are coordinates for %" PRId64 " individuals but genotypes of %" PRId64
            ": one line of coordinates for each line of the .fam file, in the same order, is expected",
            samples->n, plink->n_samples);
    feems_genotypes given = {0};
    bool *wanted = NULL;
    if (settings->max_missing_sample < 1) {
        wanted = fr_alloc(plink->n_samples, sizeof *wanted);
        status = wanted == NULL ? FR_ENOMEM : filter_individuals(plink, settings->max_missing_sample, wanted);
    }
    if (status == FR_OK) status = feems_place(graph, samples, wanted, plink->sample_id, settings, out);
    if (status == FR_OK) status = feems_genotypes_new(out, plink, &given);
    if (status == FR_OK) {
        given.maf = settings->maf;
        given.max_missing = settings->max_missing_snp;
        given.other_allele = settings->scale == FR_FEEMS_SCALE_V2;
        if (given.other_allele)
            fr_warn("the v2 frequency scale is not invariant under swapping the alleles of a SNP: use it for "
                    "comparison only");
        status = summarise(&given, settings->scale, out);
    }
    feems_genotypes_free(&given);
    fr_free(wanted);
    if (status != FR_OK) fr_feems_data_free(out);
    return status;
}

void fr_feems_data_free(fr_feems_data *data)
{
    fr_feems_graph_free(&data->graph);
    fr_free(data->node_id);
    fr_free(data->sample);
    fr_free(data->sample_node);
    fr_free(data->observed);
    fr_free(data->n_at);
    fr_free(data->similarity);
    fr_free(data->similarity0);
    memset(data, 0, sizeof *data);
}
