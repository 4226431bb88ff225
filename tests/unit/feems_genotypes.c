/* Genotypes to S and S0 against plain sums: imputation, filters and their counts, scalings, threads, unusable input. */
#include "dense.h"
#include "feems_cases.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { n_samples = 24, n_nodes = 12 };

/* Sample k lies at node 2 (k mod 5): nodes 0, 2, 4, 6, 8 are observed. */
typedef struct {
    fr_feems_graph graph;
    double x[n_samples], y[n_samples];
    fr_points samples;
    fr_feems_data_settings settings;
} place;

static void place_init(place *p)
{
    p->graph = lattice_graph(3, 4);
    for (int64_t k = 0; k < n_samples; k++) {
        p->x[k] = p->graph.x[k % 5 * 2];
        p->y[k] = p->graph.y[k % 5 * 2];
    }
    p->samples = (fr_points){.n = n_samples, .x = p->x, .y = p->y};
    fr_feems_data_settings_default(&p->settings);
}

static int read_into(const place *p, const int8_t *dosages, int64_t n_snps, fr_feems_data *data)
{
    fr_plink plink = plink_of(dosages, n_samples, n_snps);
    watch_warnings();
    int status = fr_feems_data_from_plink(&p->graph, &p->samples, &plink, &p->settings, data);
    fr_observe(NULL);
    fr_plink_close(&plink);
    return status;
}

/* ---- plain sums ------------------------------------------------------------------------------------------------------------ */

/* Adds one SNP of given dosages, its missing ones filled in by the mean, over the individuals in use. */
static void add_snp(const fr_feems_data *data, const int8_t *dosages, bool v2, double *s, double *s0)
{
    int64_t o = data->n_observed, called = 0;
    double total = 0, f[n_nodes] = {0}, average = 0;
    for (int64_t k = 0; k < data->n_samples; k++)
        if (dosages[data->sample[k]] >= 0) {
            total += dosages[data->sample[k]];
            called++;
        }
    for (int64_t a = 0; a < o; a++) {
        for (int64_t k = 0; k < data->n_samples; k++) {
            int8_t dosage = dosages[data->sample[k]];
            double value = dosage < 0 ? total / (double)called : dosage;
            if (data->sample_node[k] == data->observed[a]) f[a] += value / (double)data->n_at[a];
        }
        if (v2) f[a] = (2 - f[a]) / 2; /* the other allele, halved */
        average += f[a] / (double)o;
    }
    double mu = average / 2;
    for (int64_t a = 0; a < o; a++)
        for (int64_t b = 0; b < o; b++) {
            s[a * o + b] += f[a] * f[b] / (mu * (1 - mu));
            s0[a * o + b] += (f[a] - average) * (f[b] - average);
        }
}

/* Compares with the sums over the SNPs listed. */
static void check_sums(const fr_feems_data *data, const int8_t *dosages, int64_t n_used, const int64_t *used,
                       bool v2)
{
    int64_t o = data->n_observed;
    double *s = dense_new(o, o), *s0 = dense_new(o, o);
    assert_int_equal(data->n_snps, n_used);
    for (int64_t k = 0; k < n_used; k++)
        add_snp(data, dosages + used[k] * n_samples, v2, s, s0);
    for (int64_t k = 0; k < o * o; k++) {
        /* Sums of p positive terms, or of terms of both signs whose absolute sum is some ten times the diagonal. */
        assert_close(data->similarity[k], s[k] / (double)n_used, 1e-13);
        assert_near(data->similarity0[k], s0[k] / (double)n_used, 1e-14);
        assert_true(data->similarity[k] == data->similarity[k % o * o + k / o]);
        assert_true(data->similarity0[k] == data->similarity0[k % o * o + k / o]);
    }
    for (int64_t a = 0; a < o; a++) { /* S0 is centred */
        double sum = 0;
        for (int64_t b = 0; b < o; b++)
            sum += data->similarity0[a * o + b];
        assert_near(sum, 0, 1e-14);
    }
    free(s), free(s0);
}

static void all_snps(int64_t n, int64_t *used)
{
    for (int64_t k = 0; k < n; k++)
        used[k] = k;
}

