"""Verbs that start from seeds, as whole commands, against reference values; their options, limits and inputs."""

import math
import shutil

import pytest

from conftest import column, nodes_of, read_csv, read_summary


def case_of(oracle, file, name):
    return next(case for case in oracle(file) if case["name"] == name)


def seeds_of(case):
    return ["--seed-nodes", ",".join(map(str, case["seeds"]))]


def vector_of(folder, name="vector.csv", value="p"):
    return {int(row["node"]): float(row[value]) for row in read_csv(folder / name)}


def reference_of(shared, name, value="p"):
    rows = read_csv(shared / "oracles" / "localgraph" / name)
    return {int(row["node"]): float(row[value]) for row in rows}


# ---- l1pr ----------------------------------------------------------------------------------------------------------------------

def test_l1pr_on_two_triangles(cluster, barbell):
    metrics, folder = cluster("l1pr", barbell, "--seed-nodes", "0", "--alpha", "0.2", "--rho", "0.05",
                              "--certificate", "1e-13")
    assert vector_of(folder) == pytest.approx({0: 101 / 280, 1: 31 / 280, 2: 3 / 28}, abs=1e-13)
    x = vector_of(folder, value="p_over_degree")
    assert x == pytest.approx({0: 101 / 560, 1: 31 / 560, 2: 1 / 28}, abs=1e-13)
    assert nodes_of(folder) == [0, 1, 2] and metrics["conductance"] == pytest.approx(1 / 7, rel=1e-15)
    rows = [[float(row[name]) for name in ["rank", "node", "volume", "cut", "conductance"]]
            for row in read_csv(folder / "sweep.csv")]
    assert rows == [[0, 0, 2, 2, 1], [1, 1, 4, 2, 0.5], [2, 2, 7, 1, pytest.approx(1 / 7, rel=1e-15)]]
    assert metrics["converged"] is True and metrics["support"] == 3
    assert metrics["sum_p"] + metrics["sum_residual"] == pytest.approx(1, abs=1e-15)
    for name in ["size", "volume", "cut", "objective", "error_bound", "duality_gap", "steps", "pushes", "arcs_read",
                 "peak_support", "seconds", "n", "arcs", "edges", "graph_volume"]:
        assert isinstance(metrics[name], (int, float)), name


@pytest.mark.parametrize("words", [[], ["--order", "cyclic"], ["--order", "greedy"], ["--order", "random"],
                                   ["--solver", "exact"], ["--solver", "ista"], ["--solver", "fista"]])
@pytest.mark.parametrize("name", ["dolphins_a", "celegans_w"])
def test_l1pr_solvers_reach_the_optimum(cluster, graphs, oracle, shared, name, words):
    case = case_of(oracle, "l1_cases.json", name)
    metrics, folder = cluster("l1pr", graphs / case["graph"], *seeds_of(case), "--alpha", case["alpha"],
                              "--rho", case["rho"], "--certificate", "1e-6", *words)
    expected, found = reference_of(shared, f"l1_{name}.csv", "x"), vector_of(folder, value="p_over_degree")
    bound = 1e-6 * case["rho"] + 1e-14  # the certificate that was asked for, and rounding
    for node in expected.keys() | found.keys():
        assert abs(found.get(node, 0) - expected.get(node, 0)) <= bound, node
    assert metrics["error_bound"] <= 1e-6 * case["rho"]
    assert metrics["objective"] == pytest.approx(case["objective"], rel=1e-9)
    rounding = 1e-13 * abs(case["objective"])
    assert -rounding <= metrics["objective"] - case["objective"] <= metrics["duality_gap"] + rounding
    assert metrics["conductance"] == pytest.approx(case["sweep_conductance"], rel=1e-12)
    assert nodes_of(folder) == case["sweep_set"]


def test_l1pr_by_target_volume(cluster, graphs, frugal, tmp_path):
    path = graphs / "dolphins.smat"
    metrics, folder = cluster("l1pr", path, "--seed-nodes", "0", "--target-volume", "90")
    assert read_summary(folder)["settings"]["rho"] == pytest.approx(0.15 / 90)
    assert metrics["support_volume"] <= 90 / 0.15
    result = frugal("cluster", "l1pr", path, "--seed-nodes", "0", "--target-volume", "90", "--rho", "1e-3", "-o",
                    tmp_path / "none")
    assert result.code == 2 and "not both" in result.err, result.text


