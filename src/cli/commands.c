/* The methods and commands there are, and the options that all of them take. */
#include "cluster_commands.h"
#include "command.h"
#include "conformal_commands.h"
#include "feems_commands.h"

#include <stdio.h>
#include <string.h>

extern const cli_command info_command, demo_command, reproduce_command;

const cli_method methods[] = {
    {"feems", "effective migration surfaces from genotypes and coordinates",
     "FEEMS (Marcus, Ha, Barber, Novembre, eLife 2021) lays a triangular grid over a habitat and finds the "
     "weight of every "
     "edge, the effective migration, for which a Gaussian Markov random field on the grid explains how alike "
     "the allele "
     "frequencies of the sampled places are. Low weights are barriers, high weights corridors.\n\n"
     "Usual order: cv chooses the smoothness lambda, fit --lambda (or fit --cv in one go) makes the map, "
     "plot redraws it. "
     "Grids are made on the way from an outline; grid makes one alone. All tables number nodes from 0; EEMS "
     "text files "
     "number them from 1 as always."},
    {"cluster", "clusters around seeds in graphs of any size",
     "Local graph clustering: one or a few nodes of interest, the seeds, and the cluster around them, in "
     "time that depends on the cluster "
     "and not on the graph. l1-regularised PageRank (Ha, Fountoulakis, Mahoney, JMLR 2021) carries a proof "
     "of how exact "
     "it is. Beside it stand pushes, heat kernel, minimum cuts, spectral cuts, densest subgraphs, community "
     "profiles.\n\n"
     "GRAPH is an edge list, SMAT, Matrix Market, METIS, GML or GraphML file, packed or not; convert makes a "
     ".fgraph of "
     "it, which opens at once. Nodes are told by name, or by number from 0. First runs: path without any "
     "idea of the "
     "size, l1pr --target-volume with one."},
    {
        "conformal",
        "prediction sets with guaranteed coverage for any distribution",
        "Conformal prediction: for each test point a set that holds the true value with probability at least "
        "1 - alpha, "
        "whatever the distribution, as long as training and test points are exchangeable; no model has to be "
        "right. full "
        "and tcp find exact sets of ridge regression and the lasso without holding data back (Chen, Wang, "
        "Ha, Barber, "
        "arXiv:1611.09933); split, jackknife, cqr, classify and online are the other methods of the "
        "field.\n\n"
        "Data are CSV, TSV or .npy files, packed or not. First runs: full for up to some hundred features, "
        "tcp for "
        "more features than points, split for predictions of any other program. Every result says what is "
        "guaranteed; "
        "with the truth of the test points also what came out.",
    },
    {NULL, NULL, NULL},
};

const cli_command *const commands[] = {
    &feems_grid_command,
    &feems_fit_command,
    &feems_cv_command,
    &feems_predict_command,
    &feems_simulate_command,
    &feems_plot_command,
    &cluster_l1pr_command,
    &cluster_acl_command,
    &cluster_path_command,
    &cluster_search_command,
    &cluster_stagewise_command,
    &cluster_hk_command,
    &cluster_ppr_path_command,
    &cluster_sweep_command,
    &cluster_ball_command,
    &cluster_score_command,
    &cluster_mqi_command,
    &cluster_flowimprove_command,
    &cluster_simplelocal_command,
    &cluster_crd_command,
    &cluster_flow_diffusion_command,
    &cluster_fiedler_command,
    &cluster_fiedler_local_command,
    &cluster_mov_command,
    &cluster_densest_command,
    &cluster_triangles_command,
    &cluster_components_command,
    &cluster_cores_command,
    &cluster_extrema_command,
    &cluster_labels_command,
    &cluster_ncp_command,
    &cluster_clusters_command,
    &cluster_segment_command,
    &cluster_convert_command,
    &cluster_edit_command,
    &cluster_check_command,
    &cluster_generate_command,
    &conformal_full_command,
    &conformal_tcp_command,
    &conformal_split_command,
    &conformal_jackknife_command,
    &conformal_cqr_command,
    &conformal_classify_command,
    &conformal_online_command,
    &conformal_coverage_command,
    &demo_command,
    &reproduce_command,
    &info_command,
    NULL,
};

const cli_method *method_find(const char *name)
{
    for (const cli_method *found = methods; found->name != NULL; found++)
        if (strcmp(found->name, name) == 0) return found;
    return NULL;
}

const cli_command *command_find(const char *method_name, const char *verb)
{
    for (const cli_command *const *found = commands; *found != NULL; found++) {
        bool same = method_name == NULL
                        ? (*found)->method == NULL
                        : (*found)->method != NULL && strcmp((*found)->method, method_name) == 0;
        if (same && strcmp((*found)->verb, verb) == 0) return *found;
    }
    return NULL;
}

void command_name(const cli_command *command, const char *separator, char *text, size_t size)
{
    if (command->method == NULL)
        snprintf(text, size, "frugal%s%s", separator, command->verb);
    else
        snprintf(text, size, "frugal%s%s%s%s", separator, command->method, separator, command->verb);
}

static const cli_option general[] = {
    {.name = "threads",
     .letter = 't',
     .type = OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .range = RANGE_CLOSED,
     .low = 0,
     .high = 4096,
     .help = "number of threads; 0: all processors this process may use"},
    {.name = "seed",
     .type = OPTION_INTEGER,
     .value = "S",
     .fallback = "1",
     .range = RANGE_FROM_ZERO,
     .help = "seed of all random numbers; results do not depend on the number of threads"},
    {.name = "json", .type = OPTION_FLAG, .help = "print the summary to standard output as JSON"},
    {.name = "quiet", .letter = 'q', .type = OPTION_FLAG, .help = "say nothing but errors"},
    {.name = "verbose", .letter = 'v', .type = OPTION_FLAG, .help = "say more: each phase with its time"},
    {.name = "help", .letter = 'h', .type = OPTION_FLAG, .help = "show this page"},
    {.name = "version", .letter = 'V', .type = OPTION_FLAG, .help = "show the version"},
    {.name = NULL},
};
const option_group general_options = {"General", general, true};

static const cli_option output[] = {
    {.name = "output",
     .letter = 'o',
     .type = OPTION_PATH,
     .value = "DIR",
     .required = true,
     .help = "the folder of results; it is written whole or not at all"},
    {.name = "force",
     .letter = 'f',
     .type = OPTION_FLAG,
     .help = "replace a result folder that exists already"},
    {.name = "no-figures", .type = OPTION_FLAG, .help = "write the tables alone, without figures and report"},
    {.name = NULL},
};
const option_group output_options = {"Output", output, true};

static const cli_option resume[] = {
    {.name = "resume",
     .type = OPTION_FLAG,
     .help = "go on with an interrupted run: what it finished lies in DIR.partial"},
    {.name = NULL},
};
const option_group resume_options = {"Interrupted runs", resume, true};
