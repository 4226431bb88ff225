"""frugal reproduce: the list, small runs, verdicts and exit codes, missing inputs, resuming an interrupted run."""

import json
import shutil
import signal
import subprocess
import time

import pytest

from conftest import PROGRAM, read_csv, read_summary

COLUMNS = ["table", "setting", "quantity", "reported", "expected", "expected_error", "obtained", "obtained_error",
           "tolerance", "verdict"]


@pytest.fixture(scope="module")
def graphs(shared):
    return shared / "data" / "localgraph"


@pytest.fixture(scope="module")
def model(frugal, tmp_path_factory):
    """A small run of the recovery experiment."""
    folder = tmp_path_factory.mktemp("model") / "out"
    result = frugal("reproduce", "cluster-model", "--replicates", 2, "--threads", 1, "-o", folder)
    assert result.code in (0, 1), result.text
    return folder, result


def test_alone_it_lists_the_experiments(frugal, tmp_path):
    result = frugal("reproduce", cwd=tmp_path)
    assert result.code == 0, result.text
    for word in ["cluster-model:", "cluster-f1:", "tcp-table1:", "tcp-bike:", "tcp-figures:", "Needs: --data DIR",
                 "Run: frugal reproduce cluster-model -o DIR", "Run: frugal reproduce tcp-bike --data FOLDER -o DIR",
                 "Journal of Machine Learning Research", "arxiv.org/abs/1611.09933"]:
        assert word in " ".join(result.out.split())
    assert max(len(line) for line in result.out.splitlines()) <= 80
    assert list(tmp_path.iterdir()) == []
    names = json.loads(frugal("reproduce", "--json").out)["metrics"]["experiments"]
    assert names == ["cluster-model", "cluster-f1", "tcp-table1", "tcp-bike", "tcp-figures"]


@pytest.mark.parametrize("words, message", [
    (["cluster-modl", "-o", "x"], "there is no experiment 'cluster-modl'; there are cluster-model, cluster-f1, tcp-table1, "
     "tcp-bike, tcp-figures"),
    (["cluster-model"], "--output DIR is missing"),
    (["cluster-model", "--graph", "sfld", "-o", "x"], "--graph means nothing to cluster-model"),
    (["cluster-f1", "--replicates", "3", "-o", "x"], "--replicates means nothing to cluster-f1"),
    (["cluster-model", "--replicates", "1", "-o", "x"], "--replicates must be a whole number from 2 to 1000000"),
    (["cluster-f1", "-o", "x"], "--data DIR is missing"),
    (["cluster-f1", "--data", ".", "--graph", "karate", "-o", "x"], "--graph must be one of all, johnshopkins, sfld, ppi"),
    (["tcp-table1", "--data", ".", "-o", "x"], "--data means nothing to tcp-table1"),
    (["tcp-table1", "--replicates", "3", "-o", "x"], "--replicates means nothing to tcp-table1"),
    (["cluster-model", "--full", "-o", "x"], "--full means nothing to cluster-model"),
    (["tcp-table1", "--trials", "1", "-o", "x"], "--trials must be a whole number from 2 to 1000000"),
    (["tcp-table1", "--full", "--trials", "9", "-o", "x"], "--full means 500 trials: give it or --trials"),
    (["tcp-bike", "-o", "x"], "--data DIR is missing"),
    (["-o", "x"], "which experiment?"),
    (["cluster-model", "cluster-f1", "-o", "x"], "give [NAME], found 2"),
])
def test_bad_usage(frugal, tmp_path, words, message):
    result = frugal("reproduce", *words, cwd=tmp_path)
    assert result.code == 2 and message in result.err, result.text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("graph, file", [("sfld", "sfld.edgelist"), ("ppi", "ppi_mips.edgelist"),
                                         ("all", "JohnsHopkins.edgelist")])
def test_a_missing_file_is_told_by_name_and_origin(frugal, tmp_path, graph, file):
    (tmp_path / "data").mkdir()
    result = frugal("reproduce", "cluster-f1", "--data", "data", "--graph", graph, "-o", "x", cwd=tmp_path)
    assert result.code == 3, result.text
    assert f"data/{file} is missing" in result.err and "github.com/kfoynt/LocalGraphClustering" in result.err
    assert not (tmp_path / "x").exists() and not (tmp_path / "x.partial").exists()


