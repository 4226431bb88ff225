"""Bad graphs, nodes, labels and options of `frugal cluster`: the exit code, one sentence that names the place, no folder."""

import gzip

import pytest

from conftest import BARBELL


@pytest.fixture
def refuse(frugal, tmp_path):
    """Runs a verb that must fail with the code and all of the words in its message, and leave nothing behind."""
    def run(code, words, *messages):
        before = sorted(path.name for path in tmp_path.iterdir())
        result = frugal("cluster", *words, "-o", tmp_path / "out")
        assert result.code == code, result.text
        assert result.err.startswith("frugal: ") and result.err.count("\n") == 1 + (code == 2), result.text
        for message in messages:
            assert str(message) in result.err, result.text
        assert sorted(path.name for path in tmp_path.iterdir()) == before
        return result
    return run


# ---- graphs ------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("text, place", [
    ("", "empty"),
    ("# nothing\n\n", "no edges"),
    ("0 1\n0\n", ":2"),
    ("0 1\n0 1 2 3\n", ":2"),
    ("0 1\n\n# x\n0 -1\n", ":4"),
    ("0 1\n0 1.5\n", ":2"),
    ("0 1\n2 x\n", ":2"),
    ("0 1 1\n1 2 -3\n", ":2"),
    ("0 1 1\n1 2 nan\n", ":2"),
    ("0 1 1\n1 2 inf\n", ":2"),
    ("0 1 1\n1 2 1e999\n", ":2"),
    ("0 1 1\n1 2 two\n", ":2"),
    ("a,b,\nb,c,2\n", ":1"),  # a missing weight, not a heading
    ("0 1\n0 4294967295\n", ":2"),
    ("0 1\n0 99999999999999999999\n", ":2"),
])
def test_edge_lists(refuse, tmp_path, text, place):
    path = tmp_path / "graph.txt"
    path.write_text(text)
    refuse(3, ["cores", path], path, place)


@pytest.mark.parametrize("name, text, place", [
    ("a.smat", "2 3 1\n0 1 1\n", ":1"),
    ("a.mtx", "%%MatrixMarket matrix coordinate real general\n2 3 1\n1 2 1\n", ":2"),
    ("a.mtx", "%%MatrixMarket matrix array real general\n2 2\n1\n2\n", ":1"),
    ("a.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 1\n0 2 1\n", ":3"),
    ("a.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 2\n1 2 1\n", "a.mtx"),
    ("a.metis", "3 2\n2\n1 4\n\n", ":3"),
    ("a.metis", "3 5\n2\n1 3\n2\n", "a.metis"),
    ("a.gml", "graph [ node [ id 1 ] edge [ source 1 target 2 ] ]", ":1"),
    ("a.gml", "graph [ node [ id 1 ]", "a.gml"),
    ("a.graphml", "<graphml><graph><node id='a'/><edge source='a' target='b'/></graph></graphml>", "b"),
    ("a.graphml", "<graphml><graph><node id='a'/>", "a.graphml"),
    ("a.fgraph", "FGRAPH02" + "x" * 5000, "a.fgraph"),
])
def test_other_formats(refuse, tmp_path, name, text, place):
    path = tmp_path / name
    path.write_text(text)
    refuse(3, ["cores", path], path, place)


def test_files_that_are_not_there_or_no_files(refuse, tmp_path):
    for name in ["none.txt", "none.fgraph"]:
        refuse(3, ["cores", tmp_path / name], tmp_path / name, "No such file")
    (tmp_path / "folder.txt").mkdir()
    refuse(3, ["cores", tmp_path / "folder.txt"], tmp_path / "folder.txt")


def test_broken_gzip(refuse, tmp_path):
    path = tmp_path / "graph.gz"
    packed = gzip.compress(BARBELL.encode() * 100)
    path.write_bytes(packed[:-20])
    refuse(3, ["cores", path], path)
    path.write_bytes(packed[:12] + b"\xff\xff\xff" + packed[15:])
    refuse(3, ["cores", path], path)


@pytest.mark.parametrize("words, message", [
    (["--header", "--no-header"], "--header and --no-header"),
    (["--columns", "1"], "--columns"),
    (["--columns", "0,1"], "--columns"),
    (["--columns", "1,2.5"], "--columns"),
    (["--format", "excel"], "--format must be one of"),
    (["--nodes", "5000000000"], "--nodes"),
    (["--dup", "min"], "--dup"),
])
def test_options_of_reading(refuse, barbell, words, message):
    refuse(2, ["cores", barbell, *words], message)