def test_l1pr_limits_are_told(cluster, graphs):
    words = ["l1pr", graphs / "dolphins.smat", "--seed-nodes", "0", "--rho", "1e-4", "--max-steps", 5]
    metrics, folder = cluster(*words, code=1)
    summary = read_summary(folder)
    assert metrics["converged"] is False and summary["status"] == "not_converged"
    assert "--max-steps" in summary["warnings"][0]
    assert metrics["error_bound"] > 1e-10 and metrics["steps"] <= 5
    metrics, folder = cluster(*words, "--allow-unconverged")
    assert metrics["converged"] is False and read_summary(folder)["status"] == "done"


def test_improvement_of_the_cluster(cluster, graphs):
    words = ["l1pr", graphs / "dolphins.smat", "--seed-nodes", "0", "--rho", "3e-3", "--target-nodes", "0,2,10,28"]
    plain, _ = cluster(*words)
    mqi, folder = cluster(*words, "--improve", "mqi")
    assert mqi["conductance"] <= plain["conductance"] == mqi["sweep_conductance"]
    assert [row["method"] for row in read_csv(folder / "f1.csv")] == ["l1pr", "mqi"]
    local, folder = cluster(*words, "--improve", "simplelocal", "--delta", "0.1")
    assert local["conductance"] <= plain["conductance"]
    assert [row["method"] for row in read_csv(folder / "f1.csv")][-1] == "simplelocal"
    assert local["f1"] == float(read_csv(folder / "f1.csv")[-1]["f1"])


def test_an_isolated_seed(cluster, tmp_path):
    path = tmp_path / "graph.txt"
    path.write_text("0 1\n1 2\n")
    metrics, folder = cluster("l1pr", path, "--nodes", "5", "--seed-nodes", "4", "--rho", "1e-3")
    warning = read_summary(folder)["warnings"][0]
    assert "no neighbours" in warning and "zero" in warning
    assert (metrics["support"], metrics["sum_p"], metrics["size"]) == (0, 0, 0)
    assert metrics["isolated_mass"] == 1 and metrics["converged"] is True
    assert read_csv(folder / "vector.csv") == []
    metrics, folder = cluster("l1pr", path, "--nodes", "5", "--seed-nodes", "4,1", "--rho", "1e-3")
    assert metrics["isolated_mass"] == 0.5 and "0.5 of the mass" in read_summary(folder)["warnings"][0]


@pytest.mark.parametrize("option, value", [
    ("--alpha", "0"), ("--alpha", "1"), ("--alpha", "-0.1"), ("--rho", "0"), ("--rho", "-1"), ("--rho", "nan"),
    ("--certificate", "0"), ("--target-volume", "0"), ("--delta", "-1"), ("--solver", "admm"), ("--order", "best"),
])
def test_parameters_out_of_range(frugal, barbell, tmp_path, option, value):
    result = frugal("cluster", "l1pr", barbell, "--seed-nodes", "0", option, value, "-o", tmp_path / "out")
    assert result.code == 2 and option in result.err and f"found '{value}'" in result.err, result.text


# ---- is the seed good? -----------------------------------------------------------------------------------------------------------

