"""Batches, classes, community profiles: many runs at once; the same output for any number of threads; Ctrl-C."""

import collections
import json
import math
import os
import signal
import subprocess
import time

import pytest

from conftest import PROGRAM, column, nodes_of, read_csv, read_summary


# ---- batches ---------------------------------------------------------------------------------------------------------------------

def test_a_batch_is_many_single_runs(cluster, graphs, tmp_path):
    path = graphs / "dolphins.smat"
    (tmp_path / "sets.txt").write_bytes(b"\xef\xbb\xbf0, 10,5\r\n# a comment\r\n\r\n3\t4\r\n7\r\n")
    words = ["--alpha", "0.1", "--rho", "1e-3"]
    metrics, folder = cluster("l1pr", path, *words, "--batch", tmp_path / "sets.txt", "--target-nodes", "0,2,10", name="b")
    rows = read_csv(folder / "batch.csv")
    assert [(row["line"], row["seeds"], row["first_seed"]) for row in rows] == [("1", "3", "0"), ("4", "2", "3"),
                                                                                ("5", "1", "7")]
    assert metrics["sets"] == 3 and metrics["converged"] is True
    assert metrics["mean_f1"] == pytest.approx(sum(float(row["f1"]) for row in rows) / 3)
    members = read_csv(folder / "batch_sets.csv")
    for number, seeds in enumerate(["0,10,5", "3,4", "7"]):
        single, alone = cluster("l1pr", path, *words, "--seed-nodes", seeds, "--target-nodes", "0,2,10", name="s")
        assert [int(row["node"]) for row in members if row["set"] == str(number)] == nodes_of(alone)
        for name in ["size", "volume", "cut", "conductance", "support", "sum_p", "steps", "f1"]:
            assert float(rows[number][name]) == single[name], name


def test_each_seed_alone(cluster, graphs, shared):
    """All 62 seeds by pushes, against the stored profile rows."""
    path = graphs / "dolphins.smat"
    expected = read_csv(shared / "oracles" / "localgraph" / "ncp_dolphins.csv")
    for rho in [1e-4, 1e-3, 1e-2]:
        metrics, folder = cluster("acl", path, "--alpha", "0.01", "--eps", rho, "--each-seed", "--seed-nodes",
                                  ",".join(map(str, range(62))))
        assert metrics["sets"] == 62
        rows = {row["first_seed"]: row for row in read_csv(folder / "batch.csv")}
        known = [row for row in expected if float(row["rho"]) == rho]
        for row in known:
            found = rows[row["seed"]]
            assert found["size"] == row["size"]
            for name, other in [("volume", "vol"), ("cut", "cut"), ("conductance", "cond")]:
                assert float(found[name]) == pytest.approx(float(row[other]), rel=1e-12)
        assert {row["seed"] for row in known} == {seed for seed, row in rows.items() if float(row["volume"]) < 159}


def test_batches_by_name(cluster, graphs, tmp_path):
    names = column(cluster("cores", graphs / "sfld.csv.gz")[1] / "cores.csv", "name")
    (tmp_path / "sets.txt").write_text(f"{names[3]} {names[9]}\n{names[20]}\n")
    _, folder = cluster("acl", graphs / "sfld.csv.gz", "--eps", "1e-9", "--batch", tmp_path / "sets.txt")
    assert column(folder / "batch.csv", "first_seed") == ["3", "20"]
    row = read_csv(folder / "batch_sets.csv")[0]
    assert names[int(row["node"])] == row["name"]


