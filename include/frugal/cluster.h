/* frugal/cluster.h: local graph clustering: l1-regularised PageRank with certificates, and what stands beside it.
 *
 * Notation (graph.h has the graph): cut(S) = weight of the edges that leave S, vol(S) = sum of degrees,
 *   conductance phi(S) = cut(S) / min(vol(S), vol(G) - vol(S)), and 1 where that minimum is 0.
 *   s: seed distribution; alpha in (0, 1): teleportation of the lazy walk (I + A D^-1) / 2;
 *   Q = alpha D + (1 - alpha)/2 L;   x = D^-1 p;   residual r = s - Q x / alpha.
 * l1-regularised PageRank:  minimise  F(x) = x'Qx / 2 - alpha s'x + rho alpha sum_i d_i |x_i|.
 *
 * Sources, called by the names in brackets below: Ha, Fountoulakis, Mahoney, JMLR 22(148), 2021 [HFM]; Fountoulakis,
 * Roosta-Khorasani, Shun, Cheng, Mahoney, Math. Prog. 2019 [FRSCM]; Andersen, Chung, Lang, FOCS 2006 [ACL]; Lang, Rao 2004
 * [MQI]; Andersen, Lang, SODA 2008 [FlowImprove]; Veldt, Gleich, Mahoney, ICML 2016 [SimpleLocal]; Wang et al., ICML 2017
 * [CRD]; Fountoulakis, Wang, Yang, ICML 2020 [FWY]; Kloster, Gleich, KDD 2014 [heat kernel]; Mahoney, Orecchia, Vishnoi,
 * JMLR 2012 [MOV].
 *
 * Node sets are given as `count` distinct node numbers in any order and come back ascending. All answers are the same for any
 * number of threads. Methods marked "local" cost time and memory in proportion to what they touch, not to the graph, once
 * the workspace exists; the others say what they cost.
 */
#ifndef FRUGAL_CLUSTER_H
#define FRUGAL_CLUSTER_H

#include <frugal/core.h>
#include <frugal/graph.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- workspace ------------------------------------------------------------------------------------------------------ */

/* Scratch for one thread and one graph, used by one call after the other and left clean by each in time proportional to what
 * it touched. Arrays of n entries are made when a method first needs them. The graph must outlive it. */
typedef struct fr_cluster_workspace fr_cluster_workspace;
int fr_cluster_workspace_new(const fr_graph *graph, fr_cluster_workspace **out);
void fr_cluster_workspace_free(fr_cluster_workspace *workspace); /* NULL is fine */

/* ---- scores of a set ------------------------------------------------------------------------------------------------ */

typedef struct {
    int64_t size;       /* |S| */
    double volume, cut; /* vol(S), cut(S) */
    double conductance; /* 1 where the smaller volume is 0 */
    /* cut / number of nodes on the side of smaller volume (S itself on equality); 1 if that is 0 */
    double expansion;
    double volume_smaller; /* min(vol(S), vol(G) - vol(S)) */
    int64_t size_smaller;  /* |S|, or n - |S| if the other side has the smaller volume */
} fr_cluster_scores;

/* A set with its scores; node is owned by the result that holds it. */
typedef struct {
    int64_t count;
    int64_t *node; /* ascending */
    fr_cluster_scores scores;
} fr_cluster_set;
void fr_cluster_set_free(fr_cluster_set *set);

/* Local. FR_EUSAGE for a node out of range or listed twice. */
int fr_cluster_score(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                     fr_cluster_scores *out);

/* Precision, recall and F1 of S against a target K, by volume and by counts; all 0 where S and K are disjoint. */
typedef struct {
    double precision, recall, f1;
    double precision_count, recall_count, f1_count;
} fr_cluster_f1_scores;
int fr_cluster_f1(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes, int64_t target_count,
                  const int64_t *target, fr_cluster_f1_scores *out);

/* More about a set: what is inside. */
typedef struct {
    fr_cluster_scores scores;
    double edges;        /* weight inside: (vol - cut), each edge twice, as vol counts them */
    double density;      /* edges between distinct members / (|S| (|S|-1) / 2); 0 for fewer than two */
    int64_t components;  /* of the subgraph on S */
    int64_t triangles;   /* inside S */
    double separability; /* (vol - cut) / (2 cut); infinite if cut is 0 */
    /* smallest eigenvalue of the normalised Laplacian restricted to S (fr_cluster_fiedler_local) */
    double local_lambda;
    /* best sweep of the second eigenvector of the subgraph on S; 0 if it is not connected */
    double inner_conductance;
} fr_cluster_details;
int fr_cluster_detail(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                      fr_cluster_details *out);

/* ---- seeds ---------------------------------------------------------------------------------------------------------- */

typedef enum { FR_CLUSTER_UNIFORM, FR_CLUSTER_BY_DEGREE, FR_CLUSTER_EACH_ONE } fr_cluster_mass;

/* The seed distribution s. A node listed twice counts once, at its first place; the order is the order of the first pushes. */
typedef struct {
    int64_t count; /* >= 1 */
    const int64_t *node;
    const double *mass; /* count masses >= 0, scaled to sum 1; NULL: by `rule` */
    /* UNIFORM 1/k each; BY_DEGREE; EACH_ONE: mass 1 each (what the LocalGraphClustering package does in its acl) */
    fr_cluster_mass rule;
} fr_cluster_seeds;