def test_diagnosis(frugal, barbell, tmp_path):
    out = tmp_path / "out"
    words = ["cluster", "l1pr", barbell, "--seed-nodes", "2", "--alpha", "0.3", "--rho", "0.05", "--diagnose"]
    result = frugal(*words, "-o", out)
    assert result.code == 0, result.text
    metrics = read_summary(out)["metrics"]
    assert nodes_of(out) == [0, 1, 2]  # volume 7, one edge of three leaves from the seed
    assert metrics["diagnose_gamma"] == pytest.approx(6 / 7) and metrics["diagnose_p"] == 1
    assert metrics["diagnose_q"] == pytest.approx(1 / 9) and metrics["diagnose_outside_neighbours"] == 1
    assert metrics["diagnose_seed_outside"] == pytest.approx(1 / 3) and metrics["diagnose_seed_leaks"] is True
    assert metrics["diagnose_common"] == 3 and metrics["diagnose_few_common"] is False  # log 3 = 1.1
    # of the matrix (0 a; b 0 with a = 1/sqrt(6) to the seed): 1 - the largest root of m^2 - m/2 - 1/3
    local = 1 - (0.5 + math.sqrt(0.25 + 4 / 3)) / 2
    assert metrics["diagnose_local_lambda"] == pytest.approx(local, abs=1e-9)
    assert metrics["diagnose_gap"] == pytest.approx(7 * local, abs=1e-8)
    assert metrics["diagnose_large_alpha"] is (0.3 > 2 * local) is True
    assert metrics["diagnose_large_rho"] is (0.05 > metrics["diagnose_rho_threshold"])
    lines = [line for line in result.err.splitlines() if line.startswith("diagnosis: ")]
    assert len(lines) == 5 and "33.3 % of the seed's links leave the cluster, to 1 node there" in lines[1]
    report = (out / "report.html").read_text(encoding="utf-8")
    assert "Is the seed good?" in report and "to 1 node there" in report


@pytest.mark.parametrize("words", [["acl", "--eps", "0.01"], ["path", "--rho-min", "0.01"], ["search"],
                                   ["l1pr", "--rho", "0.01", "--improve", "mqi"]])
def test_all_that_diagnose(cluster, barbell, words):
    metrics, folder = cluster(*words, barbell, "--seed-nodes", "0", "--diagnose")
    assert nodes_of(folder) == [0, 1, 2] and metrics["diagnose_seed_leaks"] is False
    assert metrics["diagnose_gamma"] == pytest.approx(6 / 7)
    expected = metrics["best_rho"] if words[0] == "search" else 0.01
    assert metrics["diagnose_rho"] == expected
    plain, _ = cluster(*words, barbell, "--seed-nodes", "0")
    assert not [name for name in plain if name.startswith("diagnose")]


def test_a_path_that_ends_early_is_judged_there(cluster, barbell):
    metrics, folder = cluster("path", barbell, "--seed-nodes", "0", "--max-nodes", "3", "--diagnose")
    assert metrics["diagnose_rho"] == float(read_csv(folder / "path.csv")[-1]["rho"]) > 1e-5


def test_no_diagnosis_of_batches_and_of_nothing(frugal, cluster, barbell, tmp_path):
    result = frugal("cluster", "l1pr", barbell, "--seed-nodes", "0,1", "--each-seed", "--diagnose", "-o", tmp_path / "b")
    assert result.code == 2 and "--diagnose is for a run from one set of seeds" in result.err
    metrics, folder = cluster("l1pr", barbell, "--seed-nodes", "0", "--rho", "1", "--diagnose")
    assert metrics["size"] == 0 and "no cluster to diagnose" in read_summary(folder)["warnings"][0]


# ---- seeds -------------------------------------------------------------------------------------------------------------------------

def test_masses_of_seeds(cluster, graphs, tmp_path):
    path = graphs / "celegans.smat"  # weighted
    words = ["acl", path, "--alpha", "0.2", "--eps", "1e-4"]
    degree = {int(row["node"]): float(row["degree"]) for row in read_csv(cluster("cores", path)[1] / "cores.csv")}
    by_degree, _ = cluster(*words, "--seed-nodes", "3,5", "--mass", "degree", name="a")
    (tmp_path / "seeds.txt").write_bytes(f"# seed and mass\r\n3 {degree[3]}\r\n5\t{degree[5]}\r\n".encode())
    from_file, _ = cluster(*words, "--seed-file", tmp_path / "seeds.txt", name="b")
    assert vector_of(tmp_path / "a") == vector_of(tmp_path / "b") and by_degree["sum_p"] == from_file["sum_p"]
    each, _ = cluster(*words, "--seed-nodes", "3,5", "--mass", "each-one")
    assert each["sum_p"] + each["sum_residual"] == pytest.approx(2)