@pytest.mark.parametrize("text, words, code, message", [
    ("0 1\n0 99\n", [], 3, "sets.txt:2"),
    ("0 1\nAnn\n", [], 3, "sets.txt:2"),
    ("", [], 3, "lists no seeds"),
    ("0\n,,\n", [], 3, "sets.txt:2"),
    ("0\n", ["--seed-nodes", "1"], 2, "leave --seed-nodes out"),
    ("0\n", ["--each-seed"], 2, "exclude"),
    ("0\n", ["--improve", "mqi"], 2, "--improve"),
])
def test_bad_batches(frugal, barbell, tmp_path, text, words, code, message):
    (tmp_path / "sets.txt").write_text(text)
    result = frugal("cluster", "l1pr", barbell, "--batch", tmp_path / "sets.txt", *words, "-o", tmp_path / "out")
    assert result.code == code and message in result.err, result.text
    assert not (tmp_path / "out").exists()


# ---- classes ---------------------------------------------------------------------------------------------------------------------

def test_labels(cluster, graphs, oracle, tmp_path):
    case = oracle("multiclass_jh.json")
    lines = [f"{node},{name}" for name, seeds in zip(case["classes"], case["seeds"]) for node in seeds]
    (tmp_path / "classes.csv").write_text("node,class\n" + "\n".join(lines) + "\n")
    metrics, folder = cluster("labels", graphs / "JohnsHopkins.edgelist.gz", "--classes", tmp_path / "classes.csv",
                              "--alpha", case["alpha"], "--rho", case["rho"])
    found = [int(text) for text in column(folder / "labels.csv", "label")]
    assert found[:200] == case["first200"]
    assert [found.count(label) for label in range(-1, 4)] == case["counts"] == [metrics["unlabelled"], *case["counts"][1:]]
    classes = read_csv(folder / "classes.csv")
    assert [int(row["class"]) for row in classes] == case["classes"]
    assert [int(row["support"]) for row in classes] == case["support"]
    for row in read_csv(folder / "labels.csv")[:200]:
        assert row["class"] == (str(case["classes"][int(row["label"])]) if row["label"] != "-1" else "")


def test_labels_of_two_triangles(cluster, frugal, barbell, tmp_path):
    classes = tmp_path / "classes.tsv"
    classes.write_text("node\tteam\n0\tred\n5\tblue\n")
    words = ["--classes", classes, "--column", "team", "--rho", "1e-3"]
    _, folder = cluster("labels", barbell, *words)
    assert column(folder / "labels.csv", "class") == ["red"] * 3 + ["blue"] * 3
    for rule in ["x", "value"]:
        assert column(cluster("labels", barbell, *words, "--rank", rule)[1] / "labels.csv", "class")[1] == "red"
    result = frugal("cluster", "labels", barbell, "--classes", classes, "-o", tmp_path / "none")
    assert result.code == 3 and "no column 'class'" in result.err, result.text


# ---- the community profile ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("preset", ["apr", "deep", "l1", "crd", "mqi"])
def test_ncp(cluster, graphs, preset):
    metrics, folder = cluster("ncp", graphs / "dolphins.smat", "--preset", preset, "--samples", 6, "--keep-sets")
    rows, envelope = read_csv(folder / "ncp.csv"), read_csv(folder / "ncp_envelope.csv")
    assert len(rows) == metrics["rows"] <= metrics["runs"] and metrics["unfinished"] == 0
    members = read_csv(folder / "ncp_sets.csv")
    for number, row in enumerate(rows):
        assert 0 < float(row["output_volume"]) < 159
        assert float(row["output_conductance"]) == pytest.approx(
            float(row["output_cut"]) / float(row["output_volume_smaller"]))
        assert int(row["output_size"]) == sum(member["row"] == str(number) for member in members)
    texts = [tuple(row.values()) for row in rows]
    assert all(tuple(row.values()) in texts for row in envelope)
    logs = [math.log10(float(row["output_volume_smaller"])) for row in envelope]
    assert logs == sorted(logs)
    assert metrics["best_conductance"] == min(float(row["output_conductance"]) for row in rows)