/* How well a cluster, its seed and the parameters fit the two theorems of [HFM]. The first: the support contains a
 * target of their random model (k nodes, links inside with probability p, to each outside node with q) if p^2 k is at
 * least of order log k, alpha at most of order 1 - gamma, rho at most of order gamma p / degree^2. The second: it is the
 * target if moreover the seed has no links that leave it, and nodes outside do not have too few links. Measured on the
 * cluster as if it were the target; constants are not those of a proof. */
typedef struct {
    fr_cluster_scores scores;
    double alpha, rho;
    double gamma;               /* 1 - cut/vol: share of the volume that stays inside; NaN if vol is 0 */
    double seed_outside;        /* share of the seeds' link weight that leaves the cluster, by seed mass */
    int64_t outside_neighbours; /* nodes outside that a seed is linked with */
    double seed_elsewhere;      /* share of the seed mass on nodes that are not in the cluster */
    double local_lambda;        /* fr_cluster_fiedler_local; at most 1 - gamma; 0 with a whole component */
    double gap;                 /* local_lambda / conductance; NaN if cut is 0 */
    double p, q;          /* share of linked pairs within the cluster, and across its border; loops aside */
    double common;        /* p^2 k: neighbours within that two members share, on average */
    double common_wanted; /* log k */
    double rho_threshold; /* fr_cluster_model_rho of p, q over the mean weight; NaN where it has none */
    bool few_common;      /* common < common_wanted */
    bool seed_leaks;      /* seed_outside > 0: these neighbours are the first false positives */
    bool large_alpha;     /* alpha > 2 local_lambda > 0 */
    bool large_rho;       /* rho > rho_threshold: members may be missing */
} fr_cluster_diagnosis;
/* rho: of l1-PageRank, or eps of pushes. Local: volume of the cluster and the seeds, and the eigenvalue. */
int fr_cluster_diagnose(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds, int64_t count,
                        const int64_t *nodes, double alpha, double rho, fr_cluster_diagnosis *out);

/* ---- PageRank vectors ----------------------------------------------------------------------------------------------- */

/* What was done, and how near the answer is. For the l1 problem, with x* its optimum: x* - delta_below <= x <= x* +
 * delta_above elementwise, so |p_i - p*_i| <= error_bound d_i, and F(x) - F(x*) <= duality_gap. */
typedef struct {
    bool converged;
    int64_t steps;        /* coordinate steps, pushes, iterations or rounds */
    int64_t pushes;       /* times that the arcs of a node were read */
    int64_t arcs_read;    /* all arcs read */
    int64_t peak_support; /* largest number of non-zeros of the iterate */
    double sum_p, sum_residual;
    double support_volume;
    /* F(x); the fields from here to duality_gap are NaN where the method solves no l1 problem */
    double objective;
    double delta_below, delta_above, error_bound;
    double duality_gap;
    double isolated_mass; /* seed mass on nodes without neighbours; it stays in the residual */
    double seconds;
} fr_cluster_info;

typedef struct {
    int64_t count;         /* nodes with p > 0 (ACL: and the seeds) */
    int64_t *node;         /* by descending p/d, ties by smaller number */
    double *p;             /* mass */
    double *p_over_degree; /* x; the value to sweep over */
    int64_t n_residual;    /* with keep_residual: nodes with r != 0, ascending; otherwise 0 and NULL */
    int64_t *residual_node;
    double *residual;
    fr_cluster_info info;
} fr_cluster_vector;
void fr_cluster_vector_free(fr_cluster_vector *vector);

/* Approximate personalised PageRank by pushes [ACL]: residual r_i <= eps d_i everywhere at the end. Local: at most
 * 1 / (alpha eps) arcs for unit weights. */
typedef struct {
    double alpha;      /* in (0, 1). Default 0.15 */
    double eps;        /* > 0. Default 1e-6 */
    int64_t max_steps; /* 0: no limit. Default 0 */
    double time_limit; /* seconds; 0: none. Default 0 */
    bool keep_residual;
} fr_cluster_acl_settings;
void fr_cluster_acl_settings_default(fr_cluster_acl_settings *settings);
int fr_cluster_acl(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                   const fr_cluster_acl_settings *settings, fr_cluster_vector *out);
/* PageRank-Nibble: alpha and eps from a target volume (>= 0; 0 means 1) and conductance in (0, 1] [ACL, section 5]. */
int fr_cluster_nibble_parameters(const fr_graph *graph, double target_volume, double conductance,
                                 double *alpha, double *eps);

/* l1-regularised PageRank [HFM, FRSCM], certified. Local: vol(support) <= 1/rho. */
typedef enum {
    FR_CLUSTER_CD, /* proximal coordinate descent; in the order FIFO, once that is slow, conjugate gradients on the support */
    FR_CLUSTER_EXACT, /* monotone active set: sparse Cholesky below 2000 nodes, conjugate gradients above */
    FR_CLUSTER_ISTA,
    FR_CLUSTER_FISTA
} fr_cluster_solver;
/* Orders of exact minimisations along one coordinate each, which let x rise from 0 to x*. With a tolerance from 0.01
 * FIFO is just that; below it goes over to conjugate gradients when the support is mostly known. */