def test_a_mass_in_the_file_and_a_rule(frugal, barbell, tmp_path):
    (tmp_path / "seeds.txt").write_text("0 1\n1 2\n")
    result = frugal("cluster", "l1pr", barbell, "--seed-file", tmp_path / "seeds.txt", "--mass", "degree", "-o",
                    tmp_path / "out")
    assert result.code == 2 and "leave --mass out" in result.err, result.text
    (tmp_path / "seeds.txt").write_text("0 1\n1 -2\n")
    result = frugal("cluster", "l1pr", barbell, "--seed-file", tmp_path / "seeds.txt", "-o", tmp_path / "out")
    assert result.code == 3 and "seeds.txt:2" in result.err, result.text


def test_seeds_by_name(cluster, graphs):
    """The named graph and the numbered one, whose nodes are in the same order, have the same answer."""
    names = column(cluster("cores", graphs / "sfld.csv.gz")[1] / "cores.csv", "name")
    words = ["--unweighted", "--rho", "1e-4"]
    _, named = cluster("l1pr", graphs / "sfld.csv.gz", *words, "--seed-nodes", f"{names[7]}, {names[20]}", name="a")
    _, numbered = cluster("l1pr", graphs / "sfld.csv.gz", *words, "--seed-nodes", "7,20", name="b")
    assert (named / "vector.csv").read_bytes() == (numbered / "vector.csv").read_bytes()
    row = read_csv(named / "vector.csv")[0]
    assert list(row) == ["node", "name", "p", "p_over_degree"] and names[int(row["node"])] == row["name"]


def test_largest_component_and_the_whole_graph_have_the_same_cluster(cluster, graphs):
    path = graphs / "JohnsHopkins.edgelist.gz"
    words = ["--seed-nodes", "3382", "--alpha", "0.1", "--rho", "1e-4"]
    whole, a = cluster("l1pr", path, *words, name="a")
    part, b = cluster("l1pr", path, *words, "--largest-component", name="b")
    assert (a / "vector.csv").read_bytes() == (b / "vector.csv").read_bytes()
    assert (whole["n"], part["n"], part["nodes_outside"]) == (5180, 5157, 23)
    assert whole["objective"] == part["objective"]


# ---- acl, hk -----------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["dolphins_a", "dolphins_b", "celegans_w", "minnesota"])
def test_acl(cluster, graphs, oracle, shared, name):
    case = case_of(oracle, "acl_cases.json", name)
    metrics, folder = cluster("acl", graphs / case["graph"], *seeds_of(case), "--alpha", case["alpha"],
                              "--eps", case["eps"], "--residual")
    expected = {node: p for node, p in reference_of(shared, f"acl_{name}.csv").items() if p > 0}
    assert vector_of(folder) == pytest.approx(expected, abs=1e-12)
    residual = reference_of(shared, f"acl_{name}.csv", "residual")
    found = vector_of(folder, "residual.csv", "residual")
    assert {v: r for v, r in found.items() if r > 0} == pytest.approx({v: r for v, r in residual.items() if r > 0},
                                                                      abs=1e-12)
    assert metrics["steps"] == case["pushes"] and metrics["support"] == len(expected)
    assert metrics["conductance"] == pytest.approx(case["sweep_conductance"], rel=1e-12)
    assert nodes_of(folder) == case["sweep_set"]


def test_nibble(cluster, frugal, graphs, tmp_path):
    path = graphs / "dolphins.smat"
    _, folder = cluster("acl", path, "--seed-nodes", "0", "--nibble")
    settings, m = read_summary(folder)["settings"], 159
    b = min(1 + math.log2(100), math.log2(m))
    assert settings["alpha"] == pytest.approx(0.25 / (225 * math.log(100 * math.sqrt(m))))
    assert settings["eps"] == pytest.approx(2**-b / (48 * math.log2(m)))
    for words in [["--nibble", "--eps", "1e-3"], ["--nibble-volume", "10"]]:
        assert frugal("cluster", "acl", path, "--seed-nodes", "0", *words, "-o", tmp_path / "none").code == 2


def heat_kernel(edges, n, seed, t):
    """e^-t sum_k t^k/k! P^k of one seed, term by term."""
    neighbours = [[b for a, b in edges if a == v] for v in range(n)]
    term = [float(v == seed) for v in range(n)]
    total = [math.exp(-t) * value for value in term]
    for k in range(1, 200):
        term = [t / k * sum(term[u] / len(neighbours[u]) for u in neighbours[v]) for v in range(n)]
        total = [a + math.exp(-t) * b for a, b in zip(total, term)]
    return total, [len(row) for row in neighbours]