def test_ncp_by_size_and_expansion(cluster, graphs):
    words = ["ncp", graphs / "dolphins.smat", "--samples", 10, "--bins", 3]
    _, folder = cluster(*words, "--by-size", "--by-expansion")
    rows, envelope = read_csv(folder / "ncp.csv"), read_csv(folder / "ncp_envelope.csv")
    assert 1 <= len(envelope) <= 3
    assert min(float(row["output_expansion"]) for row in rows) == min(float(row["output_expansion"]) for row in envelope)
    other, _ = cluster(*words, "--seed", 2)
    assert other["runs"] > 0


def test_ncp_keeps_ids_of_the_whole_graph(cluster, tmp_path):
    path = tmp_path / "graph.txt"
    path.write_text("0 1\n" + "".join(f"{a} {b}\n" for c in (2, 7) for a in range(c, c + 5) for b in range(c, a)) + "6 7\n")
    for words in [[], ["--largest-component"]]:
        _, folder = cluster("ncp", path, "--samples", 10, "--keep-sets", *words)
        assert {int(text) for text in column(folder / "ncp_sets.csv", "node")} <= set(range(2, 12))


def test_an_interrupted_profile_keeps_what_it_found(graphs, tmp_path):
    out = tmp_path / "out"
    command = [PROGRAM, "cluster", "ncp", graphs / "JohnsHopkins.edgelist.gz", "--preset", "l1", "--threads", "1",
               "--keep-sets", "-o", out]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "OMP_WAIT_POLICY": "passive"}) as process:
        time.sleep(2)  # the first stage, which scores neighbourhoods, is over at once
        process.send_signal(signal.SIGINT)
        err = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 130 and "interrupted" in err, err
    assert not out.exists()
    partial = tmp_path / "out.partial"
    assert f"kept in {partial}" in err and "--resume" not in err
    assert json.loads((partial / "summary.json").read_text())["status"] == "interrupted"
    rows = read_csv(partial / "ncp.csv")
    assert len(rows) == read_summary(partial)["metrics"]["rows"] > 0
    assert rows[-1]["method"] == "l1"  # the stage that was interrupted has its clusters, and their sets
    sizes = collections.Counter(column(partial / "ncp_sets.csv", "row"))
    assert [int(row["output_size"]) for row in rows] == [sizes[str(k)] for k in range(len(rows))]


# ---- threads ---------------------------------------------------------------------------------------------------------------------------

def run_both(frugal, tmp_path, words):
    """The command with 1 and with 2 threads: two folders."""
    folders = []
    for threads in [1, 2]:
        folders.append(tmp_path / f"{words[0]}{threads}")
        result = frugal("cluster", *words, "--threads", threads, "--no-figures", "-o", folders[-1])
        assert result.code == 0, result.text
    return folders


def without_timings(folder):
    """The summary without what may differ from run to run."""
    summary = read_summary(folder)
    for name in ["command", "timings", "threads", "peak_memory_bytes"]:
        del summary[name]
    for name in ["threads", "output"]:
        del summary["settings"][name]
    summary["metrics"] = {name: value for name, value in summary["metrics"].items() if "seconds" not in name}
    return summary


SEEDED = ["l1pr", "acl", "path", "search", "hk", "ppr-path", "crd", "flow-diffusion", "ball"]
WHOLE = ["fiedler", "densest", "triangles", "components", "cores"]
SETS = ["score", "mqi", "simplelocal", "flowimprove", "fiedler-local", "mov"]


@pytest.mark.parametrize("verb", SEEDED + WHOLE + SETS + ["stagewise", "ncp", "labels", "each-seed"])
def test_threads_change_nothing(frugal, graphs, tmp_path, verb):
    words = [verb, graphs / "celegans.smat"]
    if verb in SEEDED or verb == "stagewise":
        words += ["--seed-nodes", "5,3"]
    elif verb in SETS:
        words += ["--set-nodes", "0,1,2,3,40,41,42"]
    elif verb == "ncp":
        words += ["--samples", "20", "--keep-sets"]
    elif verb == "labels":
        (tmp_path / "classes.csv").write_text("node,class\n0,a\n50,b\n100,c\n150,b\n")
        words += ["--classes", tmp_path / "classes.csv", "--rho", "1e-5"]
    elif verb == "each-seed":
        words = ["l1pr", words[1], "--each-seed", "--seed-nodes", ",".join(map(str, range(40))), "--rho", "1e-5"]
    one, two = run_both(frugal, tmp_path, words)
    names = sorted(path.name for path in one.iterdir())
    assert names == sorted(path.name for path in two.iterdir()) and len(names) > 1
    for name in names:
        if name != "summary.json":
            assert (one / name).read_bytes() == (two / name).read_bytes(), name
    assert without_timings(one) == without_timings(two)