typedef enum { FR_CLUSTER_FIFO, FR_CLUSTER_CYCLIC, FR_CLUSTER_GREEDY, FR_CLUSTER_RANDOM } fr_cluster_order;

typedef struct {
    double alpha;             /* in (0, 1). Default 0.15 */
    double rho;               /* > 0. Default 1e-6 */
    double tolerance;         /* stop when |x - x*| <= tolerance * rho is certified. Default 1e-6 */
    fr_cluster_solver solver; /* Default CD */
    fr_cluster_order order;   /* of the coordinates, for CD. Default FIFO */
    uint64_t seed;            /* of the order RANDOM. Default 1 */
    int64_t max_steps;        /* coordinate steps or iterations; 0: no limit. Default 0 */
    double time_limit;        /* wall-clock seconds; 0: none. Default 0 */
    bool keep_residual;
    /* An x >= 0 to begin with (its nodes and p_over_degree), such as the answer for another rho, or for this graph before some
     * edges changed (fr_graph_edit); for CD and EXACT. Repairing it costs about the volume of its support and of what is to be
     * added; the answer and its certificate are those of any other start. NULL: 0. Default NULL */
    const fr_cluster_vector *start;
} fr_cluster_l1_settings;
void fr_cluster_l1_settings_default(fr_cluster_l1_settings *settings);
/* FR_OK also where a limit ended it early: info.converged says so, and the certificate holds for what came out. */
int fr_cluster_l1(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                  const fr_cluster_l1_settings *settings, fr_cluster_vector *out);
/* rho for a cluster of about this volume: 0.15 / volume [HFM, section 6]. */
double fr_cluster_rho_for_volume(double volume);
/* Certificate of any x >= 0 given as nodes and masses p: recomputes the residual in extended precision; fills the
 * objective, the deltas, the gap, the sums and the support's volume. Local. */
int fr_cluster_certify(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds, double alpha,
                       double rho, int64_t count, const int64_t *nodes, const double *p,
                       fr_cluster_info *out);

/* Heat kernel e^-t sum_k t^k/k! P^k s by pushes on a Taylor polynomial: 0 <= (h - p)/d <= eps. Local. */
typedef struct {
    double t;   /* > 0. Default 15 */
    double eps; /* > 0. Default 1e-4 */
} fr_cluster_heat_settings;
void fr_cluster_heat_settings_default(fr_cluster_heat_settings *settings);
int fr_cluster_heat(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                    const fr_cluster_heat_settings *settings, fr_cluster_vector *out);

/* ---- sweeps --------------------------------------------------------------------------------------------------------- */

typedef enum { FR_CLUSTER_BY_CONDUCTANCE, FR_CLUSTER_BY_EXPANSION, FR_CLUSTER_BY_CUT } fr_cluster_objective;

typedef struct {
    fr_cluster_objective objective; /* Default BY_CONDUCTANCE */
    double max_volume;              /* prefixes up to this volume; 0: any. Default 0 */
    int64_t min_size;               /* prefixes of at least so many nodes. Default 1 */
    bool sorted;       /* the nodes come in the order to sweep; values are not looked at. Default false */
    bool two_sided;    /* also sweep the negated values and keep the better (the first on equality) */
    bool keep_profile; /* Default false */
} fr_cluster_sweep_settings;

typedef struct {
    fr_cluster_set best; /* the earliest best prefix; empty with conductance 1 for an empty list */
    int64_t prefix;      /* its length */
    bool negated;        /* it comes from the negated values */
    int64_t n_profile;   /* with keep_profile: one entry per prefix, of the winning direction */
    int64_t *profile_node;
    double *profile_volume, *profile_cut, *profile_conductance;
} fr_cluster_sweep_result;

void fr_cluster_sweep_settings_default(fr_cluster_sweep_settings *settings);
/* Best prefix of the nodes by descending value, ties by smaller number. Values: NaN is FR_EUSAGE; NULL with settings->sorted.
 * settings may be NULL. Local: vol(list) + k log k. */
int fr_cluster_sweep(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                     const double *values, const fr_cluster_sweep_settings *settings,
                     fr_cluster_sweep_result *out);
void fr_cluster_sweep_result_free(fr_cluster_sweep_result *result);

/* ---- paths and searches ---------------------------------------------------------------------------------------------- */

/* The exact solution path of the l1 problem in rho: piecewise linear, nodes only enter [HFM, lemma 4]. */
typedef struct {
    double alpha;      /* Default 0.15 */
    double rho_min;    /* > 0: where to stop. Default 1e-5 */
    int64_t max_nodes; /* stop when so many have entered; 0: no limit. Default 0 */
    double max_volume; /* stop when the support reaches this volume; 0: none. Default 0 */
} fr_cluster_path_settings;
typedef struct {
    int64_t count; /* entries, in order; nodes that enter together are listed by number */
    int64_t *node;
    double *rho;                        /* where the node enters */
    double *volume, *cut, *conductance; /* of the support up to and with the entry */
    /* the support of smallest conductance among those the path visits (after all nodes of one rho) */
    fr_cluster_set best;
    fr_cluster_info info;
} fr_cluster_path_result;
void fr_cluster_path_settings_default(fr_cluster_path_settings *settings);
int fr_cluster_path(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                    const fr_cluster_path_settings *settings, fr_cluster_path_result *out);
void fr_cluster_path_result_free(fr_cluster_path_result *result);

