/* frugal/feems.h: fast estimation of effective migration surfaces (FEEMS).
 *
 * Genotypes and the places where they were sampled in; a graph over the habitat whose edge weights w > 0 ("effective
 * migration", dimensionless) explain the covariance of allele frequencies out. The likelihood is a Wishart one on the
 * contrasts of the observed nodes under a Gaussian Markov random field with Laplacian L(w):
 *
 *   nll(w, s2) = p [ tr(B S) - log pdet(B) ],   B = projected inverse of  L^+_oo + diag(s2 / n),
 *   loss       = nll + (lambda/2) sum over pairs of adjacent edges (phi(w_e) - phi(w_f))^2,  phi(w) = log(exp(alpha w) - 1).
 *
 * Source: Marcus, Ha, Barber, Novembre, eLife 10:e61927 (2021), called "the paper" below. nll carries no factor 1/2, as
 * in the authors' software. All node and edge numbers are 0-based.
 */
#ifndef FRUGAL_FEEMS_H
#define FRUGAL_FEEMS_H

#include <frugal/core.h>
#include <frugal/data.h>
#include <frugal/geo.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the graph ---------------------------------------------------------------------------------------------------------- */

/* A simple graph over the habitat; edges have i < j and are sorted by i, then j. */
typedef struct {
    int64_t n_nodes, n_edges;
    double *x, *y;  /* n_nodes: longitude, latitude in degrees, or plane coordinates */
    int64_t *i, *j; /* n_edges */
} fr_feems_graph;

/* Reads EEMS .nodes and .edges text: merges duplicate edges (with a warning), refuses self loops and numbers out of range. */
int fr_feems_graph_read(const char *nodes_path, const char *edges_path, fr_feems_graph *out);
/* Writes them: coordinates with the fewest digits that read back the same, edges 1-based. */
int fr_feems_graph_write(const char *nodes_path, const char *edges_path, const fr_feems_graph *graph);
void fr_feems_graph_free(fr_feems_graph *graph);

/* ---- grids ---------------------------------------------------------------------------------------------------------------- */

typedef enum { FR_FEEMS_ISEA, FR_FEEMS_LATTICE } fr_feems_grid_type;

typedef struct {
    /* ISEA: icosahedral equal-area triangles; LATTICE: equilateral in a local plane. Default ISEA */
    fr_feems_grid_type type;
    int64_t resolution; /* subdivisions n of each icosahedron edge, >= 1; 0: from spacing_km. Default 0 */
    double spacing_km;  /* mean edge length; n = round(7715 / spacing). Default 0 */
    int round_digits; /* decimals that node coordinates are rounded to before clipping; < 0: none. Default 3 */
} fr_feems_grid_settings;

void fr_feems_grid_settings_default(fr_feems_grid_settings *settings);
/* The nodes inside the outline and inside (`mask_keeps`) or outside the mask (NULL: no mask), and the edges between them.
 * Nodes by decreasing latitude, then increasing longitude. FR_EINPUT if no node lies inside. */
int fr_feems_grid_make(const fr_polygons *outline, const fr_polygons *mask, bool mask_keeps,
                       const fr_feems_grid_settings *settings, fr_feems_graph *out);
/* The same from the tiles of a shapefile grid; nodes in the order of first appearance. outline may be NULL (keep all). */
int fr_feems_grid_from_triangles(const fr_triangles *triangles, const fr_polygons *outline,
                                 const fr_polygons *mask, bool mask_keeps, int round_digits,
                                 fr_feems_graph *out);
/* The outline when none is given: convex hull of the samples widened by `buffer` (in units of the coordinates). */
int fr_feems_hull(const fr_points *samples, double buffer, fr_polygons *out);

/* ---- simulation ------------------------------------------------------------------------------------------------------------ */

typedef enum {
    FR_FEEMS_NONMISSING,
    FR_FEEMS_MISSING_AT_RANDOM,
    FR_FEEMS_CORRIDOR_BIASED,
    FR_FEEMS_RIGHT_BIASED
} fr_feems_design;

typedef struct {
    int64_t rows, columns; /* lattice size. Default 8 x 12 */
    /* weight of edges whose midpoint has barrier_left < x < barrier_right. Default 1 */
    double barrier_weight;
    double corridor_weight;             /* the others. Default 1 */
    double barrier_left, barrier_right; /* Default 2.5, 8.5 */
    double anisotropy;                  /* factor on horizontal edges. Default 1 */
    int64_t max_per_node;               /* N of the Binomial(N, prob) sample size of a node. Default 15 */
    double probability_left, probability_barrier, probability_right; /* by the node's x. Default 0.5 each */
    double sample_probability;                                       /* a node is sampled at all. Default 1 */
    int64_t trees;        /* independent genealogies, at most one SNP from each. Default 20000 */
    double mutation_rate; /* per unit of branch length. Default 1e-3 */
    double maf;           /* keep maf <= frequency <= 1 - maf. Default 0.05 */
    double missing;       /* fraction of genotypes set missing at random. Default 0 */
    uint64_t seed;        /* Default 1 */
} fr_feems_simulate_settings;

