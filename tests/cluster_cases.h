/* What the tests of local clustering share: graphs of data/localgraph, the files of oracles/localgraph, random
 * graphs, dense matrices and the l1 problem by brute force, comparison of sets and vectors. What is missing or
 * misshapen fails the running test. */
#ifndef FRUGAL_TESTS_CLUSTER_CASES_H
#define FRUGAL_TESTS_CLUSTER_CASES_H

#include <frugal/cluster.h>

#include <jansson.h>

/* ---- graphs and reference files ---- */

/* data/localgraph/NAME by fr_graph_read with default settings. */
void cluster_graph_load(const char *name, fr_graph *out);
/* Fails unless rows, neighbours, weights, degrees, counts and names are the same, bit by bit. */
void assert_graph_equal(const fr_graph *got, const fr_graph *expected);
/* oracles/localgraph/NAME, parsed; release with json_decref. */
json_t *cluster_json(const char *name);
/* The case called `name` in a list of objects with a member "name". */
json_t *cluster_case(json_t *list, const char *name);
/* A number (or a rational "a/b" in quotes), a text, a list of node numbers (free with free; *count gets its length; NULL
 * and 0 if the member is not a list). */
double cluster_number(const json_t *object, const char *member);
const char *cluster_text(const json_t *object, const char *member);
int64_t *cluster_nodes(const json_t *object, const char *member, int64_t *count);
/* A column of oracles/localgraph/NAME as numbers; free with free. */
double *cluster_column(const char *name, const char *column, int64_t *count);

/* ---- comparison ---- */

void assert_set_equal(int64_t got_count, const int64_t *got, int64_t expected_count, const int64_t *expected);
/* The vector's masses as n doubles, zero where it has no entry; free with free. */
double *dense_of(const fr_cluster_vector *vector, int64_t n);
/* Fails unless nodes are sorted by p/d descending, ties by number, p_over_degree = p / d, and counts and sums agree. */
void check_vector(const fr_graph *graph, const fr_cluster_vector *vector);
/* Fails unless a call has left all parts of the workspace clean: the same call gives the same bytes on it and on a
 * new one. (Compares two vectors exactly, the seconds aside.) */
void assert_vector_equal(const fr_cluster_vector *a, const fr_cluster_vector *b);

/* ---- random graphs and brute force ---- */

/* A connected random graph: a random tree and `extra` further edges; weights in (0.1, 10) if `weighted`, else 1; about
 * `loops` loops. Free with fr_graph_free. */
void random_cluster_graph(uint64_t seed, int64_t n, int64_t extra, bool weighted, int64_t loops,
                          fr_graph *out);
/* A path 0-1-...-(n-1). */
void path_cluster_graph(int64_t n, fr_graph *out);
/* A as n * n doubles, row by row; free with free. */
double *dense_adjacency(const fr_graph *graph);
/* r = s - Q x / alpha of masses p, all dense. */
void dense_residual(const fr_graph *graph, const double *adjacency, double alpha, const double *s,
                    const double *p, double *residual);
/* The optimum p of the l1 problem, by cyclic coordinate descent on dense matrices until nothing changes; free with
 * free. For n up to some hundreds. */
double *dense_l1(const fr_graph *graph, const double *adjacency, double alpha, double rho, const double *s);
/* Objective F of masses p. */
double dense_objective(const fr_graph *graph, const double *adjacency, double alpha, double rho,
                       const double *s, const double *p);

#endif
