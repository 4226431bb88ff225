/* Sparse linear models of section 4.1 of arXiv:1611.09933, and task sets over many of them. */
#include "tcp.h"

#include <frugal/conformal.h>

static const double coefficient = 2, correlation = 0.9, ridge = 0.5;
enum { freedom = 5 }; /* of the t distribution */

/* Independent features, or the stationary sequence x_j = 0.9 x_(j-1) + sqrt(1 - 0.9^2) e_j. */
static void draw_row(fr_rng *rng, const tcp_design *design, double *row)
{
    double fresh = sqrt(1 - correlation * correlation);
    for (int64_t j = 0; j < design->p; j++) {
        row[j] = fr_rng_normal(rng);
        if (design->correlated && j > 0) row[j] = correlation * row[j - 1] + fresh * row[j];
    }
}

/* t(5): a normal over the root of a mean of squares of five. */
static double draw_noise(fr_rng *rng, bool heavy)
{
    double z = fr_rng_normal(rng), squares = 0;
    if (!heavy) return z;
    for (int k = 0; k < freedom; k++) {
        double e = fr_rng_normal(rng);
        squares += e * e;
    }
    return z / sqrt(squares / freedom);
}

static void draw(fr_rng *rng, const tcp_design *design, tcp_problem *out)
{
    int64_t p = design->p, left = design->k;
    for (int64_t i = 0; i <= out->n; i++) {
        draw_row(rng, design, out->x + i * p);
        out->y[i] = draw_noise(rng, design->heavy);
    }
    for (int64_t j = 0; j < p; j++) {
        if (fr_rng_below(rng, p - j) >= left) continue;
        left--;
        for (int64_t i = 0; i <= out->n; i++)
            out->y[i] += coefficient * out->x[i * p + j];
    }
    tcp_choose_half(rng, out);
}

int tcp_simulate(const tcp_design *design, uint64_t seed, uint64_t stream, uint64_t index, tcp_problem *out)
{
    double sigma = design->heavy ? sqrt((double)freedom / (freedom - 2)) : 1;
    fr_rng rng;
    int status = tcp_problem_new(design->n, design->p, out);
    if (status != FR_OK) return status;
    fr_rng_init(&rng, seed, stream, index);
    draw(&rng, design, out);
    out->lambda = fr_conformal_lambda(design->n, design->p, sigma);
    out->lambda_half = fr_conformal_lambda(design->n / 2, design->p, sigma);
    out->rho = ridge;
    return FR_OK;
}

/* ---- many data sets --------------------------------------------------------------------------------------------------- */

int tcp_trials(const reproduce_settings *settings, int64_t *trials)
{
    *trials = settings->full ? 500 : settings->trials;
    if (*trials >= 2 && *trials <= 1000000) return FR_OK;
    return fr_fail(FR_EUSAGE, "%lld trials, expected 2 to 1000000", (long long)*trials);
}

typedef struct {
    const tcp_design *designs;
    int64_t trials;
    uint64_t seed;
} tcp_plan;

static int run_task(int64_t index, const void *context, void *workspace, void *result)
{
    const tcp_plan *plan = context;
    int64_t design = index / plan->trials;
    tcp_problem problem;
    (void)workspace;
    int status = tcp_simulate(&plan->designs[design], plan->seed, (uint64_t)design,
                              (uint64_t)(index % plan->trials), &problem);
    if (status != FR_OK) return status;
    status = tcp_measure(&problem, result);
    tcp_problem_free(&problem);
    return status;
}

int tcp_run_designs(const char *name, int64_t n_designs, const tcp_design *designs, int64_t trials,
                    uint64_t seed, fr_journal *journal, tcp_measures *measures)
{
    const tcp_plan plan = {designs, trials, seed};
    const fr_tasks tasks = {.name = name,
                            .count = n_designs * trials,
                            .result_size = sizeof *measures,
                            .run = run_task,
                            .context = &plan};
    return fr_tasks_run(&tasks, journal, measures, NULL);
}