typedef struct {
    fr_feems_graph graph;
    double *weights; /* n_edges: the truth */
    int64_t n_samples, n_snps;
    int64_t *node;   /* n_samples: node of each individual, ascending */
    int8_t *dosages; /* n_snps * n_samples: 0, 1, 2, -1 missing */
    int64_t n_trees_without_mutation, n_below_maf;
} fr_feems_simulation;

void fr_feems_simulate_settings_default(fr_feems_simulate_settings *settings);
/* Sets the sampling probabilities of one of the paper's designs (figure 2 and its supplements). */
void fr_feems_simulate_design(fr_feems_simulate_settings *settings, fr_feems_design design);
/* The structured coalescent on the lattice or, with graph and weights not NULL, on that graph with those weights and one
 * unit of population at every node; barrier and anisotropy then do not apply. */
int fr_feems_simulate(const fr_feems_graph *graph, const double *weights,
                      const fr_feems_simulate_settings *settings, fr_feems_simulation *out);
/* Mean pairwise coalescence times T (n_nodes x n_nodes) over settings->trees genealogies of one individual per node. */
int fr_feems_simulate_times(const fr_feems_graph *graph, const double *weights,
                            const fr_feems_simulate_settings *settings, double *times);
void fr_feems_simulation_free(fr_feems_simulation *simulation);

/* ---- from genotypes to sufficient statistics ---------------------------------------------------------------------------------- */

typedef enum { FR_FEEMS_SCALE_PAPER, FR_FEEMS_SCALE_V2 } fr_feems_scale;
typedef enum { FR_FEEMS_ASSIGN_PLANAR, FR_FEEMS_ASSIGN_SPHERE } fr_feems_assign;

typedef struct {
    /* PAPER: allele-swap invariant. V2: the authors' v2.0.0, for comparison only. Default PAPER */
    fr_feems_scale scale;
    fr_feems_assign assign; /* nearest node in degrees or on the sphere. Default PLANAR */
    /* refuse samples farther from their node than this; 0: warn beyond one edge length. Default 0 */
    double max_assign_km;
    double maf; /* keep maf <= allele frequency <= 1 - maf (called genotypes). Default 0: no filter */
    double max_missing_snp; /* drop SNPs with a larger share of missing genotypes (--geno). Default 1 */
    /* drop individuals with a larger share of missing genotypes (--mind). Default 1 */
    double max_missing_sample;
    /* where samples lie in several components, go on with the one that holds most. Default false */
    bool keep_largest;
} fr_feems_data_settings;

/* The graph that is fitted and what the genotypes say about it. Dropped nodes (isolated, or in a component without
 * samples) are not part of `graph`; `node_id` gives the numbers in the file. */
typedef struct {
    fr_feems_graph graph;
    int64_t *node_id; /* graph.n_nodes */
    int64_t n_nodes_dropped;
    int64_t n_samples;    /* used */
    int64_t *sample;      /* n_samples: number of each used individual in the input */
    int64_t *sample_node; /* n_samples: its node in `graph` */
    int64_t n_observed;
    int64_t *observed; /* n_observed: nodes with samples, ascending */
    int64_t *n_at;     /* n_observed: individuals at each */
    int64_t n_snps;    /* p: SNPs used; from distances: the number of sites given */
    int64_t n_snps_no_call, n_snps_invariant, n_snps_maf, n_snps_missing; /* dropped, by reason */
    double *similarity;   /* S, n_observed^2: scaled, not centred */
    double *similarity0;  /* S0, n_observed^2: unscaled, centred */
    double missing_share; /* of the genotypes used */
} fr_feems_data;

void fr_feems_data_settings_default(fr_feems_data_settings *settings);
/* samples: one place for each individual of the fileset, in .fam order. */
int fr_feems_data_from_plink(const fr_feems_graph *graph, const fr_points *samples, const fr_plink *plink,
                             const fr_feems_data_settings *settings, fr_feems_data *out);
/* distances: n x n mean squared dosage differences between individuals (EEMS .diffs), from n_sites sites. */
int fr_feems_data_from_distances(const fr_feems_graph *graph, const fr_points *samples,
                                 const double *distances, int64_t n_sites,
                                 const fr_feems_data_settings *settings, fr_feems_data *out);
void fr_feems_data_free(fr_feems_data *data);

/* ---- fit ------------------------------------------------------------------------------------------------------------------------- */

