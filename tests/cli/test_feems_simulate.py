"""frugal feems simulate and demo: files that fit takes as they are, scenarios, designs, a given graph; the whole way."""

import math
import shutil

import pytest

from conftest import read_csv, read_summary

SMALL = ["--trees", 400, "--maf", 0.02, "--no-figures"]


def weights_of(folder):
    return [float(row["weight"]) for row in read_csv(folder / "true_weights.csv")]


def test_files_that_fit_takes_as_they_are(frugal, tmp_path):
    out = tmp_path / "sim"
    result = frugal("feems", "simulate", *SMALL, "--missing", 0.05, "-o", out)
    assert result.code == 0, result.text
    names = {path.name for path in out.iterdir()}
    assert {"sim.bed", "sim.bim", "sim.fam", "sim.coord", "sim.nodes", "sim.edges", "true_weights.csv", "summary.json"} <= names
    assert (out / "true_weights.csv").read_text().startswith("node_i,node_j,weight\n0,1,1\n")
    metrics = read_summary(out)["metrics"]
    assert metrics["n_nodes"] == 96 and metrics["n_edges"] == 249 and metrics["n_trees"] == 400
    assert metrics["n_snps"] + metrics["n_below_maf"] + metrics["n_trees_without_mutation"] == 400
    fit = frugal("feems", "fit", "--bfile", out / "sim", "--coords", out / "sim.coord", "--nodes", out / "sim.nodes",
                 "--edges", out / "sim.edges", "--no-figures", "-o", tmp_path / "fit")
    assert fit.code == 0, fit.text
    fitted = read_summary(tmp_path / "fit")["metrics"]
    assert (fitted["n_samples"], fitted["n_snps_used"]) == (metrics["n_samples"], metrics["n_snps"])
    assert fitted["n_observed"] == metrics["n_observed"]
    genotypes = fitted["n_samples"] * fitted["n_snps_used"]
    # binomial with p = 0.05: six standard deviations
    assert abs(fitted["missing_share"] - 0.05) < 6 * math.sqrt(0.05 * 0.95 / genotypes)


@pytest.mark.parametrize("scenario, expected", [
    ("ibdiso", {1.0}), ("hetiso", {1.0, 0.1}), ("ibdaniso", {1.0, 5.0}), ("hetaniso", {1.0, 0.1, 5.0, 0.5}),
    ("weakhetiso", {1.0, 0.75}), ("weakaniso", {1.0, 0.75}),
])
def test_scenarios(frugal, tmp_path, scenario, expected):
    assert frugal("feems", "simulate", "--scenario", scenario, "--trees", 5, "--maf", 0, "--no-figures",
                  "-o", tmp_path / "sim").code == 0
    assert {round(w, 12) for w in weights_of(tmp_path / "sim")} == expected


def test_single_settings_go_before_the_scenario(frugal, tmp_path):
    words = ["--scenario", "hetiso", "--barrier-weight", 0.2, "--corridor-weight", 3, "--trees", 5, "--maf", 0, "--no-figures"]
    assert frugal("feems", "simulate", *words, "-o", tmp_path / "sim").code == 0
    assert set(weights_of(tmp_path / "sim")) == {0.2, 3.0}


def test_designs(frugal, tmp_path):
    count = {}
    for design in ["nonmissing", "missingatrandom", "corridorbiased", "rightbiased"]:
        out = tmp_path / design
        assert frugal("feems", "simulate", "--design", design, "--trees", 5, "--maf", 0, "--no-figures", "-o", out).code == 0
        places = {tuple(map(float, line.split())) for line in (out / "sim.coord").read_text().splitlines()}
        count[design] = len(places)
        if design == "corridorbiased":
            assert all(x <= 2.5 or x >= 8.5 for x, y in places)
        if design == "rightbiased":
            assert all(x > 2.5 for x, y in places)
    assert count["missingatrandom"] < 50 < count["nonmissing"]


def test_the_seed_and_nothing_else_decides(frugal, tmp_path):
    for name, words in {"a": ["--threads", 1], "b": ["--threads", 2], "c": ["--seed", 2]}.items():
        assert frugal("feems", "simulate", *SMALL, *words, "-o", tmp_path / name).code == 0
    bed = {name: (tmp_path / name / "sim.bed").read_bytes() for name in "abc"}
    assert bed["a"] == bed["b"] != bed["c"]


def test_a_given_graph(frugal, data, tmp_path):
    graph = ["--nodes", data / "barrier.nodes", "--edges", data / "barrier.edges"]
    assert frugal("feems", "simulate", *graph, "--weights", data / "barrier.true_w", *SMALL, "-o", tmp_path / "a").code == 0
    truth = [float(line) for line in (data / "barrier.true_w").read_text().split()]
    assert weights_of(tmp_path / "a") == truth
    assert frugal("feems", "simulate", *graph, *SMALL, "-o", tmp_path / "b").code == 0
    assert set(weights_of(tmp_path / "b")) == {1.0}
    assert frugal("feems", "simulate", "--weights", data / "barrier.true_w", "-o", tmp_path / "c").code == 2


def test_the_grid_map_is_drawn(frugal, tmp_path):
    if shutil.which("gnuplot") is None:
        pytest.skip("gnuplot is not installed")
    assert frugal("feems", "simulate", "--trees", 50, "--maf", 0, "-o", tmp_path / "sim").code == 0
    assert (tmp_path / "sim/figures/grid_map.svg").exists() and (tmp_path / "sim/report.html").exists()


def test_demo(frugal, tmp_path):
    out = tmp_path / "demo"
    result = frugal("demo", "-o", out)
    assert result.code == 0, result.text
    assert result.out.splitlines()[-1] == f"{out}/report.html" and (out / "report.html").exists()
    metrics = read_summary(out)["metrics"]
    # the barrier is found: 0.97 with the default seed, 0.94 in the reference implementation's data set
    assert metrics["correlation_with_truth"] > 0.9
    for name in ["edges.csv", "cv.csv", "data/sim.bed", "data/true_weights.csv"]:
        assert (out / name).exists()
    weights = [float(row["weight"]) for row in read_csv(out / "edges.csv")]
    truth = [float(row["weight"]) for row in read_csv(out / "data/true_weights.csv")]
    x, y = [math.log(w) for w in weights], [math.log(w) for w in truth]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    correlation = (sum((a - mx) * (b - my) for a, b in zip(x, y))
                   / math.sqrt(sum((a - mx) ** 2 for a in x) * sum((b - my) ** 2 for b in y)))
    assert math.isclose(correlation, metrics["correlation_with_truth"], rel_tol=1e-9)
    again = frugal("demo", "-o", out)
    assert again.code == 2 and "--force" in again.err


def test_demo_without_arguments_replaces_its_default_folder(frugal, tmp_path):
    for _ in range(2):
        result = frugal("demo", "--trees", 500, "--no-figures", cwd=tmp_path)
        assert result.code == 0, result.text
    assert (tmp_path / "out/demo/edges.csv").exists()
    assert "trees" in read_summary(tmp_path / "out/demo")["settings"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["demo"]