/* Forward stagewise: steepest descent in the norm ||Dx||_1 with steps eta; tends to the path as eta -> 0 [HFM, section 5]. */
typedef struct {
    double alpha;      /* Default 0.15 */
    double rho_min;    /* Default 1e-3 */
    double eta;        /* mass of a step, > 0. Default 1e-4 */
    int64_t max_steps; /* 0: no limit. Default 0 */
} fr_cluster_stagewise_settings;
typedef struct {
    int64_t n_steps;
    int64_t *node;            /* n_steps: the coordinate of each step */
    double *rho;              /* n_steps: its r_i / d_i before the step */
    fr_cluster_vector vector; /* at the end */
} fr_cluster_stagewise_result;
void fr_cluster_stagewise_settings_default(fr_cluster_stagewise_settings *settings);
int fr_cluster_stagewise(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                         const fr_cluster_stagewise_settings *settings, fr_cluster_stagewise_result *out);
void fr_cluster_stagewise_result_free(fr_cluster_stagewise_result *result);

/* Seeded PageRank solution path over shrinking tolerances, with the best sweep kept up to date (Kloster, Gleich). */
typedef struct {
    double damping; /* t in (0, 1), of the walk A D^-1 (not lazy). Default 0.99 */
    double eps_min; /* > 0. Default 1e-4 */
    double rho;     /* share of the current tolerance left at a pushed node, in [0, 1). Default 0.1 */
} fr_cluster_ppr_path_settings;
typedef struct {
    int64_t count;                            /* rows */
    double *eps, *conductance, *cut, *volume; /* best prefix at that tolerance */
    int64_t *size, *step;
    fr_cluster_set best;   /* of all rows; the first on equality */
    int64_t steps, ranked; /* pushes; nodes with a value */
    fr_cluster_info info;
} fr_cluster_ppr_path_result;
void fr_cluster_ppr_path_settings_default(fr_cluster_ppr_path_settings *settings);
int fr_cluster_ppr_path(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                        const fr_cluster_ppr_path_settings *settings, fr_cluster_ppr_path_result *out);
void fr_cluster_ppr_path_result_free(fr_cluster_ppr_path_result *result);

/* Grid search over alpha and rho, both geometric and from large to small: each l1 optimum's support and sweep; smallest
 * conductance wins, a later one on equality. With on_path the exact path of each alpha (fr_cluster_path) is looked at too: its
 * best support of all rho >= rho_low, and the sweep of the optimum that has it. */
typedef struct {
    double alpha_low, alpha_high; /* Default 0.01, 0.15 */
    int64_t n_alpha;              /* Default 4 */
    double rho_low, rho_high;     /* Default 1e-6, 1e-2 */
    int64_t n_rho;                /* Default 9 */
    double tolerance;             /* Default 1e-6 */
    bool on_path;                 /* Default false */
    int64_t path_nodes;           /* a path ends when so many nodes have entered; 0: no limit. Default 1000 */
} fr_cluster_search_settings;
typedef struct {
    /* rows in the order tried: for each alpha one of its path, with on_path, and n_rho of the grid */
    int64_t count;
    double *alpha, *rho;
    double *support_volume, *support_conductance, *sweep_conductance;
    int64_t *support, *sweep_size;
    /* of a path: how many it visits, the row's being the best of them; 0 for the grid */
    int64_t *path_supports;
    fr_cluster_set best;
    double best_alpha, best_rho;
    bool best_is_sweep;          /* it is the sweep's set, not the whole support */
    fr_cluster_vector vector;    /* the winner's */
    fr_cluster_path_result path; /* with on_path: that of best_alpha */
    fr_cluster_info info;        /* sums over all rows; the certificate is the winner's */
} fr_cluster_search_result;
void fr_cluster_search_settings_default(fr_cluster_search_settings *settings);
int fr_cluster_search(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                      const fr_cluster_search_settings *settings, fr_cluster_search_result *out);
void fr_cluster_search_result_free(fr_cluster_search_result *result);

/* ---- flow ------------------------------------------------------------------------------------------------------------ */

typedef enum { FR_CLUSTER_SIDE_NONE, FR_CLUSTER_SIDE_COUNT, FR_CLUSTER_SIDE_VOLUME } fr_cluster_side;

