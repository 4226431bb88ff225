"""frugal feems fit: the published numbers, the tables and their columns, the summary, evaluation at given weights."""

import gzip
import hashlib
import json
import math
import shutil

import pytest

from conftest import read_csv, read_summary

METRICS = ["nll", "penalty", "loss", "null_loss", "w0", "s2", "alpha", "lambda", "iterations", "evaluations", "gradient_max",
           "converged", "r_squared", "n_samples", "n_snps_used", "n_snps_dropped", "n_nodes", "n_edges", "n_observed"]


@pytest.fixture(scope="module")
def fitted(frugal, barrier, tmp_path_factory):
    """A fit of the barrier data with figures, for tests that only look."""
    out = tmp_path_factory.mktemp("fit") / "out"
    result = frugal("feems", "fit", *barrier, "--lambda", "10", "-o", out)
    assert result.code == 0, result.text
    return out


def columns(path):
    return path.read_text().splitlines()[0]


def test_files_and_columns(fitted):
    assert columns(fitted / "edges.csv") == "node_i,node_j,lon_i,lat_i,lon_j,lat_j,weight,log10_relative_weight"
    assert columns(fitted / "nodes.csv") == "node,lon,lat,n_samples,observed,s2"
    assert columns(fitted / "distances.csv") == "node_a,node_b,observed,fitted,great_circle_km"
    assert len(read_csv(fitted / "edges.csv")) == 249 and len(read_csv(fitted / "nodes.csv")) == 96
    assert len(read_csv(fitted / "distances.csv")) == 95 * 94 // 2
    features = json.loads((fitted / "edges.geojson").read_text())["features"]
    assert len(features) == 249 and features[0]["geometry"]["type"] == "LineString"
    assert {"node_i", "node_j", "weight"} <= set(features[0]["properties"])
    assert (fitted / "report.html").stat().st_size > 1000
    assert not fitted.with_name("out.partial").exists()


def test_tables_agree_with_each_other(fitted):
    nodes = {row["node"]: row for row in read_csv(fitted / "nodes.csv")}
    edges = read_csv(fitted / "edges.csv")
    relative = [float(row["log10_relative_weight"]) for row in edges]
    logs = [math.log10(float(row["weight"])) for row in edges]
    mean = sum(logs) / len(logs)
    assert abs(sum(relative)) < 1e-9 * len(relative)  # rounding of a sum of a few hundred terms of size 1
    for row, log, rel in zip(edges, logs, relative):
        assert math.isclose(log - mean, rel, abs_tol=1e-12)
        assert (row["lon_i"], row["lat_i"]) == (nodes[row["node_i"]]["lon"], nodes[row["node_i"]]["lat"])
        assert int(row["node_i"]) < int(row["node_j"])
    assert sum(int(row["n_samples"]) for row in nodes.values()) == 293
    assert all((row["observed"] == "1") == (int(row["n_samples"]) > 0) for row in nodes.values())
    pairs = [(int(row["node_a"]), int(row["node_b"])) for row in read_csv(fitted / "distances.csv")]
    assert pairs == sorted(pairs) and all(a > b for a, b in pairs)


def test_figures(fitted):
    if shutil.which("gnuplot") is None:
        assert any("gnuplot" in warning for warning in read_summary(fitted)["warnings"])
        pytest.skip("gnuplot is not installed")
    names = {path.name for path in (fitted / "figures").iterdir()}
    for stem in ["migration_map", "observed_vs_fitted", "observed_vs_great_circle"]:
        assert {f"{stem}.svg", f"{stem}.png"} <= names
    assert (fitted / "report.html").read_text().count("data:image/") == 3


def test_without_gnuplot_tables_are_written_with_a_warning(frugal, barrier, tmp_path):
    out = tmp_path / "out"
    result = frugal("feems", "fit", *barrier, "--lambda", "10", "-o", out, env={"PATH": str(tmp_path)})
    assert result.code == 0, result.text
    assert "gnuplot" in result.err and any("gnuplot" in warning for warning in read_summary(out)["warnings"])
    assert (out / "edges.csv").exists() and (out / "report.html").exists() and not (out / "figures").exists()


