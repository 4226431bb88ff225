"""`frugal cluster edit`: the graph that comes out is the one built from the changed list; what cannot be done is told with file and
line and writes nothing."""

import gzip
import random

import pytest

from conftest import BARBELL, read_csv


def converted(frugal, folder, text):
    """The bytes of the .fgraph of an edge list."""
    path = folder / "expected.edges"
    path.write_text(text)
    result = frugal("cluster", "convert", path, folder / "expected.fgraph", "--force")
    assert result.code == 0, result.text
    return (folder / "expected.fgraph").read_bytes()


def written(folder, **texts):
    """Options that name a file each, such as add=TEXT."""
    words = []
    for option, text in texts.items():
        path = folder / f"{option}.txt"
        path.write_text(text)
        words += [f"--{option}", path]
    return words


def test_lists_are_made_in_order(frugal, barbell, tmp_path):
    words = written(tmp_path, remove="# gone\n1 0\n2 3 1\n", set="4,3,2.5\n5,0\n", add="0\t1\n\n4\t3\t0.5\n")
    result = frugal("cluster", "edit", barbell, tmp_path / "out.fgraph", *words, "--json")
    assert result.code == 0, result.text
    assert (tmp_path / "out.fgraph").read_bytes() == converted(frugal, tmp_path, "0 1\n0 2\n1 2\n3 4 3\n3 5\n4 5\n0 5\n")
    for told in ['"edges_added": 1', '"edges_removed": 1', '"edges_changed": 1', '"changes": 6', '"edges_after": 7']:
        assert told in result.out, result.text
    result = frugal("cluster", "check", tmp_path / "out.fgraph")
    assert result.code == 0, result.text


def test_random_changes_equal_a_new_graph(frugal, tmp_path):
    draw = random.Random(5)
    edges = {(a, b): 1.0 for a in range(60) for b in range(a) if draw.random() < 0.1}
    edges[59, 0] = 1.0  # the last node stays
    old = "".join(f"{a} {b} {w}\n" for (a, b), w in edges.items())
    (tmp_path / "old.edges").write_text(old)
    gone = draw.sample([edge for edge in edges if edge != (59, 0)], 20)
    remove = "".join(f"{a} {b}\n" if draw.random() < 0.5 else f"{b} {a}\n" for a, b in gone)
    for edge in gone:
        del edges[edge]
    add = ""
    for _ in range(30):
        a, b, w = draw.randrange(60), draw.randrange(60), draw.randrange(1, 9) / 4
        key = (max(a, b), min(a, b))
        edges[key] = edges.get(key, 0) + w
        add += f"{a} {b} {w}\n"
    words = written(tmp_path, remove=remove)
    (tmp_path / "add.gz").write_bytes(gzip.compress(add.encode()))
    result = frugal("cluster", "edit", tmp_path / "old.edges", tmp_path / "out.fgraph", *words, "--add", tmp_path / "add.gz")
    assert result.code == 0, result.text
    new = "".join(f"{a} {b} {w}\n" for (a, b), w in edges.items())
    assert (tmp_path / "out.fgraph").read_bytes() == converted(frugal, tmp_path, new)


def test_names_and_new_nodes(frugal, tmp_path):
    path, out = tmp_path / "graph.csv", tmp_path / "out.fgraph"
    path.write_text("Ann,Bob Lee\nBob Lee,Cy\n")
    words = written(tmp_path, add="from,to,weight\nCy,Dora May,2\nAnn,Dora May,1\n")
    result = frugal("cluster", "edit", path, out, *words)
    assert result.code == 3 and "add.txt:2: there is no node called 'Dora May'" in result.err, result.text
    assert not out.exists()
    result = frugal("cluster", "edit", path, out, *words, "--new-nodes")
    assert result.code == 0 and "1 new node" in result.err, result.text
    result = frugal("cluster", "components", out, "--no-figures", "-o", tmp_path / "parts")
    assert result.code == 0, result.text
    assert [row["name"] for row in read_csv(tmp_path / "parts" / "components.csv")] == ["Ann", "Bob Lee", "Cy", "Dora May"]
    # a mapped graph is changed and written onto itself; numbers are good where no name is like them
    result = frugal("cluster", "edit", out, out, *written(tmp_path, remove="Ann,Dora May\n3,2\n"), "--force")
    assert result.code == 0 and "2 removed" in result.err, result.text


def test_numbered_new_nodes(frugal, barbell, tmp_path):
    words = written(tmp_path, add="5 8\n")
    result = frugal("cluster", "edit", barbell, tmp_path / "out.fgraph", *words, "--new-nodes")
    assert result.code == 0 and "3 new nodes" in result.err, result.text
    assert (tmp_path / "out.fgraph").read_bytes() == converted(frugal, tmp_path, BARBELL + "5 8\n")


