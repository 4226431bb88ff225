/* Small FEEMS problems made on the spot: random graphs, genotypes and statistics, and the likelihood written down from
 * its definition, formulas (3.1) and (3.2) of the paper's Methods: with a d x d pseudo-inverse, nothing reduced. */
#ifndef FRUGAL_TESTS_FEEMS_CASES_H
#define FRUGAL_TESTS_FEEMS_CASES_H

#include <frugal/feems.h>

/* A random tree and `extra` further edges, sorted as graphs are; random places in the unit square. */
fr_feems_graph random_graph(uint64_t seed, int64_t n_nodes, int64_t extra);
/* A lattice of triangles: node r columns + c at (c + r mod 2 / 2, r). */
fr_feems_graph lattice_graph(int64_t rows, int64_t columns);
/* exp(spread * standard normal). */
double *random_values(uint64_t seed, int64_t n, double spread);

/* Dosages 0, 1, 2 of individuals at the given places, [snp * samples->n + sample], never all alike at a SNP; waves of some
 * units' length make near individuals alike. A share `missing` is -1. */
int8_t *random_dosages(uint64_t seed, const fr_points *samples, int64_t n_snps, double missing);
/* Writes them as a fileset into the scratch folder and opens it; individuals are named sample1, sample2, ... */
fr_plink plink_of(const int8_t *dosages, int64_t n_samples, int64_t n_snps);

/* What fr_feems_data_from_plink would make of samples at random nodes of the graph: a random S of full rank. The graph is
 * copied; free with fr_feems_data_free. */
fr_feems_data random_data(uint64_t seed, const fr_feems_graph *graph, int64_t n_observed, int64_t n_snps);

/* nll (3.1) with B by (3.2); s2: residual variance at each observed node; held (may be NULL): nodes whose samples are
 * unknown. */
double reference_nll(const fr_feems_data *data, const double *weights, const double *s2, const bool *held);

#endif
