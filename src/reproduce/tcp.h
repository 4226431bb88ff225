/* Trimmed conformal prediction against split conformal: what the experiments of arXiv:1611.09933 share. */
#ifndef FRUGAL_REPRODUCE_TCP_H
#define FRUGAL_REPRODUCE_TCP_H

#include "reproduce.h"

#include <math.h>

/* ---- one prediction ------------------------------------------------------------------------------------------------- */

enum { TCP_MAX, TCP_RIDGE, TCP_SPLIT, TCP_SPLIT_ALONE, TCP_METHODS };
enum { TCP_WIDTH, TCP_TRIAL, TCP_COVERAGE, TCP_QUANTITIES };

extern const char *const tcp_method[TCP_METHODS];
extern const char *const tcp_quantity[TCP_QUANTITIES];

/* Width of the set, width of the range that trimming left (NaN for split conformal alone), 1 if the truth is in the set. */
typedef struct {
    double value[TCP_METHODS][TCP_QUANTITIES];
} tcp_measures;

/* n training rows and the test row behind them; level 0.1. */
typedef struct {
    int64_t n, p;
    double *x;           /* (n + 1) x p, row-major */
    double *y;           /* n + 1 */
    uint8_t *first_half; /* n: rows that the model of the split variants is fitted to */
    double lambda, lambda_half, rho;
} tcp_problem;

int tcp_problem_new(int64_t n, int64_t p, tcp_problem *out);
void tcp_problem_free(tcp_problem *problem);
/* Sets a random half (the smaller one if n is odd) as the first. */
void tcp_choose_half(fr_rng *rng, tcp_problem *problem);
int tcp_measure(const tcp_problem *problem, tcp_measures *out);

/* ---- simulated data ------------------------------------------------------------------------------------------------- */

/* y = X beta + noise, beta = 2 on k random features. */
typedef struct {
    int64_t n, p, k;
    bool correlated; /* rows N(0, S) with S_ij = 0.9^|i-j| in place of independent N(0, 1) */
    bool heavy;      /* noise t(5) in place of N(0, 1) */
} tcp_design;

/* Data set number `index` of the stream, with the penalties of the paper: lambda = sigma sqrt(n log p), sigma^2 being the
 * variance of the noise, and the same with the size of the half for the fit there; rho = 0.5. */
int tcp_simulate(const tcp_design *design, uint64_t seed, uint64_t stream, uint64_t index, tcp_problem *out);

/* How many data sets per setting: 500, as in the paper, if all is asked for. FR_EUSAGE outside 2 to 1000000. */
int tcp_trials(const reproduce_settings *settings, int64_t *trials);
/* Measures `trials` data sets of every design: measures[design * trials + index]. `name` is that of the task set. */
int tcp_run_designs(const char *name, int64_t n_designs, const tcp_design *designs, int64_t trials,
                    uint64_t seed, fr_journal *journal, tcp_measures *measures);

/* Mean of a quantity over data sets, and its standard error. */
static inline void tcp_mean(const tcp_measures *measures, int64_t n, int method, int quantity, double *mean,
                            double *error)
{
    reproduce_mean(&measures->value[method][quantity], n, sizeof *measures / sizeof(double), mean, error);
}

/* Sets the expected number of a cell of table 1 (0: independent features and normal noise) beside the obtained one, with its
 * standard error and the tolerance for that many data sets. */
void tcp_expect(int cell, int method, int quantity, int64_t trials, reproduce_row *row);

/* ---- figures -------------------------------------------------------------------------------------------------------- */

/* Widths of sets and of trimmed ranges by method, a row of panels for each table (at most four). */
int tcp_draw_tables(const reproduce_comparison *comparison, int n_tables, const char *const *tables,
                    const char *stem);

/* The shape of the sweeps' rows: tables "p" and "k", settings "p = 100", quantities "PI width, MaxTrim". */
enum { TCP_SWEEPS = 2, TCP_MOST_VALUES = 30 };
extern const char *const tcp_sweep[TCP_SWEEPS];
void tcp_sweep_setting(int sweep, int64_t value, char *text, size_t size);
void tcp_sweep_quantity(int method, int quantity, char *text, size_t size);
/* Values 0, 1, ... of a sweep as in the paper: 100, 200, ..., 3000 and 2, 4, ..., 30; 0 behind the last. */
int64_t tcp_sweep_value(int sweep, int k);
int tcp_draw_sweeps(const reproduce_comparison *comparison, int figure, const char *stem);

#endif