def test_summary(fitted, barrier, data):
    summary = read_summary(fitted)
    assert list(summary) == ["command", "version", "status", "settings", "inputs", "seed", "threads", "metrics", "timings",
                             "peak_memory_bytes", "warnings"]
    assert summary["command"].startswith("frugal feems fit --bfile ") and summary["status"] == "done"
    assert set(METRICS) <= set(summary["metrics"])
    metrics, settings = summary["metrics"], summary["settings"]
    assert metrics["converged"] is True and metrics["lambda"] == 10 and settings["lambda"] == 10
    assert math.isclose(metrics["nll"] + metrics["penalty"], metrics["loss"], rel_tol=1e-12)
    assert settings["alpha"] == metrics["alpha"] and settings["w0"] == metrics["w0"]  # resolved, not "default"
    assert metrics["n_snps_dropped"] == {"no_call": 0, "invariant": 0, "maf": 0, "missing": 0}
    assert (metrics["n_samples"], metrics["n_snps_used"], metrics["n_observed"]) == (293, 1332, 95)
    assert set(summary["inputs"]) == {str(data / f"barrier.{end}") for end in ["bed", "bim", "fam", "coord", "nodes", "edges"]}
    for path, entry in summary["inputs"].items():
        content = open(path, "rb").read()
        assert entry == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert all(seconds >= 0 for seconds in summary["timings"].values()) and "fit" in summary["timings"]
    assert summary["peak_memory_bytes"] > 1e6


@pytest.mark.parametrize("grid, lam, most", [
    # the paper's losses for the wolves, at most 0.05 above (the authors stop up to 2.5 above the optimum)
    ("wolves_grid100", 100, 2790840.4428), ("wolves_grid100", 2.06913808, 2767305.7148),
    ("wolves_grid250", 2.06913808, 2123876.8108),
])
def test_published_losses_of_the_wolves(frugal, data, tmp_path, grid, lam, most):
    out = tmp_path / "out"
    result = frugal("feems", "fit", "--bfile", data / "wolvesadmix", "--coords", data / "wolvesadmix.coord",
                    "--nodes", data / f"{grid}.nodes", "--edges", data / f"{grid}.edges", "--lambda", lam, "--no-figures",
                    "-o", out)
    assert result.code == 0, result.text
    metrics = read_summary(out)["metrics"]
    assert metrics["loss"] <= most + 0.05
    null = {"wolves_grid100": 2795677.6543, "wolves_grid250": 2154889.3098}[grid]
    assert abs(metrics["null_loss"] - null) < 1e-4  # the published digits, rounded at the fourth decimal


def test_a_grid_made_on_the_way_gives_the_same_map(frugal, data, tmp_path):
    samples = ["--bfile", data / "wolvesadmix", "--coords", data / "wolvesadmix.coord", "--no-figures", "--lambda", 20]
    made = frugal("feems", "fit", *samples, "--outer", data / "wolvesadmix.outer", "--resolution", 32, "-o", tmp_path / "made")
    given = frugal("feems", "fit", *samples, "--nodes", data / "wolves_grid250.nodes", "--edges", data / "wolves_grid250.edges",
                   "-o", tmp_path / "given")
    assert made.code == 0 and given.code == 0, made.text + given.text
    a, b = read_summary(tmp_path / "made")["metrics"], read_summary(tmp_path / "given")["metrics"]
    assert (a["n_nodes"], a["n_edges"], a["n_observed"]) == (307, 841, 78)
    # the same optimum up to the tolerance of the fit: gradients of 1e-6 p give losses within 1e-3 (another order of nodes)
    assert abs(a["loss"] - b["loss"]) < 1e-3


def test_evaluation_at_the_oracles_weights(frugal, shared, wolves, tmp_path):
    oracle = json.loads((shared / "oracles/feems/wolves250.json").read_text())
    at = oracle["eval"]
    table = shared / "oracles/feems/wolves250_eval.csv"
    out = tmp_path / "out"
    result = frugal("feems", "fit", *wolves, "--eval-only", "--weights", table, "--lambda", at["lam"], "--alpha", at["alpha"],
                    "--w0", oracle["null_w0"], "--s2", at["s2"], "--no-figures", "-o", out)
    assert result.code == 0, result.text
    metrics = read_summary(out)["metrics"]
    assert math.isclose(metrics["nll"], at["nll"], rel_tol=1e-10)  # both are exact formulas in doubles
    assert math.isclose(metrics["penalty"], at["penalty"], rel_tol=1e-10)
    assert metrics["converged"] is None
    got, expected = read_csv(out / "gradients.csv"), read_csv(table)
    assert columns(out / "gradients.csv") == "node_i,node_j,weight,nll_gradient,penalty_gradient"
    assert [(row["node_i"], row["node_j"]) for row in got] == [(row["i"], row["j"]) for row in expected]
    for ours, theirs in [("nll_gradient", "dnll_dw"), ("penalty_gradient", "dpenalty_dw")]:
        largest = max(abs(float(row[theirs])) for row in expected)
        for a, b in zip(got, expected):
            assert abs(float(a[ours]) - float(b[theirs])) <= 1e-7 * largest
    s2 = {row["node"]: float(row["s2_gradient"]) for row in read_csv(out / "s2_gradients.csv")}
    oracle_s2 = read_csv(shared / "oracles/feems/wolves250_eval_s2grad.csv")
    largest = max(abs(float(row["dnll_ds2"])) for row in oracle_s2)
    assert len(s2) == len(oracle_s2) == 78
    for row in oracle_s2:
        assert abs(s2[row["node"]] - float(row["dnll_ds2"])) <= 1e-7 * largest


