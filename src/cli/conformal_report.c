/* Which figures a result folder of `frugal conformal` gets, and what report.html says: what is guaranteed, what was
 * observed. */
#include "conformal_figures.h"
#include "job.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const conformal_figure conformal_figures[] = {
    {"intervals", "intervals.csv", conformal_chart_intervals,
     "The sets of the first method at its first level, test points sorted by prediction (those of a stream "
     "in their order). Blue: the set holds the truth; orange: it misses it. Bars that reach the edge are "
     "infinite; a point with several bars has a set of several pieces."},
    {"widths", "intervals.csv", conformal_chart_widths,
     "How wide the sets are, over test points; infinite and empty ones are left out. Methods of the same "
     "coverage are to be compared by this."},
    {"coverage", "coverage.csv", conformal_chart_coverage,
     "Share of the test points that are covered, with its exact 95 % interval (Clopper, Pearson). The "
     "guarantee is an average over training (calibration) points too: by their luck an interval may lie "
     "below it. The p value in the table counts that in; small ones speak against exchangeable points."},
    {"set_sizes", "sets.csv", conformal_chart_sizes,
     "How many labels the sets hold. Sets of one label are decisions; many large ones mean that the "
     "classifier does not know."},
    {"p_values", "pvalues.csv", conformal_chart_curves,
     "The p value of every y at the first test points: the set at level α is where the curve lies above α "
     "(dashed: the first level). Where it dips below and rises again the set is of several pieces; where it "
     "does not fall the set is infinite."},
    {"online", "online.csv", conformal_chart_online,
     "Above: share of misses so far, which tends to α (dashed). Below: the level that each step used."},
    {NULL, NULL, NULL, NULL},
};

/* ---- what was done, by verb --------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *verb, *title, *what, *citation;
} verb_text;

#define TCP                                                                                                  \
    "Chen W, Wang Z, Ha W, Barber RF (2016). Trimmed conformal prediction for high-dimensional models. "     \
    "arXiv:1611.09933."

static const verb_text verbs[] = {
    {"full", "Full conformal prediction",
     "For every test point the set of all y that conform to the training points was found, without holding "
     "any back.",
     "Nouretdinov I, Melluish T, Vovk V (2001). Ridge regression confidence machine. ICML 2001, 385-392.\n"
     "Lei J (2019). Fast exact conformalization of the lasso using piecewise linear homotopy. Biometrika "
     "106(4):749-764.\n" TCP},
    {"tcp", "Trimmed conformal prediction",
     "A fast model narrowed the range of y, over which the exact conformal set of the lasso was followed.",
     TCP},
    {"split", "Split conformal prediction",
     "The quantile of the errors at calibration points was put around each prediction.",
     "Lei J, G'Sell M, Rinaldo A, Tibshirani RJ, Wasserman L (2018). Distribution-free predictive inference "
     "for regression. Journal of the American Statistical Association 113(523):1094-1111."},
    {"jackknife", "Jackknife+ prediction",
     "Errors at training points, each predicted without itself, were put around the test points' "
     "predictions.",
     "Barber RF, Candes EJ, Ramdas A, Tibshirani RJ (2021). Predictive inference with the jackknife+. Annals "
     "of Statistics 49(1):486-507."},
    {"cqr", "Conformalised quantile regression",
     "A lower and an upper quantile curve were widened or narrowed by one quantile of the errors at "
     "calibration points.",
     "Romano Y, Patterson E, Candes EJ (2019). Conformalized quantile regression. NeurIPS 2019."},
    {"classify", "Sets of labels",
     "Every test point got the labels whose probability is not too low beside those of the calibration "
     "points.",
     "Romano Y, Sesia M, Candes EJ (2020). Classification with valid and adaptive coverage. NeurIPS 2020.\n"
     "Angelopoulos AN, Bates S, Malik J, Jordan MI (2021). Uncertainty sets for image classifiers using "
     "conformal "
     "prediction. ICLR 2021."},
    {"online", "Adaptive conformal inference", "The level followed the errors of the stream, step by step.",
     "Gibbs I, Candes E (2021). Adaptive conformal inference under distribution shift. NeurIPS 2021."},
    {NULL, "Coverage of prediction sets", "Prediction sets were compared with the truth.",
     "Vovk V, Gammerman A, Shafer G (2005). Algorithmic learning in a random world. Springer."},
};

static const verb_text *text_of(const char *verb)
{
    const verb_text *text = verbs;
    while (text->verb != NULL && strcmp(text->verb, verb) != 0)
        text++;
    return text;
}

/* ---- the result in words -------------------------------------------------------------------------------------------------------- */

