/* What report.html says of a FEEMS output folder: in plain words what was done, how to read the figures, all numbers, where
 * they come from, and what each file holds. */
#include "feems_figures.h"
#include "result_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- summary ------------------------------------------------------------------------------------------------------------ */

static void add_fit_summary(fr_report *report, const feems_folder *folder)
{
    double samples = feems_folder_number(folder, "metrics/n_samples"),
           snps = feems_folder_number(folder, "metrics/n_snps_used");
    double observed = feems_folder_number(folder, "metrics/n_observed"),
           lambda = feems_folder_number(folder, "metrics/lambda");
    double r_squared = feems_folder_number(folder, "metrics/r_squared");
    if (isfinite(samples) && isfinite(snps) && isfinite(observed))
        fr_report_paragraph(report,
                            "Effective migration was estimated on a grid of %lld nodes and %lld edges from "
                            "%.0f individuals at %.0f nodes, typed at %.0f SNPs. An edge with a high weight "
                            "joins places whose allele frequencies are more alike than their position on the "
                            "grid alone explains; a low weight marks a barrier.",
                            (long long)folder->n_nodes, (long long)folder->n_edges, samples, observed, snps);
    if (isfinite(lambda)) {
        const char *how = folder->n_lambdas > 0 ? "was chosen by cross-validation"
                                                : "was given, not chosen by cross-validation";
        fr_report_paragraph(report, "The smoothness λ = %.6g %s. A larger λ gives a smoother map.", lambda,
                            how);
    }
    if (isfinite(r_squared))
        fr_report_paragraph(report,
                            "The fitted map explains %.1f %% of the variance of the genetic distances "
                            "between sampled nodes (R² = %.3f).",
                            100 * r_squared, r_squared);
    const json_t *converged = feems_folder_value(folder, "metrics/converged");
    if (json_is_false(converged))
        fr_report_note(report, "The fit did not converge: weights and figures show the last iterate and may "
                               "change with more iterations.");
}

static void add_summary(fr_report *report, const feems_folder *folder)
{
    if (folder->weight != NULL)
        add_fit_summary(report, folder);
    else if (folder->n_nodes > 0)
        fr_report_paragraph(report, "The graph has %lld nodes and %lld edges.", (long long)folder->n_nodes,
                            (long long)folder->n_edges);
    if (folder->n_lambdas > 0) {
        double one = feems_folder_number(folder, "metrics/one_standard_error_lambda");
        fr_report_paragraph(report,
                            "Of %lld values of λ, cross-validation predicts held-out nodes best with λ = "
                            "%.6g (mean error %.6g).",
                            (long long)folder->n_lambdas, folder->lambda[folder->best],
                            folder->cv_mean[folder->best]);
        if (isfinite(one))
            fr_report_paragraph(
                report, "The smoothest map whose error lies within one standard error of it has λ = %.6g.",
                one);
    }
    result_page_warnings(report, folder->summary);
}

/* ---- figures ------------------------------------------------------------------------------------------------------------ */

static void add_figures(fr_report *report, const feems_folder *folder, const feems_figure_settings *settings,
                        const char *projection)
{
    char map_end[400], migration[1200], grid[600];
    snprintf(map_end, sizeof map_end, "%s%s.%s", *projection != '\0' ? " Projection: " : "", projection,
             settings->basemap != NULL ? " Land is grey, the coastline dark grey." : "");
    const char *low = strcmp(settings->palette, "feems") == 0          ? "Brown"
                      : strcmp(settings->palette, "purple-green") == 0 ? "Purple"
                      : strcmp(settings->palette, "red-blue") == 0     ? "Red"
                                                                       : "The lower end of the scale";
    const char *high = strcmp(settings->palette, "feems") == 0          ? "blue"
                       : strcmp(settings->palette, "purple-green") == 0 ? "green"
                       : strcmp(settings->palette, "red-blue") == 0     ? "blue"
                                                                        : "the upper end";
    snprintf(migration, sizeof migration,
             "Effective migration. Each line is an edge of the grid, coloured by its weight w relative to "
             "the (geometric) mean weight. %s marks lower migration than average, %s higher; values outside "
             "the scale take the colour of its end. Grey discs are the sampled nodes, with area proportional "
             "to the square root of the number of samples. Where no samples are near, the map shows mainly "
             "the smoothness penalty.%s",
             low, high, map_end);
    snprintf(grid, sizeof grid, "The grid: nodes (dots) and edges. Grey discs, if any, are sampled nodes.%s",
             map_end);
    const char *const captions[N_FIGURES] = {
        [MIGRATION_MAP] = migration,
        [GRID_MAP] = grid,
        [S2_MAP] = "Residual variance of each sampled node: what its allele frequencies vary beyond the "
                   "migration surface. Darker is larger: its samples vary more than the surface explains, by "
                   "high local diversity, admixture or a misplaced sample.",
        [FITTED_CHART] = "Observed against fitted genetic distance, one dot for each pair of sampled nodes, "
                         "with the least-squares line. Points close to a line mean that the surface explains "
                         "the data; pairs far below it are genetically closer than any path over the grid "
                         "explains (long-range movement), pairs far above more distant.",
        [GEOGRAPHIC_CHART] =
            "Observed genetic distance against great-circle distance. Isolation by distance alone would put "
            "the points near a line; compare R² with the figure before to see what the surface adds.",
        [CV_CHART] = "Cross-validation: mean squared error of predicted allele frequencies at held-out "
                     "nodes, for each λ, with standard errors over folds. Folds differ much more among each "
                     "other than the values of λ do; where there is a lower panel, it shows each λ's mean "
                     "difference to the chosen one, with the standard error of that difference.",
    };
    bool any = false;
    fr_report_section(report, "Figures");
    for (int name = 0; name < N_FIGURES; name++)
        if (result_page_figure(report, folder->path, feems_figure_stem[name], captions[name])) any = true;

    if (!any)
        fr_report_note(
            report, "No figures: gnuplot could not be run when this report was written. Install it and run "
                    "\"frugal feems plot\" on this folder; the tables are complete.");
}