@pytest.mark.parametrize("t, eps", [(5, 1e-3), (15, 1e-4)])
def test_hk(cluster, graphs, t, eps):
    edges = [tuple(map(int, line.split()[:2])) for line in (graphs / "dolphins.smat").read_text().splitlines()]
    exact, degree = heat_kernel(edges, 62, 0, t)
    metrics, folder = cluster("hk", graphs / "dolphins.smat", "--seed-nodes", "0", "--t", t, "--eps", eps)
    found = vector_of(folder)
    for v in range(62):
        assert -1e-12 <= (exact[v] - found.get(v, 0)) / degree[v] <= eps, v
    assert metrics["sum_p"] == pytest.approx(sum(found.values())) and metrics["size"] == len(nodes_of(folder)) > 0


# ---- path, stagewise, ppr-path, search -----------------------------------------------------------------------------------------------

def test_path_on_two_triangles(cluster, barbell):
    metrics, folder = cluster("path", barbell, "--seed-nodes", "0", "--alpha", "0.2", "--rho-min", "1e-3")
    rows = read_csv(folder / "path.csv")
    assert [int(row["node"]) for row in rows] == [0, 1, 2, 3, 4, 5]
    assert [float(row["rho"]) for row in rows] == pytest.approx([1 / 2, 1 / 8, 1 / 10, 1 / 31, 1 / 90, 1 / 90], rel=1e-12)
    assert [float(row["cut"]) for row in rows] == [2, 2, 1, 2, 2, 0]
    assert nodes_of(folder) == [0, 1, 2] and metrics["support"] == 6


def test_path_of_dolphins(cluster, graphs, oracle, shared):
    case = case_of(oracle, "path_cases.json", "dolphins")
    _, folder = cluster("path", graphs / case["graph"], *seeds_of(case), "--alpha", case["alpha"], "--rho-min",
                        case["rho_min"])
    expected = read_csv(shared / "oracles" / "localgraph" / "path_dolphins.csv")
    rows = read_csv(folder / "path.csv")
    assert [float(row["rho"]) for row in rows] == pytest.approx([float(row["rho_enter"]) for row in expected], rel=1e-9)
    metrics, folder = cluster("path", graphs / case["graph"], *seeds_of(case), "--max-nodes", 10)
    assert len(read_csv(folder / "path.csv")) == 10
    metrics, folder = cluster("path", graphs / case["graph"], *seeds_of(case), "--max-volume", 60)
    assert float(read_csv(folder / "path.csv")[-2]["volume"]) < 60


def test_stagewise(cluster, graphs, oracle):
    case = oracle("stagewise.json")
    for run in case["runs"][:2]:
        metrics, folder = cluster("stagewise", graphs / case["graph"], "--seed-nodes", case["seed"], "--alpha",
                                  case["alpha"], "--rho-min", case["rho_min"], "--eta", run["eta"])
        assert abs(metrics["steps"] - run["steps"]) <= 1
        assert metrics["sum_p"] == pytest.approx(run["sum_p"], abs=1.5 * run["eta"])
        steps = read_csv(folder / "stagewise.csv")
        assert len(steps) == metrics["steps"] and [int(row["node"]) for row in steps[:12]] == run["first_nodes"]
    cluster("stagewise", graphs / case["graph"], "--seed-nodes", 0, "--max-steps", 7, code=1)


def test_ppr_path(cluster, graphs, oracle, shared):
    case = oracle("pprpath.json")
    metrics, folder = cluster("ppr-path", graphs / case["graph"], "--seed-nodes", case["seed"], "--damping", case["t"],
                              "--eps-min", case["eps"], "--rho", case["rho_fac"])
    assert (metrics["rows"], metrics["steps"], metrics["support"]) == (case["rows"], case["steps"], case["inserted"])
    assert nodes_of(folder) == case["best_set"]
    rows = read_csv(folder / "ppr_path.csv")[::10]
    expected = read_csv(shared / "oracles" / "localgraph" / "pprpath_usps.csv")
    for row, reference in zip(rows, expected):
        for name, other in [("eps", "eps"), ("conductance", "phi"), ("cut", "cut"), ("volume", "vol"), ("step", "step")]:
            assert float(row[name]) == pytest.approx(float(reference[other]), rel=1e-9)