def test_all_forms_of_weights_mean_the_same(frugal, data, barrier, tmp_path):
    weights = (data / "barrier.true_w").read_text().split()
    edges = [line.split() for line in (data / "barrier.edges").read_text().splitlines()]
    rows = [f"{int(j) - 1},{int(i) - 1},{w}" for (i, j), w in zip(edges, weights)]  # either order of the ends
    (tmp_path / "table.csv").write_text("i,j,w\n" + "\n".join(reversed(rows)) + "\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "edges.csv").write_text("node_i,node_j,weight\n" + "\n".join(rows) + "\n")
    for name, path in {"a": data / "barrier.true_w", "b": tmp_path / "table.csv", "c": folder}.items():
        result = frugal("feems", "fit", *barrier, "--eval-only", "--weights", path, "--no-figures", "-o", tmp_path / name)
        assert result.code == 0, result.text
    assert len({(tmp_path / name / "gradients.csv").read_bytes() for name in "abc"}) == 1


def test_one_weight_a_line_follows_the_lines_of_the_edge_file(frugal, data, tmp_path):
    edges = (data / "barrier.edges").read_text().splitlines()
    weights = (data / "barrier.true_w").read_text().split()
    (tmp_path / "edges").write_text("\n".join(reversed(edges)) + "\n")
    (tmp_path / "weights").write_text("\n".join(reversed(weights)) + "\n")
    for name, edge_file, weight_file in [("a", data / "barrier.edges", data / "barrier.true_w"),
                                         ("b", tmp_path / "edges", tmp_path / "weights")]:
        result = frugal("feems", "fit", "--bfile", data / "barrier", "--coords", data / "barrier.coord", "--nodes",
                        data / "barrier.nodes", "--edges", edge_file, "--eval-only", "--weights", weight_file, "--no-figures",
                        "-o", tmp_path / name)
        assert result.code == 0, result.text
    assert (tmp_path / "a" / "gradients.csv").read_bytes() == (tmp_path / "b" / "gradients.csv").read_bytes()


def test_the_modes_of_residual_variance(frugal, barrier, tmp_path):
    loss = {}
    for mode in ["fixed", "one", "node"]:
        out = tmp_path / mode
        result = frugal("feems", "fit", *barrier, "--lambda", 10, "--s2-mode", mode, "--no-figures", "-o", out)
        assert result.code == 0, result.text
        loss[mode] = read_summary(out)["metrics"]["loss"]
        assert (len({row["s2"] for row in read_csv(out / "nodes.csv")}) > 1) == (mode == "node")
    assert loss["one"] < loss["fixed"]  # a freed parameter cannot make the optimum worse


def test_not_converged_is_exit_code_1_with_results(frugal, barrier, tmp_path):
    out = tmp_path / "out"
    result = frugal("feems", "fit", *barrier, "--lambda", 1, "--max-iterations", 3, "-o", out)
    assert result.code == 1, result.text
    summary = read_summary(out)
    assert summary["status"] == "not_converged" and summary["metrics"]["converged"] is False
    assert any("before it converged" in warning for warning in summary["warnings"]) and "warning" in result.err
    assert len(read_csv(out / "edges.csv")) == 249
    assert "did not converge" in (out / "report.html").read_text()


def test_node_numbers_are_those_of_the_file_when_nodes_are_dropped(frugal, data, tmp_path):
    """Two lonely nodes in front shift all numbers; they have no rows, and the others keep their places."""
    nodes = (data / "barrier.nodes").read_text()
    (tmp_path / "nodes").write_text("100 50\n101 50\n" + nodes)
    edges = [line.split() for line in (data / "barrier.edges").read_text().splitlines()]
    (tmp_path / "edges").write_text("".join(f"{int(i) + 2} {int(j) + 2}\n" for i, j in edges))
    samples = ["--bfile", data / "barrier", "--coords", data / "barrier.coord", "--lambda", 10, "--no-figures"]
    plain = frugal("feems", "fit", *samples, "--nodes", data / "barrier.nodes", "--edges", data / "barrier.edges",
                   "-o", tmp_path / "plain")
    shifted = frugal("feems", "fit", *samples, "--nodes", tmp_path / "nodes", "--edges", tmp_path / "edges",
                     "-o", tmp_path / "shifted")
    assert plain.code == 0 and shifted.code == 0, shifted.text
    assert read_summary(tmp_path / "shifted")["metrics"]["n_nodes_dropped"] == 2
    for name, keys in {"nodes.csv": ["node"], "edges.csv": ["node_i", "node_j"], "distances.csv": ["node_a", "node_b"]}.items():
        a, b = read_csv(tmp_path / "plain" / name), read_csv(tmp_path / "shifted" / name)
        assert len(a) == len(b)
        for row, other in zip(a, b):
            for key in keys:
                assert int(other.pop(key)) == int(row.pop(key)) + 2
            assert row == other


def test_distances_instead_of_genotypes(frugal, data, tmp_path):
    """EEMS .diffs of the tiny data: mean squared differences of the dosages, no genotype missing."""
    dosages = [[0, 1, 2, 0, 1], [0, 1, 1, 0, 2], [2, 1, 0, 1, 1], [1, 2, 0, 2, 0]]
    rows = [" ".join(str(sum((a - b) ** 2 for a, b in zip(x, y)) / 5) for y in dosages) for x in dosages]
    (tmp_path / "diffs").write_text("\n".join(rows) + "\n")
    graph = ["--coords", data / "tiny4.coord", "--nodes", data / "tiny4.nodes", "--edges", data / "tiny4.edges", "--no-figures"]
    result = frugal("feems", "fit", *graph, "--diffs", tmp_path / "diffs", "--nsites", 5, "-o", tmp_path / "out")
    assert result.code in (0, 1), result.text
    assert read_summary(tmp_path / "out")["metrics"]["n_snps_used"] == 5
    result = frugal("feems", "fit", *graph, "--diffs", tmp_path / "diffs", "-o", tmp_path / "out2")
    assert result.code == 2 and "--nsites" in result.err
    (tmp_path / "diffs").write_text("\n".join(rows[:3]) + "\n")
    result = frugal("feems", "fit", *graph, "--diffs", tmp_path / "diffs", "--nsites", 5, "-o", tmp_path / "out2")
    assert result.code == 3 and "3 rows and 4 columns" in result.err, result.text


def test_compressed_inputs_are_the_same_inputs(frugal, data, tmp_path):
    for end in ["bed", "bim", "fam", "coord", "nodes", "edges"]:
        with gzip.open(tmp_path / f"b.{end}.gz", "wb") as file:
            file.write((data / f"barrier.{end}").read_bytes())
    plain = ["--bfile", data / "barrier", "--coords", data / "barrier.coord", "--nodes", data / "barrier.nodes",
             "--edges", data / "barrier.edges"]
    packed = ["--bfile", tmp_path / "b", "--coords", tmp_path / "b.coord.gz", "--nodes", tmp_path / "b.nodes.gz",
              "--edges", tmp_path / "b.edges.gz"]
    for name, words in {"plain": plain, "packed": packed}.items():
        result = frugal("feems", "fit", *words, "--no-figures", "-o", tmp_path / name)
        assert result.code == 0, result.text
    assert (tmp_path / "plain/edges.csv").read_bytes() == (tmp_path / "packed/edges.csv").read_bytes()
    assert set(read_summary(tmp_path / "packed")["inputs"]) == {str(path) for path in tmp_path.glob("b.*.gz")}


def test_options_that_exclude_each_other(frugal, barrier, tmp_path):
    for words in [["--cv", "--lambda", 3], ["--cv", "--eval-only", "--weights", "x"], ["--eval-only"], ["--weights", "x"],
                  ["--folds", 5], ["--lower", 10, "--upper", 1], ["--diffs", "x"], ["--outer", "x"]]:
        result = frugal("feems", "fit", *barrier, *words, "-o", tmp_path / "out")
        assert result.code == 2, result.text
    assert list(tmp_path.iterdir()) == []