/* ---- meanings --------------------------------------------------------------------------------------------------------- */

static const result_meaning metrics[] = {
    {"nll", "twice the negative log-likelihood, up to a constant"},
    {"penalty", "smoothness penalty at the estimate"},
    {"loss", "nll + penalty, what is minimised"},
    {"null_loss", "the loss of one weight common to all edges"},
    {"w0", "that common weight"},
    {"s2", "residual variance"},
    {"alpha", "scale of the weights inside the penalty"},
    {"lambda", "smoothness of the weights"},
    {"iterations", "steps of the optimiser"},
    {"evaluations", "evaluations of loss and gradient"},
    {"gradient_max", "largest remaining derivative by a log weight"},
    {"converged", "did the optimiser reach its tolerance"},
    {"r_squared", "squared correlation of observed and fitted genetic distance"},
    {"slope", "of observed on fitted distance"},
    {"intercept", "of observed on fitted distance"},
    {"n_samples", "individuals used"},
    {"n_snps_used", "SNPs used"},
    {"n_snps_dropped", "SNPs left out, by reason"},
    {"n_nodes", "nodes of the graph"},
    {"n_edges", "edges of the graph"},
    {"n_observed", "nodes with samples"},
    {"best_lambda", "smallest mean cross-validation error"},
    {"one_standard_error_lambda", "largest λ within one standard error of it"},
    {NULL, NULL},
};

static const result_meaning files[] = {
    {"edges.csv", "one row per edge: its nodes (0-based) and their positions, weight w, log10 of w minus its "
                  "mean over edges"},
    {"nodes.csv",
     "one row per node: position, individuals sampled there, 1 if observed, residual variance s2"},
    {"distances.csv",
     "one row per pair of observed nodes: observed and fitted genetic distance, great-circle distance in km"},
    {"edges.geojson", "the edges with their weights, for a geographic information system"},
    {"cv.csv", "one row per λ and fold: prediction error of the held-out nodes"},
    {"cv_mean.csv", "one row per λ: mean error over folds and its standard error"},
    {"grid.nodes", "EEMS text: longitude and latitude of each node"},
    {"grid.edges", "EEMS text: the two nodes of each edge, 1-based"},
    {"grid.geojson", "the grid for a geographic information system"},
    {"summary.json", "everything on this page for programs: settings, inputs, metrics, timings, warnings"},
    {"figures", "all figures as SVG (for editing and print) and PNG"},
    {NULL, NULL},
};

/* ---- the whole ---------------------------------------------------------------------------------------------------------- */

static const char *title_of(const feems_folder *folder)
{
    if (folder->weight != NULL) return "Effective migration surface";
    if (folder->n_lambdas > 0) return "Cross-validation of the migration surface";
    return "Grid for an effective migration surface";
}

int feems_report_write(const feems_folder *folder, const feems_figure_settings *settings,
                       const char *projection)
{
    fr_report *report;
    int status = result_page_new("feems", title_of(folder), folder->summary, &report);
    if (status != FR_OK) return status;
    add_summary(report, folder);
    add_figures(report, folder, settings, projection);
    result_page_numbers(
        report, folder->path, folder->summary, metrics, files,
        "Marcus J, Ha W, Barber RF, Novembre J (2021). Fast and flexible estimation of effective "
        "migration surfaces. eLife 10:e61927. https://doi.org/10.7554/eLife.61927");
    return result_page_write(report, folder->path);
}
