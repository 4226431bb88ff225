"""frugal cluster flow-diffusion as a whole command: files, metrics, options, known communities, bad input."""

import pytest

from conftest import column, nodes_of, read_csv, read_summary

METRICS = ["support", "support_volume", "mass", "excess", "energy", "objective", "duality_gap", "misfit", "rounds", "steps",
           "pushes", "arcs_read", "peak_support", "seconds", "size", "volume", "cut", "conductance"]


def potentials(folder):
    return {int(row["node"]): float(row["x"]) for row in read_csv(folder / "vector.csv")}


@pytest.mark.parametrize("p", [2, 3, 4])
def test_two_triangles(cluster, barbell, p):
    """Mass 7.5 at node 0 of two triangles that the edge 2-3 joins: the conditions of the optimum, written out."""
    metrics, folder = cluster("flow-diffusion", barbell, "--seed-nodes", 0, "--p", p, "--total-mass", 7.5, "--tolerance", 1e-10)
    x = potentials(folder)
    assert set(x) == {0, 1, 2} and list(x.values()) == sorted(x.values(), reverse=True)

    def flow(a, b):
        fall = x.get(a, 0) - x.get(b, 0)
        return abs(fall) ** (1 / (p - 1)) * (1 if fall > 0 else -1)

    assert flow(0, 1) + flow(0, 2) == pytest.approx(5.5, abs=1e-6)  # node 0 keeps its degree
    assert flow(0, 1) - flow(1, 2) == pytest.approx(2, abs=1e-6)  # and so do 1
    assert flow(0, 2) + flow(1, 2) - flow(2, 3) == pytest.approx(3, abs=1e-6)  # and 2
    assert flow(2, 3) == pytest.approx(0.5, abs=1e-6)  # what is over fits into node 3
    for name in METRICS:
        assert isinstance(metrics[name], (int, float)), name
    assert metrics["converged"] is True and metrics["support_volume"] == 7 and metrics["mass"] == 7.5
    assert metrics["duality_gap"] <= 1e-10 * metrics["energy"] and metrics["excess"] <= 1e-10 * 7.5
    edges = [(0, 1), (0, 2), (1, 2), (2, 3)]
    assert metrics["energy"] == pytest.approx(sum(abs(flow(*edge)) ** p for edge in edges) / p, rel=1e-6)
    assert nodes_of(folder) == [0, 1, 2] and metrics["conductance"] == pytest.approx(1 / 7, rel=1e-15)


def test_files(frugal, barbell, tmp_path):
    folder = tmp_path / "out"
    result = frugal("cluster", "flow-diffusion", barbell, "--seed-nodes", 0, "--total-mass", 7.5, "-o", folder)
    assert result.code == 0, result.text
    assert {"vector.csv", "sweep.csv", "cluster.csv", "report.html", "summary.json"} <= {path.name for path in folder.iterdir()}
    assert (folder / "vector.csv").read_text().startswith("node,x\n0,")
    report = (folder / "report.html").read_text()
    assert "p-norm flow diffusion" in report and "Certificate: of the mass of 7.5" in report and "Fountoulakis K" in report


def test_its_vector_can_be_swept_over(cluster, graphs):
    words = [graphs / "dolphins.smat"]
    metrics, folder = cluster("flow-diffusion", *words, "--seed-nodes", 3, "--target-volume", 30)
    assert read_summary(folder)["metrics"]["mass"] == 90
    again, other = cluster("sweep", *words, "--vector", folder / "vector.csv", name="again")
    assert again["conductance"] == metrics["conductance"] and nodes_of(other) == nodes_of(folder)


def test_masses_of_the_seeds(cluster, tmp_path):
    """A path of six nodes: the end has degree 1. In proportion to the degree both seeds are just full."""
    path = tmp_path / "path.txt"
    path.write_text("".join(f"{v} {v + 1}\n" for v in range(5)))
    words = [path, "--total-mass", 3]
    metrics, folder = cluster("flow-diffusion", *words, "--seed-nodes", "0,3")
    assert metrics["support"] == 0 and potentials(folder) == {} and metrics["size"] == 0
    _, folder = cluster("flow-diffusion", *words, "--seed-nodes", "0,3", "--mass", "uniform")
    assert potentials(folder) == {0: pytest.approx(0.5, abs=1e-6)}
    (tmp_path / "seeds.txt").write_text("0 2\n3 1\n")
    _, folder = cluster("flow-diffusion", *words, "--seed-file", tmp_path / "seeds.txt")
    assert potentials(folder) == {0: pytest.approx(1, abs=1e-6)}


@pytest.mark.parametrize("p", [2, 4])
def test_finds_communities(cluster, tmp_path, p):
    _, drawn = cluster("generate", "lfr", "--nodes", 1000, "--mixing", 0.2, "--seed", 3, name="drawn")
    labels = drawn / "communities.csv"
    community = column(labels, "community")
    scores = []
    for seed in range(0, 1000, 100):
        words = ["--labels", labels, "--target", f"community={community[seed]}"]
        size = community.count(community[seed])
        metrics, folder = cluster("flow-diffusion", drawn / "graph.fgraph", "--seed-nodes", seed, "--p", p, "--target-volume",
                                  15 * size, *words)
        assert metrics["converged"] is True and len(read_csv(folder / "f1.csv")) == 1
        scores.append(metrics["f1"])
    # A fifth of each node's edges leaves its community; all but odd ones are to be found.
    assert sum(score > 0.9 for score in scores) >= 8, scores


def test_improvement(cluster, graphs):
    metrics, folder = cluster("flow-diffusion", graphs / "JohnsHopkins.edgelist.gz", "--seed-nodes", 3382, "--improve", "mqi")
    assert metrics["conductance"] <= metrics["sweep_conductance"] and metrics["converged"] is True
    assert metrics["mass"] > 3 * metrics["support"] and read_csv(folder / "sweep.csv")


def test_limits(frugal, graphs, tmp_path):
    words = ["cluster", "flow-diffusion", graphs / "minnesota.edgelist", "--seed-nodes", 100, "--p", 4, "--total-mass", 2000,
             "--max-steps", 50, "--no-figures"]
    result = frugal(*words, "-o", tmp_path / "a")
    assert result.code == 1 and "ended before it converged" in result.err, result.text
    metrics = read_summary(tmp_path / "a")["metrics"]
    assert metrics["converged"] is False and metrics["steps"] <= 50
    assert frugal(*words, "--allow-unconverged", "-o", tmp_path / "b").code == 0


@pytest.mark.parametrize("words, message", [
    (["--p", "1.5"], "--p must be"), (["--p", "9"], "--p must be"), (["--p", "two"], "--p"),
    (["--total-mass", "0"], "--total-mass"), (["--total-mass", "14"], "must be below the component's volume, 14"),
    (["--total-mass", "5", "--target-volume", "5"], "not both"), (["--target-volume", "5"], "must be below"),
    (["--tolerance", "0"], "--tolerance"), (["--mass", "each-one"], "--mass must be one of"),
])
def test_bad_options(frugal, barbell, tmp_path, words, message):
    result = frugal("cluster", "flow-diffusion", barbell, "--seed-nodes", 0, *words, "-o", tmp_path / "out")
    assert result.code == 2 and message in result.err, result.text
    assert not (tmp_path / "out").exists()
