"""Times the LocalGraphClustering package on the calls of cluster_library.c: run by bench/cluster.py with a Python that has
the package; prints "call,seconds". Not all of its calls work in every version; what fails is left out."""

import gzip
import os
import statistics
import sys
import tempfile
import time

import localgraphclustering as lgc


def median(call, seconds):
    taken = []
    while len(taken) < 3 or (sum(taken) < seconds and len(taken) < 200):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def tell(name, call, seconds):
    try:
        print(f'"{name}",{median(call, seconds):.6g}', flush=True)
    except Exception as error:  # pylint: disable=broad-except
        print(f"peer: {name}: {error}", file=sys.stderr)


def read(folder, name):
    with tempfile.NamedTemporaryFile(suffix=".edgelist", delete=False) as text:
        text.write(gzip.open(os.path.join(folder, name)).read())
    graph = lgc.GraphLocal(text.name, "edgelist", "\t")
    os.unlink(text.name)
    return graph


def main():
    folder, seconds = sys.argv[1], float(sys.argv[2])
    graph = read(folder, "JohnsHopkins.edgelist.gz")
    rank = lgc.approximate_PageRank
    for alpha, rho in ((0.1, 1e-5), (0.05, 5e-6), (0.01, 1e-6)):
        tell(f"acl {alpha:g} {rho:g}",
             lambda a=alpha, r=rho: rank(graph, [3382], method="acl", alpha=a, rho=r, iterations=10**9), seconds)
        tell(f"l1 coordinate descent {alpha:g} {rho:g}",
             lambda a=alpha, r=rho: rank(graph, [3382], method="l1reg-rand", alpha=a, rho=r, iterations=10**9), seconds)
    tell("l1 FISTA 0.1 1e-05", lambda: rank(graph, [3382], method="l1reg", alpha=0.1, rho=1e-5), seconds)
    vector = rank(graph, [3382], method="acl", alpha=0.1, rho=1e-5)
    tell("sweep", lambda: lgc.sweep_cut(graph, vector), seconds)
    ball = [3382] + list(graph.neighbors(3382))
    tell("mqi", lambda: lgc.flow_clustering(graph, ball, method="mqi"), seconds)
    tell("simplelocal", lambda: lgc.flow_clustering(graph, ball, method="sl", delta=0.3), seconds)
    tell("crd", lambda: lgc.flow_clustering(graph, [3382], method="crd"), seconds)
    tell("triangles", lambda: lgc.triangleclusters(graph), seconds)
    tell("fiedler", lambda: lgc.fiedler(graph.largest_component()), seconds)

    def profile():
        ncp = lgc.NCPData(graph)
        ncp.approxPageRank(ratio=200, nthreads=2, localmins=20, neighborhoods=200)
    tell("ncp apr", profile, 0)


if __name__ == "__main__":
    main()
