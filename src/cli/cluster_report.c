/* What report.html says of a cluster: the result in words, how far it can be trusted, figures, all numbers, files. */
#include "cluster_report.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what was done, by verb -------------------------------------------------------------------------------------------- */

#define HFM                                                                                                  \
    "Ha W, Fountoulakis K, Mahoney MW (2021). Statistical guarantees for local graph clustering. Journal "   \
    "of Machine "                                                                                            \
    "Learning Research 22(148):1-54."

typedef struct {
    const char *verb, *title, *what, *citation;
} verb_text;

static const verb_text verbs[] = {
    {"l1pr", "Local cluster by l1-regularised PageRank",
     "The l1-regularised PageRank vector of the seeds was computed and swept over.", HFM},
    {"acl", "Local cluster by approximate PageRank",
     "Approximate PageRank was pushed from the seeds and swept over.",
     "Andersen R, Chung F, Lang K (2006). Local graph partitioning using PageRank vectors. FOCS 2006, "
     "475-486.\n" HFM},
    {"path", "Path of local clusters",
     "The exact path of l1-regularised PageRank was followed from the seeds outwards.", HFM},
    {"stagewise", "Forward stagewise path",
     "Forward stagewise steps traced the path of l1-regularised PageRank.", HFM},
    {"hk", "Local cluster by the heat kernel",
     "The heat kernel of the seeds was approximated and swept over.",
     "Kloster K, Gleich DF (2014). Heat kernel based community detection. KDD 2014, 1386-1395."},
    {"ppr-path", "PageRank path",
     "The path of seeded PageRank over all tolerances was followed, with its best sweep.",
     "Kloster K, Gleich DF. Seeded PageRank solution paths. European Journal of Applied Mathematics "
     "27(6):812-845 (2016)."},
    {"search", "Local cluster by parameter search",
     "l1-regularised PageRank was solved for many pairs of alpha and rho.", HFM},
    {"mqi", "Improved cluster (MQI)",
     "Of all subsets of the given set, the one of least quotient cut was found.",
     "Lang K, Rao S (2004). A flow-based method for improving the expansion or conductance of graph cuts. "
     "IPCO 2004, 325-337."},
    {"flowimprove", "Improved cluster (FlowImprove)",
     "The given set was improved by minimum cuts over the whole graph.",
     "Andersen R, Lang KJ (2008). An algorithm for improving graph partitions. SODA 2008, 651-660."},
    {"simplelocal", "Improved cluster (SimpleLocal)", "The given set was improved by minimum cuts near it.",
     "Veldt N, Gleich DF, Mahoney MW (2016). A simple and strongly-local flow-based method for cut "
     "improvement. ICML 2016, 1938-1947."},
    {"crd", "Local cluster by capacity releasing diffusion",
     "Flow was released from the seeds, round by round.",
     "Wang D, Fountoulakis K, Henzinger M, Mahoney MW, Rao S (2017). Capacity releasing diffusion for speed "
     "and locality. ICML 2017, 3598-3607."},
    {"flow-diffusion", "Local cluster by p-norm flow diffusion",
     "Mass spread from the seeds by the flow of least p-norm, and the potential that drives it was swept "
     "over.",
     "Fountoulakis K, Wang D, Yang S (2020). p-Norm flow diffusion for local graph clustering. ICML 2020, "
     "3222-3232."},
    {"fiedler", "Spectral cut of the graph",
     "The second eigenvector of the normalised Laplacian was swept over.",
     "Fiedler M (1973). Algebraic connectivity of graphs. Czechoslovak Mathematical Journal 23:298-305."},
    {"fiedler-local", "Spectral cut inside a set",
     "The first eigenvector of the normalised Laplacian restricted to the set was swept over.",
     "Chung F (2007). Random walks and local cuts in graphs. Linear Algebra and its Applications 423:22-32."},
    {"mov", "Spectral cut near a set",
     "The Laplacian's quadratic form was minimised with a given correlation to the set.",
     "Mahoney MW, Orecchia L, Vishnoi NK (2012). A local spectral method for graphs. Journal of Machine "
     "Learning Research 13:2339-2365."},
    {"densest", "Densest subgraph", "The set of largest average weight was found.",
     "Goldberg AV (1984). Finding a maximum density subgraph. University of California, Berkeley, "
     "CSD-84-171."},
    {"triangles", "Neighbourhoods as clusters", "Every node with its neighbours was scored as a cluster.",
     "Gleich DF, Seshadhri C (2012). Vertex neighborhoods, low conductance cuts, and good seeds for local "
     "community methods. KDD 2012, 597-605."},
    {"labels", "Classes from seeds", "Every node got the class in whose PageRank vector it ranks highest.",
     "Gleich DF, Mahoney MW (2015). Using local spectral methods to robustify graph-based learning "
     "algorithms. KDD 2015, 359-368."},
    {"ncp", "Network community profile", "Clusters were sought from many seeds over the whole graph.",
     "Leskovec J, Lang KJ, Dasgupta A, Mahoney MW (2009). Community structure in large networks. Internet "
     "Mathematics 6(1):29-123."},
    {"clusters", "Clusters of all nodes",
     "The best local vector of every node was computed, and the vectors were joined by average linkage.",
     HFM},
    {"segment", "Segments of the graph", "Local clusters of sampled nodes were cut out one after the other.",
     HFM},
    {"components", "Components", "Connected and biconnected components were found.",
     "Hopcroft J, Tarjan R (1973). Algorithm 447: efficient algorithms for graph manipulation. "
     "Communications of the ACM 16(6):372-378."},
    {"cores", "Cores", "The core number of every node was found.",
     "Seidman SB (1983). Network structure and minimum degree. Social Networks 5(3):269-287."},
    {"demo", "A cluster in a random graph, found from one of its nodes",
     "A random graph was drawn in which some nodes, the target, are linked among themselves more than with "
     "others. From one of them the target was looked for in three ways: by the path of l1-PageRank, by "
     "l1-PageRank for a cluster of the target's volume, and by improving the latter with minimum cuts. The "
     "last is the cluster told of here; f1.csv and the figure compare all three with the target.",
     HFM},
    {"generate", "Random graph", "A random graph was drawn.", HFM},
    {NULL, "Graph clustering", "The tables hold the result.", HFM},
};

