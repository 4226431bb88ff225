"""Verbs that work on a set or on the graph as a whole, against values worked out by hand and reference values."""

import csv
import gzip
import math

import pytest

from conftest import column, nodes_of, read_csv, read_summary


def words_of(nodes):
    return ["--set-nodes", ",".join(map(str, nodes))]


# ---- flows -----------------------------------------------------------------------------------------------------------------

def test_mqi_on_two_triangles(cluster, barbell):
    metrics, folder = cluster("mqi", barbell, *words_of([0, 1, 2, 3]), "--complement")  # more than half: takes 4 5
    assert nodes_of(folder) == [4, 5] and metrics["input_size"] == 4
    metrics, folder = cluster("mqi", barbell, *words_of([0, 1, 2]))
    assert nodes_of(folder) == [0, 1, 2]
    assert (metrics["volume"], metrics["cut"], metrics["conductance"]) == (7, 1, pytest.approx(1 / 7, rel=1e-15))


def test_mqi_refuses_more_than_half_of_the_volume(frugal, barbell, tmp_path):
    result = frugal("cluster", "mqi", barbell, *words_of([0, 1, 2, 3]), "-o", tmp_path / "out")
    assert result.code == 2 and "half" in result.err, result.text
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["dolphins_n0_d0.3", "dolphins_n14_d0.3"])
def test_flow_methods_on_dolphins(cluster, graphs, oracle, name):
    case = next(case for case in oracle("flow_cases.json") if case["name"] == name)
    metrics, folder = cluster("mqi", graphs / case["graph"], *words_of(case["R"]))
    assert nodes_of(folder) == case["mqi"]["set"]
    assert metrics["conductance"] == pytest.approx(case["mqi"]["cond"], rel=1e-12)
    metrics, folder = cluster("simplelocal", graphs / case["graph"], *words_of(case["R"]), "--delta", case["delta"],
                              "--side", "none", "--keep-disconnected")
    assert nodes_of(folder) == case["sl"]["set"]
    assert metrics["relative_conductance"] == pytest.approx(case["sl"]["rel_cond"], rel=1e-12)
    assert metrics["conductance"] == pytest.approx(case["sl"]["cond"], rel=1e-12)


def test_flowimprove_is_simplelocal_with_delta_0(cluster, graphs):
    words = words_of([0, 10, 14, 15, 40, 42, 47])
    flow, folder = cluster("flowimprove", graphs / "dolphins.smat", *words, name="flow")
    local, other = cluster("simplelocal", graphs / "dolphins.smat", *words, "--delta", "0", name="local")
    assert nodes_of(folder) == nodes_of(other) and len(nodes_of(folder)) == 21  # the side with fewer nodes
    assert flow["conductance"] == local["conductance"] == pytest.approx(6 / 94)
    assert flow["raw_size"] == 41


def test_delta_from_the_target(cluster, graphs, frugal, tmp_path):
    words = [graphs / "dolphins.smat", *words_of([0, 10, 14])]
    metrics, folder = cluster("simplelocal", *words, "--delta-from-target", "--target-nodes", "0,10,14,15,40")
    assert 0 <= read_summary(folder)["settings"]["delta"] <= 1
    assert "f1" in metrics
    result = frugal("cluster", "simplelocal", *words, "--delta-from-target", "-o", tmp_path / "none")
    assert result.code == 2 and "target" in result.err, result.text


def test_crd(cluster, graphs):
    expected = {3382: (1914, 0.3285357211525256), 100: (2701, 0.3173736945994495)}
    for seed, (size, conductance) in expected.items():
        metrics, _ = cluster("crd", graphs / "JohnsHopkins.edgelist.gz", "--seed-nodes", seed)
        assert metrics["size"] == size and metrics["conductance"] == pytest.approx(conductance, rel=1e-12)


# ---- targets -----------------------------------------------------------------------------------------------------------------

def test_targets_by_labels(cluster, graphs):
    """The two ways to say it, and what is worked out by hand from the scores."""
    words = [graphs / "sfld.edgelist", "--labels", graphs / "sfld_labels.csv"]
    group = column(graphs / "sfld_labels.csv", "group")
    value = max(set(group), key=group.count)
    members = [v for v, name in enumerate(group) if name == value]
    metrics, folder = cluster("densest", *words, "--target", f"group={value}")
    assert metrics["target_size"] == len(members)
    found = set(nodes_of(folder))
    inside = len(found & set(members))
    assert metrics["precision_count"] == pytest.approx(inside / len(found))
    assert metrics["recall_count"] == pytest.approx(inside / len(members))
    rows = read_csv(folder / "f1.csv")
    assert [row["method"] for row in rows] == ["densest"] and float(rows[0]["f1"]) == metrics["f1"]
    (folder.parent / "members.txt").write_text("# the target\n" + "".join(f"{v}\n" for v in members))
    again, _ = cluster("densest", graphs / "sfld.edgelist", "--target-file", folder.parent / "members.txt")
    assert again["f1"] == metrics["f1"]