static void sums_with_imputed_genotypes(void **state)
{
    (void)state;
    enum { n_snps = 600 }; /* more than one block in each part */
    place p;
    place_init(&p);
    int8_t *dosages = random_dosages(1, &p.samples, n_snps, 0.15);
    int64_t used[n_snps], missing = 0;
    for (int64_t k = 0; k < n_snps * n_samples; k++)
        missing += dosages[k] < 0;
    all_snps(n_snps, used);
    for (int scale = FR_FEEMS_SCALE_PAPER; scale <= FR_FEEMS_SCALE_V2; scale++) {
        fr_feems_data data;
        p.settings.scale = (fr_feems_scale)scale;
        assert_ok(read_into(&p, dosages, n_snps, &data));
        assert_int_equal(data.n_samples, n_samples);
        assert_int_equal(data.n_observed, 5);
        assert_int_equal(warnings_seen(), scale == FR_FEEMS_SCALE_V2 ? 1 : 0);
        assert_close(data.missing_share, (double)missing / (n_snps * n_samples), 1e-15);
        check_sums(&data, dosages, n_snps, used, scale == FR_FEEMS_SCALE_V2);
        fr_feems_data_free(&data);
        fr_feems_data_free(&data);
    }
    free(dosages);
    fr_feems_graph_free(&p.graph);
}

/* ---- filters ----------------------------------------------------------------------------------------------------------------- */

/* SNPs 0 to 9; what becomes of each is said beside it. The frequency is over called genotypes. */
static int8_t *filter_cases(const place *p)
{
    enum { n_snps = 10 };
    int8_t *dosages = random_dosages(2, &p->samples, n_snps, 0);
    for (int64_t k = 0; k < n_samples; k++) {
        dosages[1 * n_samples + k] = -1;                            /* no call */
        dosages[2 * n_samples + k] = 0;                             /* invariant */
        dosages[3 * n_samples + k] = k % 3 == 0 ? -1 : 2;           /* invariant among the called */
        dosages[4 * n_samples + k] = k == 7;                        /* one copy of 48: rare below 0.0208 */
        dosages[5 * n_samples + k] = (int8_t)(k == 7 ? 1 : 2);      /* the same of the other allele */
        dosages[6 * n_samples + k] = (int8_t)(k < 12 ? -1 : k % 3); /* half missing */
        dosages[7 * n_samples + k] = (int8_t)(k < 11 ? -1 : k % 3); /* a little less */
        dosages[8 * n_samples + k] = k < 2 ? 1 : k < 20 ? 0 : -1;   /* 2 of 40 called: 0.05 exactly */
    }
    return dosages;
}

static void expect_counts(const fr_feems_data *data, int64_t no_call, int64_t invariant, int64_t maf,
                          int64_t missing)
{
    assert_int_equal(data->n_snps_no_call, no_call);
    assert_int_equal(data->n_snps_invariant, invariant);
    assert_int_equal(data->n_snps_maf, maf);
    assert_int_equal(data->n_snps_missing, missing);
}

static void snp_filters(void **state)
{
    (void)state;
    place p;
    place_init(&p);
    int8_t *dosages = filter_cases(&p);
    fr_feems_data data;
    assert_ok(read_into(&p, dosages, 10, &data));
    expect_counts(&data, 1, 2, 0, 0);
    check_sums(&data, dosages, 7, (const int64_t[]){0, 4, 5, 6, 7, 8, 9}, false);
    fr_feems_data_free(&data);
    p.settings.maf = 0.05; /* keeps SNP 8, whose frequency is that */
    assert_ok(read_into(&p, dosages, 10, &data));
    expect_counts(&data, 1, 2, 2, 0);
    check_sums(&data, dosages, 5, (const int64_t[]){0, 6, 7, 8, 9}, false);
    fr_feems_data_free(&data);
    p.settings.maf = 0;
    p.settings.max_missing_snp = 0.46; /* 11 of 24 are 0.458 */
    assert_ok(read_into(&p, dosages, 10, &data));
    expect_counts(&data, 1, 2, 0, 1);
    check_sums(&data, dosages, 6, (const int64_t[]){0, 4, 5, 7, 8, 9}, false);
    fr_feems_data_free(&data);
    p.settings.max_missing_snp = 0.5; /* "a larger share": half stays */
    assert_ok(read_into(&p, dosages, 10, &data));
    expect_counts(&data, 1, 2, 0, 0);
    fr_feems_data_free(&data);
    p.settings.max_missing_snp = 0;
    assert_ok(read_into(&p, dosages, 10, &data));
    check_sums(&data, dosages, 4, (const int64_t[]){0, 4, 5, 9}, false);
    assert_true(data.missing_share == 0);
    fr_feems_data_free(&data);
    free(dosages);
    fr_feems_graph_free(&p.graph);
}

