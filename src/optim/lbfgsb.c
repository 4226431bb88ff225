/* L-BFGS-B through its reverse-communication Fortran routine. All state lives in our buffers, so that several
 * minimisations can run on different threads. */
#include <frugal/optim.h>

#include <float.h>
#include <math.h>
#include <string.h>

/* The routine's integers are 32-bit; the two lengths at the end are how gfortran passes character strings. */
void setulb_(const int *n, const int *m, double *x, const double *l, const double *u, const int *nbd,
             double *f, double *g, const double *factr, const double *pgtol, double *wa, int *iwa, char *task,
             const int *iprint, char *csave, int *lsave, int *isave, double *dsave, size_t task_length,
             size_t csave_length);

enum { text_length = 60 };

typedef struct {
    int n, m;
    double *gradient, *best, *work;
    double *base, *base_gradient, base_value; /* the iterate that the line search starts from */
    int *bounded, *integers;
    char task[text_length], csave[text_length];
    int lsave[4], isave[44];
    double dsave[29];
} state;

void fr_lbfgsb_settings_default(fr_lbfgsb_settings *settings)
{
    *settings = (fr_lbfgsb_settings){.memory = 10, .pgtol = 1e-5, .max_iterations = 15000};
}

static void state_free(state *s)
{
    fr_free(s->gradient);
    fr_free(s->best);
    fr_free(s->work);
    fr_free(s->base);
    fr_free(s->base_gradient);
    fr_free(s->bounded);
    fr_free(s->integers);
}

static int state_new(int64_t n, int64_t m, state *s)
{
    *s = (state){.n = (int)n, .m = (int)m};
    if (n < 1 || n > 100000000 || m < 1 || m > 100)
        return fr_fail(FR_EUSAGE, "L-BFGS-B takes 1 to 1e8 variables and 1 to 100 correction pairs");
    s->gradient = fr_alloc(n, sizeof(double));
    s->best = fr_alloc(n, sizeof(double));
    s->work = fr_alloc(2 * m * n + 5 * n + 11 * m * m + 8 * m, sizeof(double));
    s->base = fr_alloc(n, sizeof(double));
    s->base_gradient = fr_alloc(n, sizeof(double));
    s->bounded = fr_alloc(n, sizeof(int));
    s->integers = fr_alloc(3 * n, sizeof(int));
    if (s->gradient == NULL || s->best == NULL || s->work == NULL || s->base == NULL ||
        s->base_gradient == NULL || s->bounded == NULL || s->integers == NULL) {
        state_free(s);
        return FR_ENOMEM;
    }
    memset(s->task, ' ', text_length);
    memcpy(s->task, "START", 5);
    return FR_OK;
}

static bool task_is(const state *s, const char *text)
{
    return strncmp(s->task, text, strlen(text)) == 0;
}

/* Largest component of the gradient after those that only a bound stops are set aside. */
static double projected_gradient_max(int64_t n, const double *x, const double *lower, const double *upper,
                                     const double *g)
{
    double largest = 0;
    for (int64_t k = 0; k < n; k++) {
        double step = -g[k];
        if (step < 0)
            step = fmax(step, lower[k] - x[k]);
        else
            step = fmin(step, upper[k] - x[k]);
        largest = fmax(largest, fabs(step));
    }
    return largest;
}

static void set_base(state *s, const double *x, double value)
{
    memcpy(s->base, x, (size_t)s->n * sizeof *x);
    memcpy(s->base_gradient, s->gradient, (size_t)s->n * sizeof *x);
    s->base_value = value;
}

/* For a point outside the domain: value and gradient of the parabola along the step that has the base's value and slope and
 * its minimum a quarter of the way, so that the line search's interpolation comes back that far. */
static double turn_back(state *s, const double *x)
{
    double slope = 0, square = 0;
    for (int k = 0; k < s->n; k++) {
        double step = x[k] - s->base[k];
        slope += step * s->base_gradient[k];
        square += step * step;
    }
    for (int k = 0; k < s->n; k++)
        s->gradient[k] = square > 0 ? 3 * fabs(slope) * (x[k] - s->base[k]) / square : 0;
    return s->base_value + fabs(slope);
}

/* The rule on the decrease stops the routine on a step without any even where it is switched off. */
static bool has_converged(const state *s, const fr_lbfgsb_settings *settings, double gradient_max)
{
    bool no_decrease = task_is(s, "CONVERGENCE: REL_REDUCTION");
    if (gradient_max <= settings->pgtol || task_is(s, "CONVERGENCE: NORM")) return true;
    if (no_decrease && settings->factr > 0) return true;
    return (no_decrease || task_is(s, "ABNO")) && gradient_max <= settings->pgtol_rounding;
}

int fr_lbfgsb(int64_t n, double *x, const double *lower, const double *upper, fr_objective objective,
              void *context, const fr_lbfgsb_settings *settings, fr_lbfgsb_info *info)
{
    *info = (fr_lbfgsb_info){.value = INFINITY, .gradient_max = INFINITY};
    state s;
    int status = state_new(n, settings->memory, &s);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < n; k++)
        s.bounded[k] = (isfinite(lower[k]) ? 1 : 0) + (isfinite(upper[k]) ? 2 : 0);
    for (int64_t k = 0; k < n; k++) /* its code: 0 none, 1 lower, 2 both, 3 upper */
        s.bounded[k] = s.bounded[k] == 3 ? 2 : s.bounded[k] == 2 ? 3 : s.bounded[k];
    double value = 0;
    const int silent = -1;
    for (;;) {
        setulb_(&s.n, &s.m, x, lower, upper, s.bounded, &value, s.gradient, &settings->factr,
                &settings->pgtol, s.work, s.integers, s.task, &silent, s.csave, s.lsave, s.isave, s.dsave,
                text_length, text_length);
        if (task_is(&s, "FG")) {
            status = objective(x, &value, s.gradient, context);
            info->evaluations++;
            if (status == FR_ENUMERIC || (status == FR_OK && !isfinite(value))) {
                if (info->evaluations == 1) {
                    status = fr_fail(FR_ENUMERIC, "the objective is not finite at the starting point");
                    break;
                }
                value = turn_back(&s, x);
                status = FR_OK;
                continue;
            }
            if (status != FR_OK) break;
            if (info->evaluations == 1) set_base(&s, x, value);
            if (value < info->value) {
                info->value = value;
                info->gradient_max = projected_gradient_max(n, x, lower, upper, s.gradient);
                memcpy(s.best, x, (size_t)n * sizeof(double));
            }
        } else if (task_is(&s, "NEW_X")) {
            info->iterations++;
            set_base(&s, x, value);
            status = fr_progress_tick(settings->phase, info->iterations, 0);
            if (status != FR_OK || info->iterations >= settings->max_iterations) break;
        } else {
            break;
        }
    }
    if (status == FR_OK) {
        info->converged = has_converged(&s, settings, info->gradient_max);
        if (!task_is(&s, "CONV") || value > info->value) memcpy(x, s.best, (size_t)n * sizeof(double));
    } else if (isfinite(info->value)) {
        memcpy(x, s.best, (size_t)n * sizeof(double));
    }
    state_free(&s);
    return status;
}
