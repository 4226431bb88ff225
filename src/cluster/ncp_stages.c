/* The presets of the network community profile as lists of stages. `apr` and its deeper sequel are those of the
 * LocalGraphClustering package (alpha = 1 - 1 / (1 + gamma), gamma = 0.01 / 0.99). */
#include "ncp.h"

#include <math.h>

typedef struct {
    ncp_stage *stage;
    int count;
} stage_list;

static void put(stage_list *list, ncp_stage stage)
{
    list->stage[list->count++] = stage;
}

static void put_neighbourhoods_themselves(stage_list *list)
{
    put(list, (ncp_stage){.method = NCP_INPUT_ITSELF,
                          .name = "neighborhood",
                          .kind = FR_CLUSTER_INPUT_NEIGHBOURHOOD,
                          .share = 0.1,
                          .alpha = NAN,
                          .rho = NAN,
                          .time_share = 0.1});
}

/* A PageRank method from local minima, nodes and neighbourhoods; sets of seeds have ten times the rho of single ones. */
static void put_diffusions(stage_list *list, ncp_method method, const char *name, double alpha, int n_rho,
                           const double *rho)
{
    for (int k = 0; k < n_rho; k++)
        put(list,
            (ncp_stage){method, name, FR_CLUSTER_INPUT_NEIGHBOURHOOD, true, 0.5, alpha, 10 * rho[k], 0});
    for (int k = 0; k < n_rho; k++)
        put(list, (ncp_stage){method, name, FR_CLUSTER_INPUT_NODE, false, 0.3, alpha, rho[k], 0});
    for (int k = 0; k < n_rho; k++)
        put(list,
            (ncp_stage){method, name, FR_CLUSTER_INPUT_NEIGHBOURHOOD, false, 0.3, alpha, 10 * rho[k], 0});
}

static void put_plain(stage_list *list, ncp_method method, const char *name, fr_cluster_input_kind kind)
{
    put(list, (ncp_stage){method, name, kind, false, 0.3, NAN, NAN, 0});
}

/* Of the time that is left: the first stage's share is given or equal to the others'. */
static void share_time(stage_list *list)
{
    for (int k = 0; k < list->count; k++)
        if (list->stage[k].time_share == 0) list->stage[k].time_share = 1.0 / (list->count - k);
}

int ncp_stages(fr_cluster_ncp_preset preset, ncp_stage stages[ncp_most_stages])
{
    static const double rho[] = {1e-5, 1e-4}, rho_l1[] = {1e-10, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4};
    static const double deeper[] = {1e-7, 1e-6}; /* (1e-5 / 1e-4) rho / 10, 10 being the ratio of the two */
    const double gamma = 0.01 / 0.99, alpha = 1 - 1 / (1 + gamma), deep_alpha = 1 - 1 / (1 + gamma / 10);
    stage_list list = {stages, 0};
    switch (preset) {
    case FR_CLUSTER_NCP_APR:
    case FR_CLUSTER_NCP_DEEP:
        put_neighbourhoods_themselves(&list);
        put_diffusions(&list, NCP_ACL, "acl", alpha, 2, rho);
        if (preset == FR_CLUSTER_NCP_DEEP) put_diffusions(&list, NCP_ACL, "deep_acl", deep_alpha, 2, deeper);
        break;
    case FR_CLUSTER_NCP_L1:
        put_neighbourhoods_themselves(&list);
        put_diffusions(&list, NCP_L1, "l1", alpha, 6, rho_l1);
        break;
    case FR_CLUSTER_NCP_CRD:
        put_plain(&list, NCP_CRD, "crd", FR_CLUSTER_INPUT_NEIGHBOURHOOD);
        put_plain(&list, NCP_CRD, "crd", FR_CLUSTER_INPUT_NODE);
        break;
    case FR_CLUSTER_NCP_MQI:
        put_plain(&list, NCP_MQI, "mqi", FR_CLUSTER_INPUT_NEIGHBOURHOOD);
        break;
    }
    share_time(&list);
    return list.count;
}