/* Individuals go before anything is counted: means, invariance and frequencies are over those that stay. */
static void individual_filter(void **state)
{
    (void)state;
    enum { n_snps = 8 };
    place p;
    place_init(&p);
    int8_t *dosages = random_dosages(3, &p.samples, n_snps, 0);
    int64_t used[n_snps];
    for (int64_t snp = 0; snp < n_snps; snp++)
        for (int64_t k = 0; k < n_samples; k++) {
            if (k % 5 == 1 && snp < 3) dosages[snp * n_samples + k] = -1; /* node 2: 3 of 8 missing */
            if (k == 3 && snp < 2) dosages[snp * n_samples + k] = -1;     /* 2 of 8 */
            if (snp == 7) dosages[snp * n_samples + k] = k % 5 == 1 ? 1 : 0;
        }
    p.settings.max_missing_sample = 0.25;
    fr_feems_data data;
    assert_ok(read_into(&p, dosages, n_snps, &data));
    assert_int_equal(warnings_seen(), 1);
    assert_non_null(strstr(last_warning(), "5 individuals with more than a share of 0.25"));
    assert_int_equal(data.n_samples, n_samples - 5);
    assert_int_equal(data.n_observed, 4);
    for (int64_t k = 0; k < data.n_samples; k++)
        assert_true(data.sample[k] % 5 != 1);
    expect_counts(&data, 0, 1, 0, 0); /* SNP 7 varies only among those left out */
    all_snps(7, used);
    check_sums(&data, dosages, 7, used, false);
    fr_feems_data_free(&data);
    p.settings.max_missing_sample = 0;
    for (int64_t k = 0; k < n_samples; k++)
        dosages[k] = -1;
    assert_refused(read_into(&p, dosages, n_snps, &data), FR_EINPUT,
                   "every individual has more than a share of 0");
    free(dosages);
    fr_feems_graph_free(&p.graph);
}

/* ---- threads --------------------------------------------------------------------------------------------------------------------- */

static void threads_do_not_matter(void **state)
{
    (void)state;
    enum { n_snps = 3001 };
    place p;
    place_init(&p);
    int8_t *dosages = random_dosages(4, &p.samples, n_snps, 0.1);
    fr_feems_data one, four;
    fr_threads_set(1);
    assert_ok(read_into(&p, dosages, n_snps, &one));
    fr_threads_set(4);
    assert_ok(read_into(&p, dosages, n_snps, &four));
    fr_threads_set(0);
    size_t bytes = (size_t)(one.n_observed * one.n_observed) * sizeof(double);
    assert_memory_equal(four.similarity, one.similarity, bytes);
    assert_memory_equal(four.similarity0, one.similarity0, bytes);
    assert_int_equal(four.n_snps, n_snps);
    fr_feems_data_free(&one);
    fr_feems_data_free(&four);
    free(dosages);
    fr_feems_graph_free(&p.graph);
}

/* ---- unusable input ------------------------------------------------------------------------------------------------------------------ */

static void nothing_is_left(void **state)
{
    (void)state;
    place p;
    place_init(&p);
    int8_t *dosages = filter_cases(&p);
    fr_feems_data data;
    assert_refused(read_into(&p, dosages + n_samples, 3, &data), FR_EINPUT,
                   "no SNP is left: 1 have no called genotype, 2 are invariant, 0 fall below");
    assert_null(data.graph.x);
    assert_int_equal(data.n_samples, 0);
    p.samples.n--;
    assert_refused(read_into(&p, dosages, 10, &data), FR_EINPUT,
                   "coordinates for 23 individuals but genotypes of 24");
    free(dosages);
    fr_feems_graph_free(&p.graph);
}

static void settings_out_of_range(void **state)
{
    (void)state;
    place p;
    place_init(&p);
    int8_t *dosages = random_dosages(5, &p.samples, 3, 0);
    const fr_feems_data_settings good = p.settings;
    fr_feems_data data;
    for (int k = 0; k < 7; k++) {
        p.settings = good;
        if (k == 0) p.settings.maf = -0.1;
        if (k == 1) p.settings.maf = 0.5;
        if (k == 2) p.settings.maf = NAN;
        if (k == 3) p.settings.max_missing_snp = 1.1;
        if (k == 4) p.settings.max_missing_sample = -0.1;
        if (k == 5) p.settings.max_assign_km = -1;
        if (k == 6) p.settings.max_assign_km = NAN;
        assert_int_equal(read_into(&p, dosages, 3, &data), FR_EUSAGE);
        assert_null(data.similarity);
    }
    free(dosages);
    fr_feems_graph_free(&p.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_with_imputed_genotypes),
        cmocka_unit_test(snp_filters),
        cmocka_unit_test(individual_filter),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(nothing_is_left),
        cmocka_unit_test(settings_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