@pytest.mark.parametrize("code, texts, message", [
    (3, {"remove": "0 1\n0 4\n"}, "remove.txt:2: there is no edge between 0 and 4 to remove"),
    (3, {"remove": "0 1\n1 0\n"}, "remove.txt:2: there is no edge between 0 and 1 to remove"),
    (3, {"remove": "# x\n2 1 1.5\n"}, "remove.txt:2: the edge between 1 and 2 has weight 1, less than the 1.5"),
    (3, {"set": "0 1 -2\n"}, "set.txt:1: expected a finite weight >= 0, found '-2'"),
    (3, {"add": "0 1\n0 1 x\n"}, "add.txt:2: expected a finite weight"),
    (3, {"add": "0 1\n0 6\n"}, "add.txt:2: there is no node 6"),
    (3, {"add": "0 1\n0\n"}, "add.txt:2: expected from, to and perhaps a weight, found 1 field"),
    (3, {"add": "0 1 1 1\n"}, "add.txt:1: expected from, to and perhaps a weight, found 4 fields"),
    (3, {"add": "# nothing\n"}, "lists no edges"),
    (3, {"add": ""}, "empty"),
    (3, {"set": "0 1 1e308\n0 2 1e308\n"}, "beyond the range"),
    (2, {}, "--remove, --set or --add"),
])
def test_bad_changes(frugal, barbell, tmp_path, code, texts, message):
    words = written(tmp_path, **texts)
    result = frugal("cluster", "edit", barbell, tmp_path / "out.fgraph", *words)
    assert result.code == code and message in result.err, result.text
    assert not (tmp_path / "out.fgraph").exists()


def test_bad_options(frugal, barbell, tmp_path):
    words, out = written(tmp_path, add="0 4\n"), tmp_path / "out.fgraph"
    for more, message in [(["--largest-component"], "convert --largest-component"), (["--labels", barbell], "labels")]:
        result = frugal("cluster", "edit", barbell, out, *words, *more)
        assert result.code == 2 and message in result.err, result.text
    result = frugal("cluster", "edit", barbell, tmp_path / "out.edges", *words)
    assert result.code == 2 and ".fgraph" in result.err, result.text
    result = frugal("cluster", "edit", barbell, out, "--add", tmp_path / "missing")
    assert result.code == 3 and "missing" in result.err, result.text
    assert frugal("cluster", "edit", barbell, out, *words).code == 0
    before = out.read_bytes()
    result = frugal("cluster", "edit", barbell, out, *words)
    assert result.code == 2 and "--force" in result.err, result.text
    assert out.read_bytes() == before
    damaged = bytearray(before)
    damaged[4096 + 8] ^= 0x55
    out.write_bytes(damaged)
    result = frugal("cluster", "edit", out, tmp_path / "more.fgraph", *words)
    assert result.code == 3 and "damaged" in result.err, result.text


# ---- l1pr --start --------------------------------------------------------------------------------------------------------------

def vector(folder):
    """p by node."""
    return {int(row["node"]): float(row["p"]) for row in read_csv(folder / "vector.csv")}


def test_an_answer_is_repaired_after_edits(frugal, cluster, graphs, tmp_path):
    words = ["--seed-nodes", "10", "--alpha", "0.1", "--rho", "1e-4"]
    _, before = cluster("l1pr", graphs / "celegans.smat", *words, name="before")
    changes = written(tmp_path, set="10 0 0\n10 297 3\n10 1 4\n", add="297 12 2\n")
    new = tmp_path / "new.fgraph"
    result = frugal("cluster", "edit", graphs / "celegans.smat", new, *changes, "--new-nodes")
    assert result.code == 0, result.text
    for solver in ["cd", "exact"]:
        cold, cold_folder = cluster("l1pr", new, *words, "--solver", solver, name="cold")
        warm, warm_folder = cluster("l1pr", new, *words, "--solver", solver, "--start", before / "vector.csv", name="warm")
        assert cold["converged"] and warm["converged"] and warm["error_bound"] <= 1e-10
        assert warm["start_support"] == len(vector(before))
        assert warm["conductance"] == pytest.approx(cold["conductance"], abs=1e-12)
        one, two = vector(cold_folder), vector(warm_folder)
        for node in one.keys() | two.keys():  # p is within error_bound times the degree, which is below 10000 here
            assert one.get(node, 0) == pytest.approx(two.get(node, 0), abs=2e-6)
        assert one.keys() != vector(before).keys()
    again, _ = cluster("l1pr", new, *words, "--start", warm_folder / "vector.csv", name="again")
    assert again["steps"] == 0  # it is the answer


def test_bad_starts(frugal, barbell, tmp_path):
    path = tmp_path / "start.csv"
    words = ["cluster", "l1pr", barbell, "--seed-nodes", "0", "--rho", "0.01", "--start", path, "-o", tmp_path / "out"]
    for text, message in [("node,p,p_over_degree\n0,1,0.5\n9,1,0.5\n", "start.csv:3: there is no node 9"),
                          ("node,p,p_over_degree\n0,1,-0.5\n", "start.csv:2: p_over_degree is -0.5"),
                          ("node,p,p_over_degree\n0,1,0.5\n0,1,0.5\n", "start.csv:3: this node is listed twice"),
                          ("node,p,p_over_degree\n0,1,x\n", "start.csv:2"),
                          ("node,p\n0,1\n", "p_over_degree"), ("", "empty")]:
        path.write_text(text)
        result = frugal(*words)
        assert result.code == 3 and message in result.err, result.text
        assert not (tmp_path / "out").exists()
    path.write_text("node,p,p_over_degree\n")
    for more, message in [(["--solver", "fista"], "--start is for --solver cd and exact"), (["--each-seed"], "one set of seeds")]:
        result = frugal(*words, *more)
        assert result.code == 2 and message in result.err, result.text