# ---- nodes -------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("words, code, message", [
    ([], 2, "give the seeds by one of --seed-nodes, --seed-file and --seed-set"),
    (["--seed-nodes", ""], 2, "--seed-nodes"),
    (["--seed-nodes", ","], 2, "a node is missing"),
    (["--seed-nodes", "0,,1"], 2, "a node is missing"),
    (["--seed-nodes", "6"], 3, "--seed-nodes"),
    (["--seed-nodes", "0,99999999999999999999"], 3, "99999999999999999999"),
    (["--seed-nodes", "-1"], 3, "-1"),
    (["--seed-nodes", "Ann"], 3, "Ann"),
    (["--seed-nodes", "0", "--seed-file", "f"], 2, "not by several"),
    (["--seed-file", "none"], 3, "none"),
    (["--seed-set", "a=1"], 2, "--labels"),
    (["--seed-nodes", "0", "--mass", "much"], 2, "--mass must be one of"),
])
def test_seeds(refuse, barbell, tmp_path, words, code, message):
    refuse(code, ["acl", barbell, *words], message)


@pytest.mark.parametrize("verb", ["crd", "ball"])
def test_masses_where_they_mean_nothing(refuse, barbell, verb):
    refuse(2, [verb, barbell, "--seed-nodes", 0, "--mass", "degree"], "unknown option --mass")


@pytest.mark.parametrize("text, place", [
    ("", "f.txt"), ("# none\n\n", "f.txt"), ("0\n7\n", "f.txt:2"), ("0 1 2\n", "f.txt:1"), ("node\n9\n", "f.txt:2"),
])
def test_files_of_nodes(refuse, barbell, tmp_path, text, place):
    path = tmp_path / "f.txt"
    path.write_text(text)
    refuse(3, ["mqi", barbell, "--set-file", path], place)


def test_a_set_with_a_node_twice(refuse, barbell):
    refuse(2, ["mqi", barbell, "--set-nodes", "0,1,0"], "node 0", "twice")


@pytest.mark.parametrize("words, code, message", [
    (["--set", "year"], 2, "such as year=2009"),
    (["--set", "year=1999"], 3, "2008"),  # the values there are
    (["--set", "month=2"], 3, "year"),  # the columns there are
    (["--set", "year=2008 & sex=f"], 3, "holds for no node"),
])
def test_expressions(refuse, barbell, tmp_path, words, code, message):
    labels = tmp_path / "labels.csv"
    labels.write_text("node,year,sex\n0,2008,m\n1,2008,m\n2,2009,f\n")
    refuse(code, ["mqi", barbell, "--labels", labels, *words], message)


def test_labels_of_other_nodes(refuse, barbell, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("node,year\nAnn,2008\n")
    refuse(3, ["mqi", barbell, "--labels", labels, "--set", "year=2008"], labels, "Ann")


def test_no_graph_or_two(refuse, barbell):
    refuse(2, ["cores"], "give one GRAPH, found 0")
    refuse(2, ["cores", barbell, barbell], "give one GRAPH, found 2")


@pytest.mark.parametrize("words, message", [
    (["hk", "--t", 501], "--t must be a number above 0, up to 500"),
    (["crd", "--height", 60001], "--height must be a whole number from 1 to 60000"),
    (["l1pr", "--resume"], "unknown option --resume"),  # only commands with a journal can
])
def test_ranges_are_those_of_the_methods(refuse, barbell, words, message):
    refuse(2, [words[0], barbell, "--seed-nodes", 0, *words[1:]], message)


def test_weights_that_rounding_swallows(frugal, tmp_path):
    """p/degree is near 1e9 here and rho 1e-3: no arithmetic of doubles certifies 1e-9."""
    path = tmp_path / "graph.txt"
    path.write_text("0 1 1e-300\n1 2 1e300\n2 0 1e-10\n2 3 1e150\n")
    result = frugal("cluster", "l1pr", path, "--seed-nodes", 0, "--rho", 1e-3, "--no-figures", "-o", tmp_path / "out")
    assert result.code == 1 and "rounding allows no closer certificate" in result.err, result.text