typedef enum { FR_FEEMS_S2_FIXED, FR_FEEMS_S2_ONE, FR_FEEMS_S2_NODE } fr_feems_s2_mode;

typedef struct {
    double lambda; /* smoothness of the weights, >= 0. Default 20 */
    double alpha;  /* scale inside the penalty; 0: 1 / w0. Default 0 */
    double w0, s2; /* common weight and residual variance to start from; 0: by the null fit. Default 0, 0 */
    /* residual variance held, one value fitted, or one per node fitted. Default FIXED */
    fr_feems_s2_mode s2_mode;
    double lambda_q, alpha_q; /* penalty on the node variances; alpha_q 0: 1 / s2. Default 1, 0 */
    double lower, upper;      /* bounds of every weight. Default 1e-6, 1e6 */
    bool tight;               /* stop at a gradient of 1e-8 p instead of 1e-6 p. Default false */
    double factr; /* > 0: stop on a relative decrease below factr * 2.22e-16, as the authors do. Default 0 */
    int64_t max_iterations; /* Default 15000 */
} fr_feems_settings;

typedef struct {
    double null_loss, null_w0, null_s2; /* constant weights */
    double w0, s2, alpha, lambda;       /* resolved; s2 is the common value (the mean in NODE mode) */
    double nll, penalty, loss;
    int64_t iterations, evaluations;
    double gradient_max; /* largest |d loss / d log w| (and log s2), projected on the bounds */
    bool converged;
    double r_squared, slope, intercept; /* observed against fitted distance, all pairs of observed nodes */
    double seconds_null, seconds_fit;
} fr_feems_info;

typedef struct {
    double *weights;       /* n_edges */
    double *s2;            /* n_nodes: residual variance (only observed nodes matter unless NODE) */
    double *fitted, *seen; /* n_observed^2: fitted and observed genetic distance */
    fr_feems_info info;
} fr_feems_result;

void fr_feems_settings_default(fr_feems_settings *settings);
int fr_feems_fit(const fr_feems_data *data, const fr_feems_settings *settings, fr_feems_result *out);
/* Value at given weights, without fitting. gradient_w (n_edges: d nll / d w), penalty_w (d penalty / d w) and gradient_s2
 * (n_observed: d nll / d s2) may be NULL. */
int fr_feems_evaluate(const fr_feems_data *data, const fr_feems_settings *settings, const double *weights,
                      fr_feems_result *out, double *gradient_w, double *penalty_w, double *gradient_s2);
void fr_feems_result_free(fr_feems_result *result);

/* ---- cross-validation ------------------------------------------------------------------------------------------------------------- */

typedef struct {
    fr_feems_settings fit; /* fit.lambda is not used */
    int64_t n_lambdas;
    const double *lambdas; /* NULL: n_lambdas values from 1e2 down to 1e-6, evenly spaced in the logarithm */
    int64_t n_folds;       /* 0: leave one node out. Default 0 */
    const int64_t *fold;   /* n_observed: fold 0.. of each observed node, or NULL: shuffled by `seed` */
    uint64_t seed;         /* Default 1 */
    fr_journal *journal;   /* finished folds are kept there; NULL: nowhere */
} fr_feems_cv_settings;

typedef struct {
    int64_t n_lambdas, n_folds;
    double *lambdas;               /* descending */
    int64_t *fold;                 /* n_observed */
    double *error;                 /* n_lambdas * n_folds; not-a-number where interrupted */
    double *mean, *standard_error; /* n_lambdas */
    int64_t best,
        one_standard_error; /* index of the smallest mean; of the largest lambda within one standard error */
    double w0, s2, alpha;
    int64_t iterations, evaluations; /* over all fits */
    int64_t n_not_converged;
    double seconds;
} fr_feems_cv_result;

void fr_feems_cv_settings_default(fr_feems_cv_settings *settings);
int fr_feems_cv(const fr_feems_data *data, const fr_feems_cv_settings *settings, fr_feems_cv_result *out);
void fr_feems_cv_result_free(fr_feems_cv_result *result);

/* ---- prediction --------------------------------------------------------------------------------------------------------------------- */

typedef enum {
    FR_FEEMS_UNIVERSAL,
    FR_FEEMS_SIMPLE
} fr_feems_kriging; /* mean estimated / taken as the observed mean */

/* Posterior mean allele frequency (allele 1) of SNPs at every node: frequencies[snp * n_nodes + node], for the n SNPs
 * listed (numbers in the fileset). variance (n_nodes, may be NULL): the posterior variance divided by mu (1 - mu). */
int fr_feems_predict(const fr_feems_data *data, const double *weights, const double *s2,
                     const fr_plink *plink, const int64_t *snps, int64_t n, fr_feems_kriging kriging,
                     double *frequencies, double *variance);

#ifdef __cplusplus
}
#endif
#endif
