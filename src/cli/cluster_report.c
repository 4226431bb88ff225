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
    {"search", "Local cluster by grid search",
     "l1-regularised PageRank was solved on a grid of alpha and rho (and followed along its exact path with "
     "--on-path).",
     HFM},
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
    if (isfinite(lambda))
        fr_report_paragraph(
            report,
            "The second eigenvalue of the normalised Laplacian is %.6g. By Cheeger's inequality no set has a "
            "conductance below %.4g.",
            lambda, lambda / 2);
    if (isfinite(density))
        fr_report_paragraph(report, "Its density (edge weight per node) is %.6g.", density);
}

/* ---- meanings ------------------------------------------------------------------------------------------------------------ */

static const result_meaning metrics[] = {
    {"size", "nodes in the cluster"},
    {"volume", "sum of their degrees"},
    {"cut", "weight of the edges that leave it"},
    {"conductance", "cut / smaller volume of the two sides"},
    {"expansion", "cut / nodes on the side of smaller volume"},
    {"reading", "what reading the graph merged, added or left out"},
    {"loops", "edges from a node to itself"},
    {"target_size", "nodes of the target"},
    {"seeds", "number of seeds"},
    {"support", "non-zeros of the vector"},
    {"support_volume", "sum of their degrees; of l1-PageRank at most 1/rho"},
    {"sum_residual", "mass that was not handed out"},
    {"delta_below", "no p_i / d_i is lower than the optimum by more"},
    {"delta_above", "no p_i / d_i is higher than the optimum by more"},
    {"sweep_seconds", "time of the sweep"},
    {"rows", "clusters that were kept"},
    {"runs", "runs of the method"},
    {"unfinished", "runs that the time limit left undone"},
    {"sampled_n", "nodes of the part of the graph that was sampled"},
    {"sampled_arcs", "arcs of that part"},
    {"best_size", "nodes in the cluster of least conductance"},
    {"best_volume", "sum of their degrees"},
    {"best_cut", "weight of the edges that leave it"},
    {"best_conductance", "its conductance"},
    {"best_expansion", "its cut / nodes on the side of smaller volume"},
    {"sum_p", "mass of the vector; the rest stays in the residual"},
    {"objective", "value of the l1 problem; of flow diffusion a lower bound on the energy"},
    {"error_bound", "largest error of p_i / d_i that the certificate leaves possible"},
    {"duality_gap", "bound on the excess of the objective"},
    {"mass", "source mass on the seeds"},
    {"excess", "mass that was left above the capacities"},
    {"energy", "p-norm of the flow: sum of w |f/w|^p / p"},
    {"misfit", "share of the flow that does not belong to the potential"},
    {"rounds", "steps of Newton's method; minimum cuts"},
    {"converged", "the accuracy that was asked for is reached"},
    {"steps", "coordinate steps, iterations or rounds"},
    {"pushes", "times that a node's arcs were read"},
    {"arcs_read", "arcs read in all"},
    {"peak_support", "largest number of non-zeros on the way"},
    {"seconds", "time of the method itself, without reading and writing"},
    {"precision", "share of the cluster's volume that lies in the target"},
    {"recall", "share of the target's volume that lies in the cluster"},
    {"f1", "harmonic mean of the two"},
    {"precision_count", "the same three by number of nodes instead of volume"},
    {"lambda", "smallest eigenvalue of the normalised Laplacian on the set"},
    {"lambda2", "second eigenvalue of the normalised Laplacian"},
    {"density", "edge weight inside per node"},
    {"diagnose_alpha", "the alpha that was judged"},
    {"diagnose_rho", "the rho that was judged: where the path ended; eps of pushes"},
    {"diagnose_gamma", "share of the cluster's volume that stays inside: 1 - cut / volume"},
    {"diagnose_seed_outside", "share of the seed's link weight that leaves the cluster"},
    {"diagnose_outside_neighbours", "nodes outside that the seed is linked with"},
    {"diagnose_seed_elsewhere", "share of the seed mass that lies outside of the cluster"},
    {"diagnose_local_lambda", "smallest eigenvalue of the normalised Laplacian on the cluster"},
    {"diagnose_gap", "it / conductance"},
    {"diagnose_p", "share of the pairs of members that are linked"},
    {"diagnose_q", "share of the pairs of a member and another node that are linked"},
    {"diagnose_common", "p^2 times size: common neighbours of two members"},
    {"diagnose_common_wanted", "logarithm of the size, which that should exceed"},
    {"diagnose_rho_threshold", "rho below which all of such a cluster is active"},
    {"diagnose_few_common", "too few common neighbours"},
    {"diagnose_seed_leaks", "the seed has links that leave the cluster"},
    {"diagnose_large_alpha", "alpha is above twice the local lambda"},
    {"diagnose_large_rho", "rho is above its threshold"},
    {"n", "nodes of the graph"},
    {"arcs", "stored entries of its matrix: each edge twice, each loop once"},
    {"edges", "edges between different nodes"},
    {"graph_volume", "sum of all degrees"},
    {"components", "connected components"},
    {"triangles", "triangles of the graph"},
    {"max_core", "largest core number"},
    {NULL, NULL},
};

static const result_meaning files[] = {
    {"cluster.csv", "the nodes of the cluster (0-based)"},
    {"vector.csv",
     "non-zeros of the vector, largest first: node, p, p_over_degree; of flow diffusion: node, x"},
    {"sweep.csv", "every prefix of the sweep: rank, node that joins, volume, cut, conductance"},
    {"path.csv", "the order in which nodes enter, rho there, and the support's volume, cut, conductance"},
    {"ppr_path.csv", "tolerances and the best sweep at each"},
    {"stagewise.csv", "each step: its node and rho"},
    {"search.csv", "the grid, and paths: alpha, rho, supports and sweeps"},
    {"fiedler.csv", "the eigenvector's value at each node"},
    {"ncp.csv", "one row per cluster found: input, method, output scores"},
    {"ncp_envelope.csv", "the best row of each bin"},
    {"triangles.csv",
     "every node's neighbourhood: volume, cut, conductance, clustering coefficient, triangles"},
    {"components.csv", "component of each node"},
    {"cores.csv", "core number of each node"},
    {"labels.csv", "class of each node"},
    {"batch.csv", "one row per line of the batch"},
    {"batch_sets.csv", "the nodes of each of its clusters"},
    {"f1.csv", "precision, recall, F1 against the target"},
    {"clusters.csv", "cluster of each node"},
    {"segments.csv", "segment of each node"},
    {"extrema.csv", "the nodes that stand out, with their values"},
    {"communities.csv", "the community of each node"},
    {"coordinates.csv", "the place of each node"},
    {"graph.edgelist", "the graph as text, each edge once"},
    {"layout.csv", "places of the drawn nodes"},
    {"data", "of a demo: the made-up graph, and its communities for --labels"},
    {"graph.fgraph", "the graph in our binary format, for any GRAPH argument"},
    {"summary.json", "everything on this page for programs: settings, inputs, metrics, timings, warnings"},
    {"figures", "all figures as SVG (for editing and print) and PNG"},
    {NULL, NULL},
};

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
    if (headed)
        fr_report_paragraph(
            report, "Conductance: the chance that a step of a random walk from a random edge end inside the "
                    "cluster leaves it. Compare sets of similar volume only; 1 means no cluster at all.");
    result_page_numbers(report, folder, summary, metrics, files, text->citation);
    status = result_page_write(report, folder);
done:
    json_decref(summary);
    return status;
}
