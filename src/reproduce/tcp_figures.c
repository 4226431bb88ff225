/* Figures 1 to 4 of arXiv:1611.09933: widths against the number of features p (k = 10) and against the number of nonzero
 * coefficients k (p = 2000), n = 200, independent features and normal noise. */
#include "tcp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { points = 200, usual_p = 2000, usual_k = 10 };

const char *const tcp_sweep[TCP_SWEEPS] = {"p", "k"};

void tcp_sweep_setting(int sweep, int64_t value, char *text, size_t size)
{
    snprintf(text, size, "%s = %lld", tcp_sweep[sweep], (long long)value);
}

void tcp_sweep_quantity(int method, int quantity, char *text, size_t size)
{
    snprintf(text, size, "%s, %s", tcp_quantity[quantity], tcp_method[method]);
}

int64_t tcp_sweep_value(int sweep, int k)
{
    static const int64_t step[TCP_SWEEPS] = {100, 2}, last[TCP_SWEEPS] = {3000, 30};
    int64_t value = step[sweep] * (k + 1);
    return value <= last[sweep] ? value : 0;
}

/* Unless all is asked for: p = 100, 500, 1000, ..., 3000 and k = 2, 6, 10, ..., 30. */
static bool is_run(int sweep, int64_t value, bool full)
{
    if (full) return true;
    return sweep == 0 ? value == 100 || value % 500 == 0 : value % 4 == 2;
}

typedef struct {
    int64_t n, trials;
    tcp_design designs[TCP_SWEEPS * TCP_MOST_VALUES];
    int sweep[TCP_SWEEPS * TCP_MOST_VALUES];
    tcp_measures *measures; /* n x trials */
} tcp_sweeps;

