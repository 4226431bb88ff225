/* Limited-memory BFGS within bounds, for many minimisations of almost the same function: the curvature pairs of one run can
 * start the next, and an iteration costs little beside the objective. A variable at a bound that the gradient pushes outwards
 * is held for the iteration; steps are cut back to the bounds (projected two-loop recursion, Nocedal 1980; Bertsekas 1982).
 * The line search accepts sufficient decrease or, where rounding hides it, the approximate Wolfe conditions of Hager and
 * Zhang (2005). */
#include <frugal/optim.h>

#include <core/for_each_cpu.h>

#include <float.h>
#include <math.h>
#include <string.h>

static const double sufficient = 1e-4, curvature = 0.9, longest_step = 2;

void fr_lbfgs_memory_free(fr_lbfgs_memory *memory)
{
    fr_free(memory->steps);
    fr_free(memory->changes);
    fr_free(memory->inverse);
    memset(memory, 0, sizeof *memory);
}

int fr_lbfgs_memory_new(int64_t n, int64_t pairs, fr_lbfgs_memory *out)
{
    *out = (fr_lbfgs_memory){.n = n, .pairs = pairs};
    int64_t cells;
    if (pairs < 1 || pairs > 100)
        return fr_fail(FR_EUSAGE, "L-BFGS keeps 1 to 100 correction pairs, not %lld", (long long)pairs);
    int status = fr_size_mul(n, pairs, &cells);
    if (status != FR_OK) return status;
    out->steps = fr_alloc(cells, sizeof(double));
    out->changes = fr_alloc(cells, sizeof(double));
    out->inverse = fr_alloc(pairs, sizeof(double));
    if (out->steps != NULL && out->changes != NULL && out->inverse != NULL) return FR_OK;
    fr_lbfgs_memory_free(out);
    return FR_ENOMEM;
}

/* Four sums side by side: one alone would wait for itself. */
FR_FOR_EACH_CPU
static double dot(int64_t n, const double *a, const double *b)
{
    int64_t quarter = n / 4 / 8 * 8;
    const double *a1 = a + quarter, *a2 = a1 + quarter, *a3 = a2 + quarter;
    const double *b1 = b + quarter, *b2 = b1 + quarter, *b3 = b2 + quarter;
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
#pragma omp simd reduction(+ : s0, s1, s2, s3)
    for (int64_t k = 0; k < quarter; k++) {
        s0 += a[k] * b[k];
        s1 += a1[k] * b1[k];
        s2 += a2[k] * b2[k];
        s3 += a3[k] * b3[k];
    }
    for (int64_t k = 4 * quarter; k < n; k++)
        s0 += a[k] * b[k];
    return (s0 + s1) + (s2 + s3);
}

FR_FOR_EACH_CPU
static void add_multiple(int64_t n, double factor, const double *a, double *to)
{
#pragma omp simd
    for (int64_t k = 0; k < n; k++)
        to[k] += factor * a[k];
}

typedef struct {
    int64_t n;
    const double *lower, *upper;
    double *x, *gradient, *next, *next_gradient, *direction;
    double value;
} iterate;

static void iterate_free(iterate *at)
{
    fr_free(at->gradient);
    fr_free(at->next);
    fr_free(at->next_gradient);
    fr_free(at->direction);
}

static int iterate_new(int64_t n, double *x, const double *lower, const double *upper, iterate *out)
{
    *out = (iterate){.n = n, .lower = lower, .upper = upper, .x = x};
    out->gradient = fr_alloc(n, sizeof(double));
    out->next = fr_alloc(n, sizeof(double));
    out->next_gradient = fr_alloc(n, sizeof(double));
    out->direction = fr_alloc(n, sizeof(double));
    if (out->gradient != NULL && out->next != NULL && out->next_gradient != NULL && out->direction != NULL)
        return FR_OK;
    iterate_free(out);
    return FR_ENOMEM;
}

static bool held(const iterate *at, int64_t k)
{
    return (at->x[k] <= at->lower[k] && at->gradient[k] > 0) ||
           (at->x[k] >= at->upper[k] && at->gradient[k] < 0);
}

static inline double within(double value, double lower, double upper)
{
    return value < lower ? lower : value > upper ? upper : value;
}

FR_FOR_EACH_CPU
static double projected_gradient_max(int64_t n, const double *x, const double *lower, const double *upper,
                                     const double *gradient)
{
    double largest = 0;
    for (int64_t k = 0; k < n; k++) {
        double step = within(-gradient[k], lower[k] - x[k], upper[k] - x[k]);
        double size = step < 0 ? -step : step;
        largest = size > largest ? size : largest;
    }
    return largest;
}

FR_FOR_EACH_CPU
static void take_step(const iterate *at, double length)
{
    const double *x = at->x, *direction = at->direction, *lower = at->lower, *upper = at->upper;
    double *next = at->next;
    for (int64_t k = 0; k < at->n; k++)
        next[k] = within(x[k] + length * direction[k], lower[k], upper[k]);
}