def test_a_missing_label_file_is_told_where_the_graph_is_there(frugal, tmp_path, graphs):
    shutil.copy(graphs / "sfld.edgelist", tmp_path)
    result = frugal("reproduce", "cluster-f1", "--data", tmp_path, "--graph", "sfld", "-o", tmp_path / "x")
    assert result.code == 3 and "sfld_labels.csv is missing" in result.err, result.text


def test_recovery_tables(model):
    folder, result = model
    rows = read_csv(folder / "comparison.csv")
    assert list(rows[0]) == COLUMNS and len(rows) == 3 * 7 * 7
    assert {row["table"] for row in rows} == {"A", "B", "C"}
    metrics = read_summary(folder)["metrics"]
    assert metrics["rows"] == 147 and metrics["agree"] + metrics["differ"] == 147 and metrics["open"] == 0
    for row in rows:
        near = abs(float(row["obtained"]) - float(row["expected"])) <= float(row["tolerance"])
        assert row["verdict"] == ("agrees" if near else "differs")
        assert row["reported"] == ""
    recall = [row for row in rows if row["quantity"] == "recall"]
    assert len(recall) == 21 and all(float(row["obtained"]) == 1 for row in recall)
    assert result.code == (1 if metrics["differ"] else 0)
    lines = result.out.splitlines()
    assert lines[0].split() == ["table", "setting", "quantity", "reported", "expected", "obtained", "std", "error",
                                "tolerance", "verdict"]
    assert len(lines) == 148 and sum(line.endswith(" agrees") for line in lines) == metrics["agree"]


def test_figures_and_report(model):
    folder, _ = model
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "Reproduced: recovery of a planted target" in report and "<script" not in report
    if shutil.which("gnuplot"):
        assert (folder / "figures" / "recovery.svg").stat().st_size > 5000
        assert (folder / "figures" / "recovery.png").stat().st_size > 5000
        assert report.count("<figure>") == 1


def test_results_do_not_depend_on_threads(frugal, model, tmp_path):
    folder, _ = model
    result = frugal("reproduce", "cluster-model", "--replicates", 2, "--threads", 2, "--no-figures", "-o", tmp_path / "x")
    assert result.code in (0, 1), result.text
    assert (tmp_path / "x" / "comparison.csv").read_bytes() == (folder / "comparison.csv").read_bytes()


def test_another_seed_gives_other_graphs(frugal, model, tmp_path):
    folder, _ = model
    frugal("reproduce", "cluster-model", "--replicates", 2, "--seed", 2, "--no-figures", "-o", tmp_path / "x")
    assert (tmp_path / "x" / "comparison.csv").read_bytes() != (folder / "comparison.csv").read_bytes()


def test_f1_of_the_smallest_graph(frugal, graphs, tmp_path):
    result = frugal("reproduce", "cluster-f1", "--data", graphs, "--graph", "sfld", "-o", tmp_path / "x")
    assert result.code == 0, result.text
    rows = {(row["setting"], row["quantity"]): row for row in read_csv(tmp_path / "x" / "comparison.csv")}
    assert len(rows) == 8 * 4
    f1 = rows["AMP, l1 + sweep", "F1"]
    assert float(f1["reported"]) == 0.8639590510056822 and abs(float(f1["obtained"]) - 0.8639590510056822) < 1e-12
    assert {row["verdict"] for row in rows.values()} == {"agrees"}
    summary = read_summary(tmp_path / "x")
    assert len(summary["inputs"]) == 2 and summary["warnings"] == []
    if shutil.which("gnuplot"):
        assert sorted(file.name for file in (tmp_path / "x" / "figures").iterdir()) == ["f1_sfld.png", "f1_sfld.svg"]


def test_all_seeds_where_all_are_used_anyway(frugal, graphs, tmp_path):
    for name, more in [("a", []), ("b", ["--all-seeds"])]:
        frugal("reproduce", "cluster-f1", "--data", graphs, "--graph", "ppi", *more, "--no-figures", "-o", tmp_path / name)
    assert (tmp_path / "a" / "comparison.csv").read_bytes() == (tmp_path / "b" / "comparison.csv").read_bytes()


