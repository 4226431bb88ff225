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
    s->bounded = fr_alloc(n, sizeof(int));
    s->integers = fr_alloc(3 * n, sizeof(int));
    if (s->gradient == NULL || s->best == NULL || s->work == NULL || s->bounded == NULL ||
        s->integers == NULL) {
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
                /* Outside the domain: a huge value with no slope makes the line search come back. */
                if (info->evaluations == 1) {
                    status = fr_fail(FR_ENUMERIC, "the objective is not finite at the starting point");
                    break;
                }
                value = 1e300;
                memset(s.gradient, 0, (size_t)n * sizeof(double));
                status = FR_OK;
            }
            if (status != FR_OK) break;
            if (value < info->value) {
                info->value = value;
                info->gradient_max = projected_gradient_max(n, x, lower, upper, s.gradient);
                memcpy(s.best, x, (size_t)n * sizeof(double));
            }
        } else if (task_is(&s, "NEW_X")) {
            info->iterations++;
            status = fr_progress_tick(settings->phase, info->iterations, 0);
            if (status != FR_OK || info->iterations >= settings->max_iterations) break;
        } else {
            break;
        }
    }
    if (status == FR_OK) {
        info->converged = task_is(&s, "CONV") || info->gradient_max <= settings->pgtol ||
                          (task_is(&s, "ABNO") && info->gradient_max <= settings->pgtol_rounding);
        if (!task_is(&s, "CONV") || value > info->value) memcpy(x, s.best, (size_t)n * sizeof(double));
    } else if (isfinite(info->value)) {
        memcpy(x, s.best, (size_t)n * sizeof(double));
    }
    state_free(&s);
    return status;
}