static const char *cell_of(const fr_table *table, int64_t row, const char *name)
{
    int64_t column;
    return fr_table_column(table, name, &column) == FR_OK ? fr_table_text(table, row, column) : "";
}

/* A number with the digits that a reader needs; a text as it is. */
static void shorten(const char *cell, int digits, char text[32])
{
    char *end;
    double value = strtod(cell, &end);
    if (*cell != '\0' && *end == '\0')
        snprintf(text, 32, "%.*g", digits, value);
    else
        snprintf(text, 32, "%s", cell);
}

/* A column of the table on top of the page; those that are not `always` there are where a row has a number above 0. */
typedef struct {
    const char *heading, *column;
    bool always;
} level_column;

static const level_column level_columns[] = {
    {"Method", "method", true},        {"α", "alpha", true},          {"Group", "group", false},
    {"Guaranteed", "guarantee", true}, {"Covered", NULL, true},       {"Share", "coverage", true},
    {"95 % interval", NULL, true},     {"p value", "p_value", false}, {"Mean width", "mean_width", true},
    {"Infinite", "infinite", false},   {"Empty", "empty", false},     {"In pieces", "disconnected", false},
};
enum { n_level_columns = sizeof level_columns / sizeof *level_columns };

static bool has_column(const fr_table *table, const level_column *column)
{
    bool any = column->always;
    for (int64_t row = 0; !any && row < table->n_rows; row++) {
        const char *cell = cell_of(table, row, column->column);
        any = *cell != '\0' && strcmp(cell, "0") != 0;
    }
    return any;
}

/* The text of a cell; "Covered" and the interval are made of two. */
static void fill_cell(const fr_table *table, int64_t row, const level_column *column, char text[80])
{
    char low[32], high[32];
    *text = '\0';
    if (column->column != NULL) {
        const char *cell = cell_of(table, row, column->column);
        if (strcmp(column->column, "method") == 0 || strcmp(column->column, "group") == 0)
            snprintf(text, 80, "%s", cell);
        else
            shorten(cell, !column->always ? 2 : strcmp(column->column, "coverage") == 0 ? 3 : 4, text);
        if (strcmp(column->column, "guarantee") == 0 && *cell == '\0') snprintf(text, 80, "nothing");
        return;
    }
    if (*cell_of(table, row, "coverage") == '\0') return;
    shorten(cell_of(table, row, "low"), 3, low);
    shorten(cell_of(table, row, "high"), 3, high);
    if (strcmp(column->heading, "Covered") == 0)
        snprintf(text, 80, "%.30s of %.30s", cell_of(table, row, "covered"), cell_of(table, row, "points"));
    else
        snprintf(text, 80, "%s to %s", low, high);
}

static void add_level(fr_report *report, const fr_table *table, int64_t row, const bool *shown)
{
    char text[n_level_columns][80];
    const char *cells[n_level_columns], **cell = cells;
    for (int k = 0; k < n_level_columns; k++) {
        if (!shown[k]) continue;
        fill_cell(table, row, &level_columns[k], text[k]);
        *cell++ = text[k];
    }
    fr_report_table_row(report, cells);
}

/* coverage.csv as the first thing on the page. */
static int add_levels(fr_report *report, const char *folder, const char *verb)
{
    enum { most = 60 };
    fr_table table;
    bool there, shown[n_level_columns];
    const char *headings[n_level_columns], **heading = headings;
    int status = result_table_read(folder, "coverage.csv", &table, &there);
    if (status != FR_OK || !there) return status;
    for (int k = 0; k < n_level_columns; k++) {
        shown[k] = has_column(&table, &level_columns[k]);
        if (shown[k]) *heading++ = level_columns[k].heading;
        if (shown[k] && strcmp(verb, "classify") == 0 && strcmp(heading[-1], "Mean width") == 0)
            heading[-1] = "Mean size";
    }
    fr_report_table_begin(report, (int)(heading - headings), headings);
    for (int64_t row = 0; row < table.n_rows && row < most; row++)
        add_level(report, &table, row, shown);
    fr_report_table_end(report);
    if (table.n_rows > most)
        fr_report_paragraph(report, "The rows after the first %d are in coverage.csv.", (int)most);
    fr_table_free(&table);
    return FR_OK;
}