typedef struct {
    double delta;           /* >= 0; 0: FlowImprove. Default 0.3 */
    bool exact_conductance; /* the next ratio is phi(S), not the seed-penalised one. Default false */
    /* false: only the component with the smallest ratio (ties: larger volume, then smaller number). Default false */
    bool keep_disconnected;
    /* COUNT: the complement when |S| > n/2; VOLUME: when it has the smaller volume. Default COUNT */
    fr_cluster_side side;
    bool no_warning; /* do not warn of a set of more than half of the volume. Default false */
} fr_cluster_flow_settings;
typedef struct {
    fr_cluster_set set;
    /* cut(S) / (vol(S n R) - theta vol(S \ R)) before the side rule; MQI: cut/vol */
    double relative_conductance;
    fr_cluster_set raw; /* before the rules for components and sides */
    int64_t rounds;     /* minimum cuts solved */
    int64_t arcs_read;
    int64_t peak_nodes; /* of the local network */
    double visited_volume;
    double seconds;
} fr_cluster_flow_result;
void fr_cluster_flow_settings_default(fr_cluster_flow_settings *settings);
/* Best quotient cut(S)/vol(S) over the non-empty subsets of R, the largest such S: its conductance where vol(R) <= vol(G)/2,
 * which is warned of otherwise. Decisions are exact for integer weights. Local. */
int fr_cluster_mqi(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                   fr_cluster_flow_result *out);
/* FlowImprove (delta = 0, reads the whole graph) and SimpleLocal (delta > 0, local: volume about vol(R)(1 + 2/delta)). */
int fr_cluster_local_flow(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                          const fr_cluster_flow_settings *settings, fr_cluster_flow_result *out);
/* delta of [HFM]'s experiments for a set R and a target K: min(max((1/3)/(1/sigma - 1) - g, 0), 1), g = vol(R)/vol(V\R),
 * sigma = max(vol(R n K)/vol(K), g): 1 where sigma = 1, and 0 where R has more than half of the volume (g > 1). */
int fr_cluster_flow_delta(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                          int64_t target_count, const int64_t *target, double *delta);
void fr_cluster_flow_result_free(fr_cluster_flow_result *result);

/* Capacity releasing diffusion [CRD]; uses unweighted degrees. Local. */
typedef struct {
    int64_t capacity;   /* U: flow per edge and round. Default 3 */
    int64_t height;     /* h: label limit, at most 60000. Default 10 */
    double growth;      /* w: > 1. Default 2 */
    int64_t iterations; /* Default 20 */
} fr_cluster_crd_settings;
typedef struct {
    fr_cluster_set set;
    int64_t rounds;
    int64_t pushes, arcs_read;
    double seconds;
} fr_cluster_crd_result;
void fr_cluster_crd_settings_default(fr_cluster_crd_settings *settings);
int fr_cluster_crd(fr_cluster_workspace *workspace, int64_t count, const int64_t *seeds,
                   const fr_cluster_crd_settings *settings, fr_cluster_crd_result *out);
void fr_cluster_crd_result_free(fr_cluster_crd_result *result);

/* p-norm flow diffusion [FWY]: source mass Delta on the seeds, |Delta| in all, spreads over the edges until no node v
 * holds more than its degree d_v, by the flow f of least energy. With 1/p + 1/q = 1, y = f / w and the potentials x >= 0
 * as dual variables,
 *   minimise  sum_e w |y_e|^p / p   subject to  Delta_v - (net outflow of f at v) <= d_v,
 *   maximise  sum_v (Delta_v - d_v) x_v - sum_(u,v) w |x_u - x_v|^q / q,   where  x_u - x_v = sign(y) |y|^(p-1).
 * Local: x > 0 on a set of volume at most |Delta|. */
typedef struct {
    double p;          /* from 2 to 8; a larger one fills up what is linked by many paths first. Default 2 */
    double mass;       /* |Delta|; 0: three times the volume of the seeds and their neighbours, the smallest
                          cluster that they may belong to, but at most vol(G)/2. Default 0 */
    double tolerance;  /* for `converged`. Default 1e-6 */
    int64_t max_steps; /* coordinate steps and products with the matrix; 0: no limit. Default 0 */
    double time_limit; /* wall-clock seconds; 0: none. Default 0 */
} fr_cluster_flow_diffusion_settings;
/* The flow that was found leaves `excess` above the capacities. Sent on along a tree, that makes a feasible flow, the
 * energy of which is above the objective of x by duality_gap: neither is farther from the optimum. */
typedef struct {
    bool converged;           /* excess <= tolerance * mass, and duality_gap <= tolerance * energy */
    double mass;              /* |Delta| */
    double excess;            /* mass above the capacities */
    double energy, objective; /* of the flow; of x, a lower bound of the least energy */
    double duality_gap;       /* infinite where no way for the excess was found */
    double misfit;            /* sum of |f - flow that x drives| over the sum of |f|; 0 for p = 2 */
    double support_volume;    /* of x > 0 */
    int64_t rounds;           /* Newton's steps; 0 for p = 2 */
    int64_t steps;            /* coordinate steps and products with the matrix */
    int64_t pushes, arcs_read, peak_support;
    double seconds;
} fr_cluster_flow_diffusion_info;
typedef struct {
    int64_t count; /* nodes with x > 0, which are full */
    int64_t *node; /* by descending x, ties by smaller number */
    double *x;
    fr_cluster_set set; /* best prefix by conductance */
    fr_cluster_flow_diffusion_info info;
} fr_cluster_flow_diffusion_result;
void fr_cluster_flow_diffusion_settings_default(fr_cluster_flow_diffusion_settings *settings);
/* Each seed gets its part of the mass: BY_DEGREE in [FWY]; EACH_ONE is UNIFORM here. FR_EUSAGE if the mass within a component
 * is not below its volume. FR_OK also where a limit ended it early: info.converged says so, and the certificate holds. */