static void plan(bool full, tcp_sweeps *out)
{
    int64_t value;
    for (int sweep = 0; sweep < TCP_SWEEPS; sweep++)
        for (int k = 0; (value = tcp_sweep_value(sweep, k)) > 0; k++) {
            if (!is_run(sweep, value, full)) continue;
            out->sweep[out->n] = sweep;
            out->designs[out->n++] = (tcp_design){
                .n = points, .p = sweep == 0 ? value : usual_p, .k = sweep == 0 ? usual_k : value};
        }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_range(const tcp_measures *measures, int64_t trials, int method, double *room)
{
    for (int64_t k = 0; k < trials; k++)
        room[k] = measures[k].value[method][TCP_TRIAL];
    qsort(room, (size_t)trials, sizeof *room, ascending);
    return (room[(trials - 1) / 2] + room[trials / 2]) / 2;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------- */

/* The paper shows curves, no numbers; one point of each sweep is a cell of table 1. */
static int add_widths(const tcp_sweeps *sweeps, int64_t design, reproduce_comparison *out)
{
    const tcp_design *shape = &sweeps->designs[design];
    int sweep = sweeps->sweep[design], status = FR_OK;
    for (int quantity = TCP_WIDTH; quantity <= TCP_TRIAL; quantity++)
        for (int method = 0; method < TCP_METHODS && status == FR_OK; method++) {
            reproduce_row row = {.reported = NAN, .expected = NAN, .expected_error = NAN, .tolerance = NAN};
            if (method == TCP_SPLIT_ALONE && quantity == TCP_TRIAL) continue;
            tcp_mean(sweeps->measures + design * sweeps->trials, sweeps->trials, method, quantity,
                     &row.obtained, &row.obtained_error);
            if (shape->p == usual_p && shape->k == usual_k)
                tcp_expect(0, method, quantity, sweeps->trials, &row);
            snprintf(row.table, sizeof row.table, "%s", tcp_sweep[sweep]);
            tcp_sweep_setting(sweep, sweep == 0 ? shape->p : shape->k, row.setting, sizeof row.setting);
            tcp_sweep_quantity(method, quantity, row.quantity, sizeof row.quantity);
            status = reproduce_add(out, &row);
        }
    return status;
}

static int add_check(reproduce_comparison *out, const char *quantity, double expected, double obtained,
                     double tolerance)
{
    reproduce_row row = {.table = "all settings",
                         .setting = "together",
                         .reported = NAN,
                         .expected = expected,
                         .expected_error = NAN,
                         .obtained = obtained,
                         .obtained_error = NAN,
                         .tolerance = tolerance};
    snprintf(row.quantity, sizeof row.quantity, "%s", quantity);
    return reproduce_add(out, &row);
}

/* A set holds the truth with probability k / N, k = ceil(0.9 N): N = 201 residuals, or 101 of the half that the split variant
 * calibrates with. Trimming may lose 1/201, by a split 1/101. Four standard errors. */
static int add_coverage(const tcp_sweeps *sweeps, int method, reproduce_comparison *out)
{
    static const double chance[TCP_METHODS] = {181.0 / 201, 181.0 / 201, 181.0 / 201, 91.0 / 101};
    static const double lost[TCP_METHODS] = {1.0 / 201, 1.0 / 201, 1.0 / 101, 0};
    int64_t n = sweeps->n * sweeps->trials;
    double mean, error;
    char quantity[48];
    tcp_mean(sweeps->measures, n, method, TCP_COVERAGE, &mean, &error);
    tcp_sweep_quantity(method, TCP_COVERAGE, quantity, sizeof quantity);
    return add_check(out, quantity, chance[method], mean,
                     lost[method] + 4 * sqrt(chance[method] * (1 - chance[method]) / (double)n));
}

/* In how large a share of the settings the typical ranges are ordered. Medians: where p = n, ridge regression with so
 * small a rho is close to interpolation, and single data sets have ranges of hundreds or thousands that carry the mean. */
static int add_order(const tcp_sweeps *sweeps, reproduce_comparison *out)
{
    int64_t ordered = 0, trials = sweeps->trials;
    double *room = fr_alloc(trials, sizeof *room);
    if (room == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < sweeps->n; k++) {
        const tcp_measures *measures = sweeps->measures + k * trials;
        double most = median_range(measures, trials, TCP_MAX, room);
        double middle = median_range(measures, trials, TCP_RIDGE, room);
        ordered += most > middle && middle > median_range(measures, trials, TCP_SPLIT, room);
    }
    fr_free(room);
    return add_check(out, "median trial widths Max > Ridge > Split", 1, (double)ordered / (double)sweeps->n,
                     0);
}

static int add_checks(const tcp_sweeps *sweeps, reproduce_comparison *out)
{
    int status = add_order(sweeps, out);
    for (int method = 0; method < TCP_METHODS && status == FR_OK; method++)
        status = add_coverage(sweeps, method, out);
    return status;
}

static int run(const reproduce_settings *settings, fr_journal *journal, reproduce_comparison *out)
{
    tcp_sweeps sweeps = {0};
    int status = tcp_trials(settings, &sweeps.trials);
    if (status != FR_OK) return status;
    plan(settings->full, &sweeps);
    sweeps.measures = fr_alloc(sweeps.n * sweeps.trials, sizeof *sweeps.measures);
    if (sweeps.measures == NULL) return FR_ENOMEM;
    status = tcp_run_designs("tcp-figures", sweeps.n, sweeps.designs, sweeps.trials, settings->seed, journal,
                             sweeps.measures);
    for (int64_t k = 0; k < sweeps.n && status == FR_OK; k++)
        status = add_widths(&sweeps, k, out);
    if (status == FR_OK) status = add_checks(&sweeps, out);
    fr_free(sweeps.measures);
    return status;
}

static const char *const options[] = {"trials", "full", "seed", NULL};

const reproduce_experiment reproduce_tcp_figures = {
    .name = "tcp-figures",
    .purpose = "conformal widths against the numbers of features and of signals",
    .shows =
        "The models of tcp-table1 with independent features and normal noise: p from 100 to 3000 with "
        "ten nonzero coefficients, and 2 to 30 nonzero coefficients with p = 2000. The sets of the three "
        "trims have indistinguishable widths, which grow little with p; split conformal sets grow more, "
        "and steeply with the number of coefficients; trimming by a split leaves the smallest range. The "
        "paper shows curves without numbers: judged are the point that is also in its table, the order "
        "of the ranges, and coverage over all settings.",
    .paper = "Chen W, Wang Z, Ha W, Barber RF (2016). Trimmed conformal prediction for high-dimensional "
             "models. https://arxiv.org/abs/1611.09933",
    .options = options,
    .run = run,
    .figures = {{"tcp_sweeps",
                 "Widths of prediction sets (upper row) and of the ranges that trimming leaves (lower row) "
                 "against the number of features and of nonzero coefficients: means with standard errors. "
                 "The sets of the three trims hardly differ: their curves lie in each other."}},
    .draw = tcp_draw_sweeps,
};