static void add_guarantee(fr_report *report, const char *verb)
{
    if (strcmp(verb, "online") == 0)
        fr_report_paragraph(
            report, "Nothing is guaranteed for a single point; in the long run the share of misses tends "
                    "to α, whatever the stream.");
    else
        fr_report_paragraph(
            report,
            "The guarantee is a probability over training (calibration) points and a test point together, if "
            "all are exchangeable, as independent draws from one distribution are; no model has to be right. "
            "It is an average over test points, not a promise for each kind of x. \"Nothing\" means that the "
            "method proves none.");
}

/* ---- meanings -------------------------------------------------------------------------------------------------------------------------- */

static const result_meaning metrics[] = {
    {"n", "training points"},
    {"p", "features"},
    {"test_points", "test points"},
    {"calibration_points", "points whose errors were ranked"},
    {"trial_values", "values of y that were tried"},
    {"classes", "labels there are"},
    {"alpha", "miscoverage level"},
    {"guarantee", "coverage that is proved, by level where there are several; - where none is"},
    {"covered", "test points whose set holds the truth"},
    {"coverage", "share of the test points whose set holds the truth"},
    {"coverage_low", "lower end of its exact 95 % interval"},
    {"coverage_high", "upper end"},
    {"p_value", "chance of so few covered if the guarantee were true"},
    {"mean_width", "mean over the finite sets; pieces are added up"},
    {"median_width", "their median"},
    {"mean_size", "labels in a set, in the mean"},
    {"median_size", "in the median"},
    {"share_infinite", "share of sets with an infinite end"},
    {"share_empty", "share of empty sets"},
    {"share_disconnected", "share of sets of two or more finite pieces"},
    {"score_quantile", "quantile of the errors"},
    {"threshold", "threshold of the scores"},
    {"alpha_trim", "miscoverage that trimming costs"},
    {"mean_trim_width", "mean width of the trimmed range"},
    {"segments", "linear pieces that were walked for a test point, in the mean"},
    {"most_segments", "for one test point"},
    {"on_grid", "test points that had to fall back on a grid"},
    {"degenerate", "dependent columns were met and left out"},
    {"fit_seconds", "time of what is done once"},
    {"seconds_per_test_point", "time of the rest, divided by the number of test points"},
    {"alpha_next", "level after the last step"},
    {NULL, NULL},
};

static const result_meaning files[] = {
    {"intervals.csv", "the sets: a row for each piece, one without ends for an empty set"},
    {"sets.csv", "the sets of labels: a row for each label in a set"},
    {"points.csv", "test points: prediction, truth, trimmed range, pieces walked"},
    {"coverage.csv", "coverage, guarantee and widths by method, level and group"},
    {"pvalues.csv", "p-values: of every y as steps, or of every label"},
    {"thresholds.csv", "thresholds of the scores"},
    {"online.csv", "each step: level used, threshold, score, error"},
    {"summary.json", "everything on this page for programs: settings, inputs, metrics, timings, warnings"},
    {"figures", "all figures as SVG (for editing and print) and PNG"},
    {NULL, NULL},
};

int conformal_report_write(const char *folder, const char *verb)
{
    const verb_text *text = text_of(verb);
    json_t *summary;
    fr_report *report = NULL;
    int status = result_summary_read(folder, &summary);
    if (status == FR_OK) status = result_page_new("conformal", text->title, summary, &report);
    if (status != FR_OK) goto done;
    fr_report_paragraph(report, "%s", text->what);
    status = add_levels(report, folder, verb);
    if (status != FR_OK) {
        fr_report_free(report);
        goto done;
    }
    add_guarantee(report, verb);
    result_page_warnings(report, summary);
    bool headed = false;
    for (const conformal_figure *figure = conformal_figures; figure->name != NULL; figure++) {
        if (!result_figure_there(folder, figure->name)) continue;
        if (!headed) fr_report_section(report, "Figures");
        headed = true;
        result_page_figure(report, folder, figure->name, figure->caption);
    }
    if (text->verb == NULL) json_object_del(summary, "metrics"); /* the table on top holds them */
    result_page_numbers(report, folder, summary, metrics, files, text->citation);
    status = result_page_write(report, folder);
done:
    json_decref(summary);
    return status;
}

bool conformal_table_there(const char *folder, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0) return false;
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

int conformal_draw(cli_job *job, const char *folder)
{
    bool can_draw = true;
    int status = FR_OK;
    for (const conformal_figure *figure = conformal_figures; figure->name != NULL && status == FR_OK;
         figure++)
        if (conformal_table_there(folder, figure->table))
            status = result_figure(folder, figure->name, figure->draw, folder, job->command_line, &can_draw);
    return status == FR_OK ? conformal_report_write(folder, job->command->verb) : status;
}