def test_json_and_quiet(frugal, barbell, tmp_path):
    words = ["cluster", "l1pr", barbell, "--seed-nodes", "0", "--no-figures"]
    result = frugal(*words, "--json", "-o", tmp_path / "a")
    told, written = json.loads(result.out), read_summary(tmp_path / "a")
    for summary in [told, written]:
        del summary["peak_memory_bytes"]
    assert told == written and told["metrics"]["size"] == 3
    quiet = frugal(*words, "--quiet", "-o", tmp_path / "b")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    verbose = frugal(*words, "--verbose", "-o", tmp_path / "c")
    assert "6 nodes, 7 edges" in verbose.err and "read: " in verbose.err and "solve: " in verbose.err


# ---- partitions ----------------------------------------------------------------------------------------------------------------------

def test_clusters_of_two_triangles(cluster, frugal, barbell, tmp_path):
    metrics, folder = cluster("clusters", barbell, "--k", 2)
    assert column(folder / "clusters.csv", "cluster") == ["0"] * 3 + ["1"] * 3 and metrics["clusters"] == 2
    result = frugal("cluster", "clusters", barbell, "--k", 7, "-o", tmp_path / "none")
    assert result.code == 2 and "1 to 6" in result.err, result.text
    assert frugal("cluster", "clusters", barbell, "-o", tmp_path / "none").code == 2


def test_segments_of_separate_blocks(frugal, cluster, tmp_path):
    path = tmp_path / "graph.txt"
    path.write_text("".join(f"{a} {b}\n" for c in range(0, 40, 8) for a in range(c, c + 8) for b in range(c, a))
                    + "".join(f"{c} {c + 8}\n" for c in range(0, 32, 8)))
    for words in [[], ["--mqi"], ["--merge", 5]]:
        metrics, folder = cluster("segment", path, *words)
        found = [int(text) for text in column(folder / "segments.csv", "segment")]
        assert len(found) == 40 and set(found) == set(range(metrics["segments"]))
        assert all(found.index(label) < found.index(label + 1) for label in range(metrics["segments"] - 1))
    one, two = run_both(frugal, tmp_path, ["segment", path])
    assert (one / "segments.csv").read_bytes() == (two / "segments.csv").read_bytes()
    assert frugal("cluster", "segment", path, "--remain", 2, "-o", tmp_path / "none").code == 2


# ---- many ranks --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("words, made", [
    (["ncp", "dolphins.smat", "--samples", 12, "--keep-sets"], ["ncp.csv", "ncp_envelope.csv", "ncp_sets.csv"]),
    (["l1pr", "dolphins.smat", "--seed-nodes", "0,1,2,3,4,5,6", "--each-seed", "--rho", 1e-3], ["batch.csv", "batch_sets.csv"]),
    (["clusters", "dolphins.smat", "--k", 4], ["clusters.csv"]),
    (["segment", "dolphins.smat", "--merge", 3], ["segments.csv"]),
])
def test_sets_that_other_ranks_found(frugal, mpirun, graphs, tmp_path, words, made):
    """The tables are those of one process, though each rank found a part of the sets."""
    words = ["cluster", words[0], graphs / words[1], *words[2:], "--no-figures", "-o"]
    assert frugal(*words, tmp_path / "one").code == 0
    result = mpirun(*words, tmp_path / "two")
    assert result.returncode == 0, result.stderr
    for name in made:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