static const verb_text *text_of(const char *verb)
{
    const verb_text *text = verbs;
    while (text->verb != NULL && strcmp(text->verb, verb) != 0)
        text++;
    return text;
}

/* ---- the result in words ----------------------------------------------------------------------------------------------- */

static void add_set(fr_report *report, const json_t *summary)
{
    double size = result_number(summary, "metrics/size"), volume = result_number(summary, "metrics/volume"),
           cut = result_number(summary, "metrics/cut"),
           conductance = result_number(summary, "metrics/conductance"),
           whole = result_number(summary, "metrics/graph_volume");
    if (!isfinite(size) || !isfinite(conductance)) return;
    fr_report_paragraph(
        report,
        "The cluster has %.0f node%s, volume %.6g%s and conductance %.4g: of the edge weight that ends in "
        "it, %.3g %% leaves it (cut %.6g).",
        size, plural((int64_t)size, "s"), volume,
        isfinite(whole) && whole > 0 && volume > whole / 2 ? " (more than half of the graph's)" : "",
        conductance, volume > 0 ? 100 * cut / volume : 0, cut);
    double f1 = result_number(summary, "metrics/f1");
    if (isfinite(f1))
        fr_report_paragraph(report, "Against the target: precision %.3f, recall %.3f, F1 %.3f (by volume).",
                            result_number(summary, "metrics/precision"),
                            result_number(summary, "metrics/recall"), f1);
}

static void add_certificate(fr_report *report, const json_t *summary)
{
    double bound = result_number(summary, "metrics/error_bound"),
           gap = result_number(summary, "metrics/duality_gap"),
           support = result_number(summary, "metrics/support"),
           arcs = result_number(summary, "metrics/arcs_read");
    if (isfinite(support) && isfinite(arcs))
        fr_report_paragraph(report, "The vector has %.0f non-zeros; %.0f arcs were read to find it.", support,
                            arcs);
    if (isfinite(bound))
        fr_report_paragraph(
            report,
            "Certificate: no entry p_i differs from the exact optimum by more than %.3g times the degree of "
            "node i, and the objective is within %.3g of its least value. Both are computed from the "
            "residual of the returned vector itself.",
            bound, gap);
    double energy = result_number(summary, "metrics/energy"), mass = result_number(summary, "metrics/mass");
    if (isfinite(energy) && isfinite(gap))
        fr_report_paragraph(report,
                            "Certificate: of the mass of %.6g a share of %.2g was left above the capacities. "
                            "The energy of the flow, %.6g, exceeds the least there can be by a share of at "
                            "most %.2g.",
                            mass, mass > 0 ? result_number(summary, "metrics/excess") / mass : 0, energy,
                            energy > 0 ? gap / energy : 0);
    if (json_is_false(result_value(summary, "metrics/converged")))
        fr_report_note(
            report,
            "A limit stopped the method before it converged; the certificate holds for what is here.");
}

static void add_other_facts(fr_report *report, const json_t *summary)
{
    double lambda = result_number(summary, "metrics/lambda2"),
           density = result_number(summary, "metrics/density");
    bool part = result_number(summary, "metrics/components") > 1 &&
                !json_is_true(result_value(summary, "settings/whole_graph"));
    if (isfinite(lambda))
        fr_report_paragraph(report,
                            "The second eigenvalue of the normalised Laplacian is %.6g. By Cheeger's "
                            "inequality no set%s has a "
                            "conductance below %.4g.",
                            lambda, part ? " inside the largest component" : "", lambda / 2);
    if (isfinite(density))
        fr_report_paragraph(report, "Its density (edge weight per node) is %.6g.", density);
}

static bool mentions_conductance(const json_t *summary)
{
    static const char *const names[] = {"conductance", "best_conductance", "mean_conductance"};
    const json_t *metrics = result_value(summary, "metrics");
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (json_object_get(metrics, names[k]) != NULL) return true;
    return false;
}

int cluster_report_write(const char *folder, const char *verb)
{
    const verb_text *text = text_of(verb);
    json_t *summary;
    fr_report *report = NULL;
    int status = result_summary_read(folder, &summary);
    if (status == FR_OK) status = result_page_new("cluster", text->title, summary, &report);
    if (status != FR_OK) goto done;
    fr_report_paragraph(report, "%s", text->what);
    add_set(report, summary);
    add_certificate(report, summary);
    add_other_facts(report, summary);
    result_page_warnings(report, summary);
    cluster_report_diagnosis(report, summary);
    bool headed = false;
    for (const cluster_figure *figure = cluster_figures; figure->name != NULL; figure++) {
        if (!result_figure_there(folder, figure->name)) continue;
        if (!headed) fr_report_section(report, "Figures");
        headed = true;
        result_page_figure(report, folder, figure->name, figure->caption);
    }
    if (mentions_conductance(summary))
        fr_report_paragraph(
            report, "Conductance: the chance that a step of a random walk from a random edge end inside the "
                    "cluster leaves it. Compare sets of similar volume only; 1 means no cluster at all.");
    result_page_numbers(report, folder, summary, cluster_metrics, cluster_files, text->citation);
    status = result_page_write(report, folder);
done:
    json_decref(summary);
    return status;
}