/* direction := -(inverse Hessian estimate) gradient, zero where held. */
static void find_direction(const fr_lbfgs_memory *memory, iterate *at)
{
    int64_t n = at->n;
    double *d = at->direction, weight[100];
    for (int64_t k = 0; k < n; k++)
        d[k] = held(at, k) ? 0 : -at->gradient[k];
    for (int64_t k = memory->count - 1; k >= 0; k--) {
        int64_t slot = (memory->next + memory->pairs - memory->count + k) % memory->pairs;
        weight[k] = dot(n, memory->steps + slot * n, d) * memory->inverse[slot];
        add_multiple(n, -weight[k], memory->changes + slot * n, d);
    }
    double scale = memory->count > 0 ? memory->scale : 1 / fmax(1, sqrt(dot(n, d, d)));
    for (int64_t k = 0; k < n; k++)
        d[k] *= scale;
    for (int64_t k = 0; k < memory->count; k++) {
        int64_t slot = (memory->next + memory->pairs - memory->count + k) % memory->pairs;
        double back = dot(n, memory->changes + slot * n, d) * memory->inverse[slot];
        add_multiple(n, weight[k] - back, memory->steps + slot * n, d);
    }
    for (int64_t k = 0; k < n; k++)
        if (held(at, k)) d[k] = 0;
}

static void remember(fr_lbfgs_memory *memory, const iterate *at)
{
    int64_t n = at->n;
    double *step = memory->steps + memory->next * n, *change = memory->changes + memory->next * n;
    for (int64_t k = 0; k < n; k++) {
        step[k] = at->next[k] - at->x[k];
        change[k] = at->next_gradient[k] - at->gradient[k];
    }
    double product = dot(n, step, change), square = dot(n, change, change);
    if (!(product > DBL_EPSILON * square)) return; /* no positive curvature: the pair is useless */
    memory->inverse[memory->next] = 1 / product;
    memory->scale = product / square;
    memory->next = (memory->next + 1) % memory->pairs;
    if (memory->count < memory->pairs) memory->count++;
}

/* Finds a step along the direction; next, next_gradient and *value are those of the accepted point, *moved says there is
 * one. */
static int search_line(iterate *at, fr_objective objective, void *context, double *value,
                       int64_t *evaluations, bool *moved)
{
    int64_t n = at->n;
    double slope = dot(n, at->gradient, at->direction), largest = 0, rounding = 1e-13 * fabs(at->value);
    for (int64_t k = 0; k < n; k++)
        largest = fmax(largest, fabs(at->direction[k]));
    double length = largest > longest_step ? longest_step / largest : 1;
    *moved = false;
    for (int trial = 0; trial < 30 && slope < 0; trial++) {
        take_step(at, length);
        int status = objective(at->next, value, at->next_gradient, context);
        ++*evaluations;
        if (status != FR_OK && status != FR_ENUMERIC) return status;
        bool finite = status == FR_OK && isfinite(*value);
        double here = finite ? dot(n, at->next_gradient, at->direction) : INFINITY;
        if (finite && (*value <= at->value + sufficient * length * slope ||
                       (*value <= at->value + rounding && fabs(here) <= curvature * fabs(slope)))) {
            *moved = true;
            return FR_OK;
        }
        double guess = finite && here > slope ? length * slope / (slope - here)
                                              : 0.3 * length; /* zero of the slope's secant */
        length = fmin(0.6 * length, fmax(0.1 * length, guess));
    }
    return FR_OK;
}

int fr_lbfgs(int64_t n, double *x, const double *lower, const double *upper, fr_objective objective,
             void *context, const fr_lbfgsb_settings *settings, fr_lbfgs_memory *memory, fr_lbfgsb_info *info)
{
    *info = (fr_lbfgsb_info){.value = INFINITY, .gradient_max = INFINITY};
    iterate at;
    int status = iterate_new(n, x, lower, upper, &at);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < n; k++)
        x[k] = within(x[k], lower[k], upper[k]);
    status = objective(x, &at.value, at.gradient, context);
    info->evaluations = 1;
    if (status == FR_OK && !isfinite(at.value))
        status = fr_fail(FR_ENUMERIC, "the objective is not finite at the starting point");
    while (status == FR_OK) {
        info->value = at.value;
        info->gradient_max = projected_gradient_max(n, x, lower, upper, at.gradient);
        info->converged = info->gradient_max <= settings->pgtol;
        if (info->converged || info->iterations >= settings->max_iterations) break;
        double value;
        bool moved;
        find_direction(memory, &at);
        status = search_line(&at, objective, context, &value, &info->evaluations, &moved);
        if (status != FR_OK) break;
        if (!moved && memory->count > 0) { /* once more without what the memory says */
            memory->count = 0;
            continue;
        }
        if (!moved) {
            info->converged = info->gradient_max <= settings->pgtol_rounding;
            break;
        }
        remember(memory, &at);
        double decrease = at.value - value;
        memcpy(x, at.next, (size_t)n * sizeof *x);
        double *swap = at.gradient;
        at.gradient = at.next_gradient, at.next_gradient = swap;
        at.value = value;
        info->iterations++;
        info->value = value;
        info->gradient_max = projected_gradient_max(n, x, lower, upper, at.gradient);
        if (decrease <= settings->factr * DBL_EPSILON * fmax(fabs(value), 1)) { /* without factr: rounding */
            info->converged =
                settings->factr > 0 || info->gradient_max <= fmax(settings->pgtol, settings->pgtol_rounding);
            break;
        }
        status = fr_progress_tick(settings->phase, info->iterations, 0);
    }
    iterate_free(&at);
    return status;
}