int fr_cluster_flow_diffusion(fr_cluster_workspace *workspace, const fr_cluster_seeds *seeds,
                              const fr_cluster_flow_diffusion_settings *settings,
                              fr_cluster_flow_diffusion_result *out);
void fr_cluster_flow_diffusion_result_free(fr_cluster_flow_diffusion_result *result);
/* The mass for a cluster of about this volume: three times as much [FWY, theorem 1]. */
double fr_cluster_flow_diffusion_mass(double volume);

/* Densest subgraph: largest (weight inside)/|S|, the largest such set, exact (Goldberg 1984 with Dinkelbach's
 * iteration). Reads the whole graph. */
typedef struct {
    bool loops; /* count A_ii / 2 too. Default false */
    /* > 0: iterated greedy peeling (Greedy++) instead; 1: Charikar's half approximation. Default 0 */
    int64_t greedy_rounds;
} fr_cluster_densest_settings;
typedef struct {
    fr_cluster_set set;
    double density;
    double upper_bound; /* = density if exact; for greedy: what it certifies */
    int64_t rounds;
    double seconds;
} fr_cluster_densest_result;
void fr_cluster_densest_settings_default(fr_cluster_densest_settings *settings);
int fr_cluster_densest(const fr_graph *graph, const fr_cluster_densest_settings *settings,
                       fr_cluster_densest_result *out);
void fr_cluster_densest_result_free(fr_cluster_densest_result *result);

/* ---- spectral -------------------------------------------------------------------------------------------------------- */

typedef struct {
    double tolerance;   /* on the residual ||N v - lambda v||. Default 1e-10 */
    int64_t dimensions; /* eigenvectors beyond the trivial one. Default 1 */
    /* all components (lambda2 = 0 if there are several), not the largest alone. Default false */
    bool whole_graph;
} fr_cluster_fiedler_settings;
typedef struct {
    int64_t n;     /* nodes in question */
    int64_t *node; /* n, ascending */
    int64_t n_values;
    /* n_values: smallest eigenvalues of I - D^-1/2 A D^-1/2 (fiedler: without the trivial 0) */
    double *lambda;
    /* n_values * n: D^-1/2 v; the entry of largest modulus is positive (ties: smaller number) */
    double *vector;
    double residual;               /* largest */
    double correlation, shift;     /* MOV only: (x'Ds)^2 and g */
    fr_cluster_sweep_result sweep; /* of the first vector */
    int64_t components;            /* of the graph without isolated nodes (fiedler) */
    int64_t products;              /* with the matrix */
    bool converged;
    double seconds;
} fr_cluster_spectral_result;
void fr_cluster_fiedler_settings_default(fr_cluster_fiedler_settings *settings);
/* Second eigenpair of the normalised Laplacian (Lanczos with a fixed start), nodes without neighbours left out, and its
 * two-sided sweep; where only the largest of several components is taken, volumes and scores are those within it. Cost:
 * products * arcs. */
int fr_cluster_fiedler(const fr_graph *graph, const fr_cluster_fiedler_settings *settings,
                       fr_cluster_spectral_result *out);
/* Dirichlet eigenvector of R (degrees of the whole graph; Chung 2007); lambda is the scale for alpha. Local. */
int fr_cluster_fiedler_local(fr_cluster_workspace *workspace, int64_t count, const int64_t *nodes,
                             double tolerance, fr_cluster_spectral_result *out);
/* Minimise x'Lx with x'Dx = 1, x'D1 = 0, (x'Ds)^2 >= kappa, kappa in (0, 1); s: the seed set's projected indicator [MOV]. */
int fr_cluster_mov(const fr_graph *graph, int64_t count, const int64_t *nodes, double kappa, double tolerance,
                   fr_cluster_spectral_result *out);
void fr_cluster_spectral_result_free(fr_cluster_spectral_result *result);

/* ---- the graph as a whole -------------------------------------------------------------------------------------------- */

/* Connected components, numbered by their smallest node: label[n]; returns the number in *components. */
int fr_cluster_components(const fr_graph *graph, int64_t *label, int64_t *components);
/* Nodes of the largest component (ties: the one with the smallest node), ascending. Free with fr_free. */
int fr_cluster_largest_component(const fr_graph *graph, int64_t **nodes, int64_t *count);
/* Biconnected components (a single edge is one, isolated nodes are none) and articulation[n]: 1 at articulation points; NULL is
 * fine. */
int fr_cluster_biconnected(const fr_graph *graph, uint8_t *articulation, int64_t *components,
                           int64_t *n_articulation);
/* k-core numbers by unweighted degrees, loops ignored: core[n]. */
int fr_cluster_cores(const fr_graph *graph, int64_t *core, int64_t *max_core);
/* For every node v the cluster {v} + neighbours, loops and weights ignored. O(arcs^1.5), parallel. Each array n, NULL is
 * fine. */