def test_files_as_their_authors_publish_them(frugal, graphs, tmp_path):
    """GraphML and ground truth give the same numbers as the edge list and the table of labels."""
    (tmp_path / "data").mkdir()
    for file in graphs.glob("sfld_brown*"):
        shutil.copy(file, tmp_path / "data")
    for name, data in [("a", graphs), ("b", tmp_path / "data")]:
        result = frugal("reproduce", "cluster-f1", "--data", data, "--graph", "sfld", "--no-figures", "-o", tmp_path / name)
        assert result.code == 0, result.text
    assert (tmp_path / "a" / "comparison.csv").read_bytes() == (tmp_path / "b" / "comparison.csv").read_bytes()


def test_a_number_that_differs_has_exit_code_1(frugal, graphs, tmp_path):
    """A graph without one node's edges is another graph."""
    (tmp_path / "data").mkdir()
    lines = (graphs / "sfld.edgelist").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "30" not in line.split()[:2]]
    assert len(kept) < len(lines)
    (tmp_path / "data" / "sfld.edgelist").write_text("".join(kept), encoding="utf-8")
    shutil.copy(graphs / "sfld_labels.csv", tmp_path / "data")
    result = frugal("reproduce", "cluster-f1", "--data", tmp_path / "data", "--graph", "sfld", "--no-figures", "-o",
                    tmp_path / "x")
    assert result.code == 1, result.text
    summary = read_summary(tmp_path / "x")
    assert summary["status"] == "differs" and summary["metrics"]["differ"] > 0