def test_expressions_joined_by_and(cluster, graphs):
    with gzip.open(graphs / "JohnsHopkins_labels.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    expected = [int(row["node"]) for row in rows if row["year"] == "2008" and row["gender"] == "1"]
    _, folder = cluster("mqi", graphs / "JohnsHopkins.edgelist.gz", "--labels", graphs / "JohnsHopkins_labels.csv.gz",
                        "--set", "year=2008 & gender=1")
    assert read_summary(folder)["metrics"]["input_size"] == len(expected)


def test_attributes_of_graphml(cluster, frugal, graphs, tmp_path):
    path = graphs / "ppi_mips.graphml.gz"
    result = frugal("cluster", "mqi", path, "--set", "colour=3", "-o", tmp_path / "out")
    assert result.code == 3 and "colour" in result.err and "label" in result.err, result.text
    metrics, folder = cluster("crd", path, "--seed-set", "id=YDL061C")
    assert metrics["seeds"] == 1
    assert len(column(folder / "cluster.csv", "name")) == metrics["size"]


def test_a_table_of_another_run_is_a_set(cluster, graphs):
    _, first = cluster("densest", graphs / "sfld.csv.gz", name="first")  # named nodes
    assert read_csv(first / "cluster.csv")[0].keys() == {"node", "name"}
    metrics, second = cluster("simplelocal", graphs / "sfld.csv.gz", "--set-file", first / "cluster.csv", name="second")
    assert metrics["input_size"] == len(nodes_of(first)) == 100


# ---- the largest component -----------------------------------------------------------------------------------------------------

def test_largest_component_keeps_ids(cluster, frugal, tmp_path):
    path = tmp_path / "graph.txt"
    path.write_text("0 1\n3 4\n4 5\n5 3\n5 7\n7 8\n8 9\n9 7\n")  # 0 1 alone, 2 and 6 isolated
    words = [path, "--largest-component"]
    metrics, folder = cluster("mqi", *words, "--set-nodes", "7,8,9")
    assert nodes_of(folder) == [7, 8, 9]
    assert (metrics["n"], metrics["nodes_outside"], metrics["graph_volume"]) == (6, 4, 14)
    result = frugal("cluster", "mqi", *words, "--set-nodes", "7,1", "-o", tmp_path / "none")
    assert result.code == 2 and "node 1 is not in the largest component" in result.err, result.text
    (tmp_path / "labels.csv").write_text("node,side\n0,left\n1,left\n7,left\n8,left\n9,left\n")
    metrics, _ = cluster("mqi", *words, "--labels", tmp_path / "labels.csv", "--set", "side=left")
    assert metrics["input_size"] == 3  # of the five, those inside


# ---- the graph as a whole --------------------------------------------------------------------------------------------------------

def test_structure_of_real_graphs(cluster, graphs, oracle):
    for entry in oracle("graphstats.json"):
        if entry["graph"] not in ("dolphins.smat", "minnesota.edgelist", "celegans.smat"):
            continue
        path = graphs / entry["graph"]
        metrics, folder = cluster("components", path)
        assert metrics["components"] == entry["components"] and metrics["largest_component"] == entry["largest"]
        assert metrics["biconnected_components"] == entry["biconnected"]
        assert metrics["articulation_points"] == entry["articulation"]
        assert column(folder / "components.csv", "articulation").count("1") == entry["articulation"]
        metrics, folder = cluster("cores", path)
        assert metrics["max_core"] == entry["max_core"] and metrics["volume"] == pytest.approx(entry["volume"])
        assert sum(map(int, column(folder / "cores.csv", "core"))) == entry["core_sum"]
        metrics, folder = cluster("triangles", path)
        assert metrics["triangles"] == entry["triangles"]


def test_triangles_row_by_row(cluster, graphs, shared):
    _, folder = cluster("triangles", graphs / "celegans.smat")
    expected = read_csv(shared / "oracles" / "localgraph" / "triangle_celegans.csv")
    found = read_csv(folder / "triangles.csv")
    assert len(found) == len(expected)
    for row, reference in zip(found, expected):
        assert row["node"] == reference["node"]
        values = [float(row[name]) for name in ["conductance", "cut", "volume", "coefficient", "triangles"]]
        known = [float(value) for name, value in reference.items() if name != "node"]
        assert sorted(values) == pytest.approx(sorted(known), abs=1e-14)


def test_densest(cluster, graphs, oracle):
    for case in oracle("densest.json"):
        if case["graph"] not in ("dolphins.smat", "celegans.smat"):
            continue
        metrics, folder = cluster("densest", graphs / case["graph"])
        assert metrics["density"] == pytest.approx(case["density"], rel=1e-12)
        assert nodes_of(folder) == case["set"]
        greedy, _ = cluster("densest", graphs / case["graph"], "--greedy", 10)
        assert greedy["density"] <= metrics["density"] * (1 + 1e-12) <= greedy["upper_bound"] * (1 + 2e-12)
        assert greedy["density"] >= metrics["density"] / 2


def test_a_graph_of_one_node(cluster, frugal, tmp_path):
    path = tmp_path / "one.txt"
    path.write_text("0 0 2\n")
    metrics, folder = cluster("components", path)
    assert metrics["components"] == 1 and metrics["loops"] == 1
    metrics, folder = cluster("triangles", path)
    assert metrics["triangles"] == 0 and column(folder / "triangles.csv", "conductance") == ["1"]
    metrics, _ = cluster("crd", path, "--seed-nodes", 0)
    assert metrics["conductance"] == 1 and not math.isnan(metrics["volume"])