def test_search(cluster, frugal, graphs, tmp_path):
    path = graphs / "dolphins.smat"
    metrics, folder = cluster("search", path, "--seed-nodes", "0", "--alpha-range", "0.05,0.2,2", "--rho-range",
                              "1e-4,1e-2,3")
    rows = read_csv(folder / "search.csv")
    assert [round(float(row["alpha"]), 12) for row in rows] == [0.2] * 3 + [0.05] * 3
    assert [round(float(row["rho"]), 12) for row in rows] == [0.01, 0.001, 0.0001] * 2
    best = min(float(row[name]) for row in rows for name in ["support_conductance", "sweep_conductance"])
    assert metrics["conductance"] == best
    single, _ = cluster("l1pr", path, "--seed-nodes", "0", "--alpha", metrics["best_alpha"], "--rho", metrics["best_rho"])
    assert single["support"] == metrics["support"]
    for words in [["--alpha-range", "0.1,0.2"], ["--alpha-range", "0.1,1,3"], ["--rho-range", "1e-2,1e-4,3"],
                  ["--rho-range", "1e-4,1e-2,2.5"]]:
        result = frugal("cluster", "search", path, "--seed-nodes", "0", *words, "-o", tmp_path / "none")
        assert result.code == 2 and words[0] in result.err, result.text


def test_search_on_path(cluster, frugal, graphs, tmp_path):
    words = ["search", graphs / "dolphins.smat", "--seed-nodes", "0", "--alpha-range", "0.05,0.2,2", "--rho-range", "1e-4,1e-2,3"]
    metrics, folder = cluster(*words, "--on-path")
    rows = read_csv(folder / "search.csv")
    assert [int(row["path_supports"]) > 0 for row in rows] == [True, False, False, False] * 2
    assert metrics["conductance"] == min(float(row["sweep_conductance"]) for row in rows)
    path = read_csv(folder / "path.csv")
    row = next(row for row in rows if float(row["alpha"]) == metrics["best_alpha"])
    ends = [k for k in range(len(path)) if k + 1 == len(path) or path[k + 1]["rho"] != path[k]["rho"]]
    assert len(ends) == int(row["path_supports"])
    best = min(ends, key=lambda k: float(path[k]["conductance"]))
    assert float(row["support_conductance"]) == pytest.approx(float(path[best]["conductance"]), abs=1e-12)
    assert int(row["support"]) == best + 1
    assert float(path[best]["rho"]) >= float(row["rho"])
    grid, grid_folder = cluster(*words)
    assert [row for row in rows if row["path_supports"] == "0"] == read_csv(grid_folder / "search.csv")
    assert metrics["conductance"] <= grid["conductance"]
    result = frugal("cluster", *words, "--path-nodes", "5", "-o", tmp_path / "none")
    assert result.code == 2 and "--path-nodes is for --on-path" in result.err, result.text


# ---- sweep ----------------------------------------------------------------------------------------------------------------------------

def test_sweep_of_a_vector(cluster, graphs):
    path = graphs / "dolphins.smat"
    found, folder = cluster("l1pr", path, "--seed-nodes", "0", "--rho", "1e-3", name="l1")
    again, swept = cluster("sweep", path, "--vector", folder / "vector.csv", name="swept")
    assert (folder / "sweep.csv").read_bytes() == (swept / "sweep.csv").read_bytes()
    assert (folder / "cluster.csv").read_bytes() == (swept / "cluster.csv").read_bytes()
    assert again["conductance"] == found["conductance"]
    limited, _ = cluster("sweep", path, "--vector", folder / "vector.csv", "--max-volume", 50)
    assert limited["volume"] <= 50
    large, _ = cluster("sweep", path, "--vector", folder / "vector.csv", "--min-size", 39)
    assert large["size"] == 39