typedef struct {
    double *conductance, *cut, *volume, *coefficient; /* coefficient: local clustering coefficient */
    int64_t *triangles;
    int64_t total; /* triangles of the graph */
} fr_cluster_neighbourhoods;
int fr_cluster_neighbourhoods_find(const fr_graph *graph, fr_cluster_neighbourhoods *out);
void fr_cluster_neighbourhoods_free(fr_cluster_neighbourhoods *result);
/* Nodes whose value is below (strict) or not above that of every neighbour; with `maxima` the other way round. Free *nodes. */
int fr_cluster_extrema(const fr_graph *graph, const double *values, bool strict, bool maxima, int64_t **nodes,
                       int64_t *count);
/* Breadth first from the seeds, neighbours ascending: nodes within `radius` steps, in the order found. Free *nodes. Local. */
int fr_cluster_ball(fr_cluster_workspace *workspace, int64_t count, const int64_t *seeds, int64_t radius,
                    int64_t **nodes, int64_t *n_nodes);
/* Breadth first from one seed, tested after every node: until vol(R n K)/vol(K) > share or vol(R) > vol(G)/4 [HFM]. Free. */
int fr_cluster_grow(fr_cluster_workspace *workspace, int64_t seed, int64_t target_count,
                    const int64_t *target, double share, int64_t **nodes, int64_t *n_nodes);

/* ---- many seeds ------------------------------------------------------------------------------------------------------ */

/* Class prediction from seeds of each class by ranks of l1-PageRank vectors (Gleich, Mahoney, KDD 2015). */
typedef enum { FR_CLUSTER_RANK_P, FR_CLUSTER_RANK_X, FR_CLUSTER_VALUE_P } fr_cluster_label_rule;
typedef struct {
    double alpha, rho, tolerance; /* Default 0.15, 1e-6, 1e-6 */
    fr_cluster_label_rule rule;   /* Default RANK_P */
} fr_cluster_label_settings;
typedef struct {
    int64_t n, n_classes;
    int64_t *label; /* n: class number, -1 where all vectors are 0 */
    /* n * n_classes: 0-based place of the node among the non-zeros of the class; n where p = 0 */
    int64_t *rank;
    double *p; /* n * n_classes */
    double seconds;
} fr_cluster_label_result;
void fr_cluster_label_settings_default(fr_cluster_label_settings *settings);
/* first[n_classes + 1]: the seeds of class c are nodes[first[c]] .. nodes[first[c+1]-1]. */
int fr_cluster_label(const fr_graph *graph, int64_t n_classes, const int64_t *first, const int64_t *nodes,
                     const fr_cluster_label_settings *settings, fr_cluster_label_result *out);
void fr_cluster_label_result_free(fr_cluster_label_result *result);

/* Network community profile: many runs of a method from many seed sets, and the best conductance at each size. */
typedef enum {
    FR_CLUSTER_NCP_APR,
    FR_CLUSTER_NCP_DEEP,
    FR_CLUSTER_NCP_L1,
    FR_CLUSTER_NCP_CRD,
    FR_CLUSTER_NCP_MQI
} fr_cluster_ncp_preset;
typedef enum {
    FR_CLUSTER_INPUT_NODE,
    FR_CLUSTER_INPUT_NEIGHBOURHOOD,
    FR_CLUSTER_INPUT_SET,
    FR_CLUSTER_INPUT_REFINE
} fr_cluster_input_kind;
typedef struct {
    fr_cluster_ncp_preset preset; /* Default APR */
    int64_t samples;              /* per stage; 0: the preset's ratios. Default 0 */
    /* largest number of local-minimum neighbourhoods per stage; 0: the preset's ratio. Default 0 */
    int64_t local_minima;
    bool whole_graph; /* not only the largest component. Default false */
    /* seconds for all stages; what is not done then is counted as unfinished; 0: none. Default 0 */
    double time_limit;
    uint64_t seed;  /* Default 1 */
    bool keep_sets; /* Default false */
} fr_cluster_ncp_settings;
typedef struct {
    const char *method; /* "acl", "l1", "crd", "mqi", "neighborhood", "deep_acl" */
    fr_cluster_input_kind kind;
    int64_t node;      /* the seed, or -1 */
    double alpha, rho; /* NaN where the method has none */
    fr_cluster_scores input, output;
    int64_t set; /* where the set starts in set_node, with keep_sets; its length is output.size */
    double seconds;
} fr_cluster_ncp_row;
typedef struct {
    int64_t n_rows; /* kept: output not empty and of less than half of the volume */
    fr_cluster_ncp_row *rows;
    int64_t n_set_nodes;
    int64_t *set_node; /* ids of the whole graph */
    int64_t runs, unfinished;
    int64_t n, n_arcs; /* of the part of the graph that was sampled */
    double seconds;
} fr_cluster_ncp_result;
void fr_cluster_ncp_settings_default(fr_cluster_ncp_settings *settings);
/* After fr_interrupt (FR_EINTERRUPTED) `out` holds what was finished. */
int fr_cluster_ncp(const fr_graph *graph, const fr_cluster_ncp_settings *settings,
                   fr_cluster_ncp_result *out);
void fr_cluster_ncp_result_free(fr_cluster_ncp_result *result);
/* The lower envelope: the row of smallest conductance (or expansion) in each of `bins` bins of log10 of the smaller
 * volume (or size), equal widths from the least to the largest; empty bins left out. row[bins] indices; returns how many
 * in *count. */