def test_an_interrupted_run_goes_on(frugal, model, tmp_path):
    folder, _ = model
    words = ["reproduce", "cluster-model", "--replicates", 2, "--threads", 1, "--no-figures", "-o", tmp_path / "x"]
    running = subprocess.Popen([PROGRAM, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    journal = tmp_path / "x.partial" / "journal.sqlite"
    deadline = time.monotonic() + 60
    while not journal.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=120)[1].decode()
    if running.returncode == 130:  # a very fast machine may be done
        assert "--resume goes on from there" in said and not (tmp_path / "x").exists()
        assert frugal(*words).code == 2
        result = frugal(*words, "--resume")
        assert result.code in (0, 1), result.text
    assert (tmp_path / "x" / "comparison.csv").read_bytes() == (folder / "comparison.csv").read_bytes()
    assert not journal.parent.exists()


# ---- trimmed conformal prediction ---------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def table1(frugal, tmp_path_factory):
    folder = tmp_path_factory.mktemp("table1") / "out"
    result = frugal("reproduce", "tcp-table1", "--trials", 4, "--threads", 1, "-o", folder)
    assert result.code in (0, 1), result.text
    return folder, result


def test_trimmed_conformal_table(table1):
    folder, result = table1
    rows = {(row["table"], row["setting"], row["quantity"]): row for row in read_csv(folder / "comparison.csv")}
    assert len(rows) == 4 * (3 * 3 + 2)
    assert {key[0] for key in rows} == {"iid, N(0,1)", "iid, t(5)", "AR(0.9), N(0,1)", "AR(0.9), t(5)"}
    width = rows["iid, N(0,1)", "SplitTrim", "PI width"]
    assert (width["reported"], width["expected"]) == ("4.39", "4.242")
    assert abs(float(width["tolerance"]) - 0.12 * 5) < 1e-12  # the window of 100 trials, for four
    for table in {key[0] for key in rows}:
        trial = [float(rows[table, method, "trial width"]["obtained"]) for method in ("MaxTrim", "RidgeTrim", "SplitTrim")]
        assert trial[0] >= trial[1] > trial[2]
        assert (table, "Split", "trial width") not in rows
    metrics = read_summary(folder)["metrics"]
    assert metrics["open"] == 0 and metrics["agree"] + metrics["differ"] == 44
    assert result.code == (1 if metrics["differ"] else 0)
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "arxiv.org/abs/1611.09933" in report
    if shutil.which("gnuplot"):
        assert sorted(file.name for file in (folder / "figures").iterdir()) == ["tcp_table1.png", "tcp_table1.svg"]
        assert report.count("<figure>") == 1


def test_trimmed_conformal_does_not_depend_on_threads(frugal, table1, tmp_path):
    result = frugal("reproduce", "tcp-table1", "--trials", 4, "--threads", 2, "--no-figures", "-o", tmp_path / "x")
    assert result.code in (0, 1), result.text
    assert (tmp_path / "x" / "comparison.csv").read_bytes() == (table1[0] / "comparison.csv").read_bytes()


def test_an_interrupted_table_goes_on(frugal, table1, tmp_path):
    words = ["reproduce", "tcp-table1", "--trials", 4, "--threads", 1, "--no-figures", "-o", tmp_path / "x"]
    running = subprocess.Popen([PROGRAM, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    journal = tmp_path / "x.partial" / "journal.sqlite"
    deadline = time.monotonic() + 60
    while not journal.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    running.kill()  # as if the machine had gone down
    running.wait(timeout=60)
    if not (tmp_path / "x").exists():  # a very fast machine may be done
        result = frugal(*words, "--resume")
        assert result.code in (0, 1), result.text
    assert (tmp_path / "x" / "comparison.csv").read_bytes() == (table1[0] / "comparison.csv").read_bytes()
    assert not journal.parent.exists()


def test_bicycle_rentals(frugal, shared, tmp_path):
    data = shared / "data" / "conformal"
    result = frugal("reproduce", "tcp-bike", "--data", data, "--trials", 2, "-o", tmp_path / "x")
    assert result.code in (0, 1), result.text
    rows = {(row["table"], row["setting"], row["quantity"]): row for row in read_csv(tmp_path / "x" / "comparison.csv")}
    assert len(rows) == 2 * (3 * 3 + 2)
    for quantity, expected, tolerance in [("PI width", 12.058, 0.01), ("trial width", 37.19, 0.01),
                                          ("coverage", 91 / 107, 1e-12)]:
        row = rows["last day", "MaxTrim", quantity]
        assert abs(float(row["obtained"]) - expected) <= tolerance and row["verdict"] == "agrees"
    assert rows["random day", "Split", "PI width"]["verdict"] == "open"
    assert [name.endswith("bike_93x108.csv") for name in read_summary(tmp_path / "x")["inputs"]] == [True]
    if shutil.which("gnuplot"):
        assert (tmp_path / "x" / "figures" / "tcp_bike.svg").stat().st_size > 5000


def test_missing_rentals_are_told_by_name_and_origin(frugal, tmp_path):
    (tmp_path / "data").mkdir()
    result = frugal("reproduce", "tcp-bike", "--data", "data", "-o", "x", cwd=tmp_path)
    assert result.code == 3, result.text
    assert "data/bike_93x108.csv is missing" in result.err and "github.com/WY-Chen/Conformal-Lasso" in result.err
    assert not (tmp_path / "x").exists() and not (tmp_path / "x.partial").exists()


def test_sweeps_of_conformal_widths(frugal, tmp_path):
    result = frugal("reproduce", "tcp-figures", "--trials", 2, "-o", tmp_path / "x")
    assert result.code in (0, 1), result.text
    rows = {(row["table"], row["setting"], row["quantity"]): row for row in read_csv(tmp_path / "x" / "comparison.csv")}
    assert len(rows) == (7 + 8) * 7 + 5
    assert {key[1] for key in rows if key[0] == "p"} == {f"p = {p}" for p in (100, 500, 1000, 1500, 2000, 2500, 3000)}
    assert {key[1] for key in rows if key[0] == "k"} == {f"k = {k}" for k in range(2, 31, 4)}
    assert rows["k", "k = 10", "PI width, MaxTrim"]["expected"] == "4.236"
    assert rows["k", "k = 30", "PI width, MaxTrim"]["verdict"] == "open"
    few, many = (float(rows["k", f"k = {k}", "PI width, Split"]["obtained"]) for k in (2, 30))
    assert many > 4 * few  # 3.8 and 35
    if shutil.which("gnuplot"):
        assert (tmp_path / "x" / "figures" / "tcp_sweeps.png").stat().st_size > 5000