def test_sweep_of_other_tables(cluster, frugal, barbell, tmp_path):
    table = tmp_path / "values"
    table.write_text("5 1\n4 2\n3 3\n0 0\n")  # no header
    _, folder = cluster("sweep", barbell, "--vector", table)
    assert nodes_of(folder) == [3, 4, 5] and column(folder / "sweep.csv", "node") == ["3", "4", "5", "0"]
    _, folder = cluster("sweep", barbell, "--vector", table, "--no-sort")
    assert column(folder / "sweep.csv", "node") == ["5", "4", "3", "0"]
    table.write_text("node,a,b\n0,-1,1\n1,-2,2\n2,-3,3\n")
    _, folder = cluster("sweep", barbell, "--vector", table, "--column", "a")
    assert column(folder / "sweep.csv", "node") == ["0", "1", "2"]
    metrics, folder = cluster("sweep", barbell, "--vector", table, "--column", "a", "--two-sided", "--objective", "cut")
    assert metrics["cut"] == 1 and metrics["negated"] is False
    for text, place in [("node,value\n0,1\n9,2\n", ":3"), ("0 1\n1 x\n", ":2"), ("0\n1\n", "one column"),
                        ("node,value\n0,1\n0,2\n", "twice")]:
        table.write_text(text)
        result = frugal("cluster", "sweep", barbell, "--vector", table, "-o", tmp_path / "none")
        assert result.code in (2, 3) and place in result.err, result.text


# ---- ball, extrema ------------------------------------------------------------------------------------------------------------------------

def test_ball(cluster, frugal, barbell, tmp_path):
    for radius, expected in [(0, [0]), (1, [0, 1, 2]), (2, [0, 1, 2, 3]), (9, [0, 1, 2, 3, 4, 5])]:
        _, folder = cluster("ball", barbell, "--seed-nodes", "0", "--radius", radius)
        assert nodes_of(folder) == expected
    metrics, _ = cluster("ball", barbell, "--seed-nodes", "0", "--until-share", "0.5", "--target-nodes", "0,1,2")
    assert metrics["recall"] > 0.5
    assert frugal("cluster", "ball", barbell, "--seed-nodes", "0", "--until-share", "0.5", "-o", tmp_path / "x").code == 2


def test_extrema(cluster, barbell, tmp_path):
    table = tmp_path / "values.csv"
    table.write_text("node,value\n0,1\n1,2\n2,3\n3,2\n4,0.5\n5,0.5\n")
    _, folder = cluster("extrema", barbell, "--vector", table)
    assert column(folder / "extrema.csv", "node") == ["0", "4", "5"]
    _, folder = cluster("extrema", barbell, "--vector", table, "--strict")
    assert column(folder / "extrema.csv", "node") == ["0"]
    _, folder = cluster("extrema", barbell, "--vector", table, "--maxima", "--strict")
    assert column(folder / "extrema.csv", "node") == ["2"]


# ---- spectral ----------------------------------------------------------------------------------------------------------------------------

def test_spectral_verbs(cluster, graphs, oracle):
    for case in oracle("spectral.json"):
        if case["graph"] not in ("dolphins.smat", "celegans.smat", "minnesota.edgelist"):
            continue
        path = graphs / case["graph"]
        metrics, folder = cluster("fiedler", path, "--whole-graph", "--dimensions", 2)
        assert metrics["eigenvalues"] == pytest.approx([case["lambda2"], case["lambda3"]], abs=1e-9)
        assert metrics["lambda2"] == metrics["eigenvalues"][0]
        assert metrics["conductance"] == pytest.approx(case["sweep_cond_best"], abs=1e-9)
        assert metrics["size"] in (case["sweep_size"], metrics["nodes_in_question"] - case["sweep_size"])
        assert list(read_csv(folder / "fiedler.csv")[0]) == ["node", "value", "value2"]
        if "R" not in case:
            continue
        metrics, folder = cluster("fiedler-local", path, "--set-nodes", ",".join(map(str, case["R"])))
        assert metrics["lambda"] == pytest.approx(case["lambda_local"], abs=1e-9)
        assert metrics["conductance"] == pytest.approx(case["local_sweep_cond"], abs=1e-9)
        assert metrics["size"] == case["local_sweep_size"]
        near, _ = cluster("mov", path, "--set-nodes", ",".join(map(str, case["R"])), "--kappa", "0.8")
        assert near["correlation"] == pytest.approx(0.8, abs=1e-6) and near["shift"] < case["lambda2"]