int fr_cluster_ncp_envelope(const fr_cluster_ncp_result *ncp, bool by_size, bool expansion, int64_t bins,
                            int64_t *row, int64_t *count);

/* One local cluster per line of a batch: l1-PageRank and sweep from each seed set, in parallel. */
typedef struct {
    fr_cluster_l1_settings l1;
    bool acl; /* pushes of fr_cluster_acl with eps = l1.rho instead */
} fr_cluster_batch_settings;
typedef struct {
    fr_cluster_scores scores; /* of the best sweep */
    fr_cluster_info info;
    int64_t support;
    int64_t set; /* where its nodes start in set_node; scores.size of them */
} fr_cluster_batch_row;
typedef struct {
    int64_t count;
    fr_cluster_batch_row *rows;
    int64_t n_set_nodes;
    int64_t *set_node;
    double seconds;
} fr_cluster_batch_result;
/* first[count + 1]: seeds of line i are nodes[first[i]] .. nodes[first[i+1]-1]. */
int fr_cluster_batch(const fr_graph *graph, int64_t count, const int64_t *first, const int64_t *nodes,
                     const fr_cluster_batch_settings *settings, fr_cluster_batch_result *out);
void fr_cluster_batch_result_free(fr_cluster_batch_result *result);

/* Clusters of all nodes: the best vector of every node (grid search), cosine distances, average linkage into k clusters.
 * Refused above 20000 nodes. label[n]: clusters numbered by smallest member. */
int fr_cluster_all_nodes(const fr_graph *graph, int64_t k, const fr_cluster_search_settings *settings,
                         int64_t *label);

/* Segmentation by peeling: best local clusters of a few sampled nodes are cut out again and again until few nodes remain; then
 * optionally the segments are merged into `clusters` by complete linkage of their vectors. */
typedef struct {
    int64_t sample;   /* nodes at a time. Default 5 */
    double remain;    /* stop at this share of the nodes. Default 0.01 */
    bool improve;     /* MQI on each cluster. Default false */
    double alpha;     /* Default 0.15 */
    int64_t clusters; /* merge into so many; 0: do not merge. Default 0 */
    uint64_t seed;    /* Default 1 */
} fr_cluster_segment_settings;
void fr_cluster_segment_settings_default(fr_cluster_segment_settings *settings);
/* label[n], numbered from 0 by smallest member; *segments: how many. */
int fr_cluster_segment(const fr_graph *graph, const fr_cluster_segment_settings *settings, int64_t *label,
                       int64_t *segments);

/* ---- random graphs ---------------------------------------------------------------------------------------------------- */

/* All weights 1. A graph is a function of its parameters and seed. */
/* Blocks of block_size nodes: round(block_size degree_in / 2) random pairs inside each block, round(n degree_out / 2)
 * across; block b is the same for any number of blocks. */
int fr_cluster_generate_planted(int64_t n_blocks, int64_t block_size, double degree_in, double degree_out,
                                uint64_t seed, fr_graph *out);
/* Stochastic block model: n nodes in consecutive blocks of k; p inside, q across. */
int fr_cluster_generate_sbm(int64_t n, int64_t k, double p, double q, uint64_t seed, fr_graph *out);
/* [HFM]'s local random model: target 0..k-1 with probability p inside and q to each outside node; the others linked
 * among themselves with expected degree `outside_degree` (uniform). */
int fr_cluster_generate_local_model(int64_t n, int64_t k, double p, double q, double outside_degree,
                                    uint64_t seed, fr_graph *out);
/* R-MAT (Graph500: 0.57, 0.19, 0.19): 2^scale nodes, edge_factor 2^scale arcs drawn, merged, loops dropped; `permute`
 * shuffles the ids. */
int fr_cluster_generate_rmat(int scale, int64_t edge_factor, double a, double b, double c, bool permute,
                             uint64_t seed, fr_graph *out);
/* Random geometric: n points in the unit square, edges below distance `radius`; x, y (n each) may be NULL. */
int fr_cluster_generate_geometric(int64_t n, double radius, uint64_t seed, fr_graph *out, double *x,
                                  double *y);
/* LFR-like benchmark: power-law degrees (exponent tau1, mean and largest degree given) and community sizes (tau2,
 * between the limits), a share `mixing` of each node's edges leaves its community; configuration model within and
 * across. community[n] may be NULL. */
typedef struct {
    int64_t n;
    double tau1, tau2;                    /* Default 2.5, 1.5 */
    double mean_degree;                   /* Default 15 */
    int64_t max_degree;                   /* Default 50 */
    int64_t min_community, max_community; /* Default 20, 100 */
    double mixing;                        /* Default 0.1 */
    uint64_t seed;
} fr_cluster_lfr_settings;
void fr_cluster_lfr_settings_default(fr_cluster_lfr_settings *settings);
int fr_cluster_generate_lfr(const fr_cluster_lfr_settings *settings, fr_graph *out, int64_t *community);
/* Mean-field threshold of the local model below which the whole target is active [HFM; see docs/cluster.md]. */
double fr_cluster_model_rho(int64_t n, int64_t k, double p, double q, double alpha);

#ifdef __cplusplus
}
#endif
#endif