def test_fiedler_takes_the_largest_component(cluster, graphs):
    metrics, _ = cluster("fiedler", graphs / "minnesota.edgelist")
    assert metrics["components"] == 2 and metrics["lambda2"] > 1e-5 and metrics["nodes_in_question"] == 2640


# ---- score ----------------------------------------------------------------------------------------------------------------------------------

def test_score(cluster, graphs, barbell):
    metrics, _ = cluster("score", barbell, "--set-nodes", "2,1,0", "--target-nodes", "1,2,3")
    expected = {"size": 3, "volume": 7, "cut": 1, "components": 1, "triangles": 1, "inner_density": 1,
                "weight_inside": 6, "separability": 3, "conductance": 1 / 7, "precision_count": 2 / 3, "recall": 5 / 8,
                "precision": 5 / 7}
    assert {name: metrics[name] for name in expected} == pytest.approx(expected)
    whole, _ = cluster("score", barbell, "--set-nodes", "0,1,2,3,4,5")
    assert (whole["conductance"], whole["cut"], whole["separability"]) == (1, 0, None)
    year, _ = cluster("score", graphs / "JohnsHopkins.edgelist.gz", "--labels", graphs / "JohnsHopkins_labels.csv.gz",
                      "--set", "year=2009", "--largest-component")
    assert (year["size"], year["volume"]) == (910, 33059) and year["conductance"] == pytest.approx(0.21153, abs=5e-6)


# ---- figures ------------------------------------------------------------------------------------------------------------------------------------

def test_figures_and_report(frugal, graphs, tmp_path):
    result = frugal("cluster", "l1pr", graphs / "dolphins.smat", "--seed-nodes", "0", "--rho", "1e-3", "-o", tmp_path / "out")
    assert result.code == 0, result.text
    assert "Certificate" in (tmp_path / "out" / "report.html").read_text()
    if shutil.which("gnuplot"):
        assert (tmp_path / "out" / "figures" / "sweep_profile.svg").exists()


def test_places_by_file_or_by_attributes(frugal, barbell, tmp_path):
    """The same six places from a table and from a GML file; the drawing's tables are in the numbers of the whole graph."""
    places = [(0, 0), (0, 2), (1, 1), (3, 1), (4, 0), (4, 2)]
    (tmp_path / "places.csv").write_text("node,x,y\n" + "".join(f"{v},{x},{y}\n" for v, (x, y) in enumerate(places)))
    gml = "graph [\n" + "".join(f"  node [ id {v} x {x} y {y} ]\n" for v, (x, y) in enumerate(places))
    gml += "".join("  edge [ source {} target {} ]\n".format(*line.split()) for line in barbell.read_text().splitlines())
    (tmp_path / "graph.gml").write_text(gml + "]\n")
    for name, words in [("a", [barbell, "--layout", tmp_path / "places.csv"]), ("b", [tmp_path / "graph.gml"])]:
        result = frugal("cluster", "l1pr", *words, "--seed-nodes", "0", "--largest-component", "-o", tmp_path / name)
        assert result.code == 0, result.text
    for table in ["layout.csv", "layout_edges.csv"]:
        assert (tmp_path / "a" / table).read_bytes() == (tmp_path / "b" / table).read_bytes()
    assert [row["member"] for row in read_csv(tmp_path / "a" / "layout.csv")] == ["1"] * 3 + ["0"] * 3
    assert len(read_csv(tmp_path / "a" / "layout_edges.csv")) == 7
    result = frugal("cluster", "l1pr", barbell, "--seed-nodes", "0", "--layout", tmp_path / "none", "-o", tmp_path / "c")
    assert result.code == 3 and "none" in result.err and not (tmp_path / "c").exists(), result.text


def test_capacity_releasing_diffusion_from_an_isolated_seed(cluster, tmp_path):
    path = tmp_path / "graph.txt"
    path.write_text("0 1\n1 2\n")
    metrics, folder = cluster("crd", path, "--nodes", 4, "--seed-nodes", 3)
    assert metrics["size"] == 1 and "no neighbours" in read_summary(folder)["warnings"][0]
