"""Graph files: every format and option of reading, convert, check, generate."""

import bz2
import gzip
import json
import lzma
import os

import pytest

from conftest import BARBELL, column, read_csv, read_summary

EDGES = [line.split() for line in BARBELL.split("\n") if line]


def facts(frugal, path, *words):
    """What check says, as a dictionary."""
    result = frugal("cluster", "check", path, *words)
    assert result.code == 0, result.text
    return dict(line.split(maxsplit=1) for line in result.out.splitlines())


def both_ways():
    return [pair for edge in EDGES for pair in (edge, edge[::-1])]


def formats():
    """The barbell as text of each format, by the ending of its name."""
    one = [(int(a) + 1, int(b) + 1) for a, b in EDGES]
    rows = [[b for a, b in sorted((int(x) + 1, int(y) + 1) for x, y in both_ways()) if a == v] for v in range(1, 7)]
    return {
        "edges": BARBELL,
        "both.csv": "from,to\n" + "".join(f"{a},{b}\n" for a, b in both_ways()),
        "smat": f"6 6 {2 * len(EDGES)}\n" + "".join(f"{a} {b} 1\n" for a, b in both_ways()),
        "mtx": f"%%MatrixMarket matrix coordinate pattern symmetric\n6 6 {len(EDGES)}\n"
               + "".join(f"{b} {a}\n" for a, b in one),
        "metis": f"6 {len(EDGES)}\n" + "".join(" ".join(map(str, row)) + "\n" for row in rows),
        "gml": "graph [\n" + "".join(f"  node [ id {v} ]\n" for v in range(6))
               + "".join(f"  edge [ source {a} target {b} ]\n" for a, b in EDGES) + "]\n",
        "graphml": '<?xml version="1.0"?><graphml><graph edgedefault="undirected">'
                   + "".join(f'<node id="{v}"/>' for v in range(6))
                   + "".join(f'<edge source="{a}" target="{b}"/>' for a, b in EDGES) + "</graph></graphml>\n",
    }


@pytest.mark.parametrize("ending", formats())
def test_all_formats_give_the_same_bytes(frugal, tmp_path, barbell, ending):
    path = tmp_path / f"graph.{ending}"
    path.write_text(formats()[ending])
    for source, name in [(path, "a"), (barbell, "b")]:
        assert frugal("cluster", "convert", source, tmp_path / f"{name}.fgraph").code == 0
    known = ending in ("gml", "graphml")  # these name their nodes
    told = facts(frugal, tmp_path / "a.fgraph")
    assert (told["n"], told["arcs"], told["edges"], told["volume"]) == ("6", "14", "7", "14")
    if not known:
        assert (tmp_path / "a.fgraph").read_bytes() == (tmp_path / "b.fgraph").read_bytes()


@pytest.mark.parametrize("pack, ending", [(gzip.compress, "gz"), (bz2.compress, "bz2"), (lzma.compress, "xz")])
def test_packed_text(frugal, tmp_path, pack, ending):
    path = tmp_path / f"graph.mtx.{ending}"
    path.write_bytes(pack(formats()["mtx"].encode()))
    assert facts(frugal, path)["edges"] == "7"
    plain = tmp_path / "graph"  # known by its bytes, not by its name
    plain.write_bytes(pack(BARBELL.encode()))
    assert facts(frugal, plain)["edges"] == "7"


def test_windows_line_ends_comments_and_a_byte_order_mark(frugal, tmp_path):
    path = tmp_path / "graph.txt"
    path.write_bytes(b"\xef\xbb\xbf# two triangles\r\n\r\n" + BARBELL.replace("\n", "\r\n").encode())
    assert facts(frugal, path)["edges"] == "7"


@pytest.mark.parametrize("words, expected", [
    ([], {"volume": "16", "edges": "2", "loops": "1"}),  # 0-1 twice and back: 2; 1-2: 5; a loop of 2
    (["--dup", "max"], {"volume": "14", "arcs": "5"}),
    (["--dup", "one"], {"volume": "14"}),
    (["--symmetrise", "sum"], {"volume": "18"}),
    (["--drop-loops"], {"volume": "14", "loops": "0"}),
    (["--unweighted"], {"volume": "5", "weighted": "0"}),
    (["--nodes", "9"], {"n": "9", "isolated": "6"}),
    (["--columns", "2,1"], {"volume": "7"}),
    (["--sep", "blank"], {"edges": "2"}),
    (["--one-based"], None),
    (["--symmetrise", "error"], None),
])
def test_options_of_reading(frugal, tmp_path, words, expected):
    path = tmp_path / "graph.txt"
    path.write_text("0 1 1\n0 1 1\n1 0 1\n1 2 5\n2 2 2\n")
    if expected is None:
        result = frugal("cluster", "check", path, *words)
        assert result.code == 3 and str(path) in result.err, result.text
        return
    told = facts(frugal, path, *words)
    assert {name: told[name] for name in expected} == expected


def test_reading_is_noted(frugal, tmp_path):
    path = tmp_path / "graph.txt"
    path.write_text("0 1 1\n0 1 1\n1 2 inf\n2 3 0\n3 3 1\n3 0 2\n")
    result = frugal("cluster", "check", path, "--bad-weights", "drop", "--drop-loops", "--json")
    assert result.code == 0, result.text
    summary = json.loads(result.out)
    assert summary["metrics"]["reading"] == {"lines": 6, "duplicates": 1, "one_sided": 3, "dropped_weights": 1,
                                             "dropped_loops": 1, "dropped_zeros": 2}  # the last of both arcs
    assert "1 line with a negative or infinite weight" in summary["warnings"][0]
    assert len(summary["inputs"][str(path)]["sha256"]) == 64


def test_real_graphs_have_their_numbers(frugal, graphs, oracle):
    for entry in oracle("graphstats.json"):
        if entry["n"] > 6000:
            continue
        told = facts(frugal, graphs / entry["graph"])
        for name, key in [("n", "n"), ("arcs", "arcs"), ("loops", "self_loops"), ("edges", "edges"),
                          ("isolated", "isolated"), ("components", "components"), ("largest_component", "largest")]:
            assert int(told[name]) == entry[key], (entry["graph"], name)
        assert float(told["volume"]) == pytest.approx(entry["volume"], rel=1e-14)


def test_names_weights_and_infinite_ones(frugal, graphs):
    told = facts(frugal, graphs / "sfld.csv.gz")
    assert (told["n"], told["arcs"], told["named"]) == ("232", "21320", "1")
    assert float(told["volume"]) == pytest.approx(3179766.356168429, rel=1e-14)
    assert facts(frugal, graphs / "sfld.csv.gz", "--unweighted")["arcs"] == "31140"
    refused = frugal("cluster", "check", graphs / "ASTRAL.csv.gz")
    assert refused.code == 3 and "ASTRAL.csv.gz:1509" in refused.err, refused.text
    assert facts(frugal, graphs / "ASTRAL.csv.gz", "--bad-weights", "drop")["dropped_weights"] == "12"


def test_tables_of_a_graph_whose_names_are_numbers(cluster, tmp_path):
    """Node 0 is called 1, node 1 is called 2: tables of a run are taken for what they say."""
    path = tmp_path / "graph.gml"
    path.write_text("graph [\n" + "".join(f"  node [ id {v} ]\n" for v in range(1, 7))
                    + "".join(f"  edge [ source {int(a) + 1} target {int(b) + 1} ]\n" for a, b in EDGES) + "]\n")
    metrics, found = cluster("l1pr", path, "--seed-nodes", "4", "--alpha", "0.2", "--rho", "0.05", name="found")
    assert column(found / "cluster.csv", "name") == ["4", "5", "6"]
    scores, folder = cluster("score", path, "--set-file", found / "cluster.csv", name="score")
    assert scores["conductance"] == metrics["conductance"] and scores["size"] == 3
    swept, folder = cluster("sweep", path, "--vector", found / "vector.csv", name="sweep")
    assert column(folder / "cluster.csv", "name") == ["4", "5", "6"]
    renamed = tmp_path / "renamed.csv"  # the number is that of another graph: the name counts
    renamed.write_text("node,name,p_over_degree\n0,5,1\n1,6,1\n")
    cluster("sweep", path, "--vector", renamed, "--min-size", "2", name="renamed")
    assert column(tmp_path / "renamed" / "cluster.csv", "name") == ["5", "6"]


# ---- convert and .fgraph -----------------------------------------------------------------------------------------------

def test_convert_refuses_to_overwrite(frugal, barbell, tmp_path):
    out = tmp_path / "graph.fgraph"
    assert frugal("cluster", "convert", barbell, out).code == 0
    before = out.read_bytes()
    result = frugal("cluster", "convert", barbell, out, "--drop-loops")
    assert result.code == 2 and "--force" in result.err, result.text
    assert frugal("cluster", "convert", out, out, "--force").code == 0  # onto itself
    assert out.read_bytes() == before
    assert frugal("cluster", "convert", barbell, tmp_path / "graph.bin").code == 2
    assert frugal("cluster", "convert", barbell).code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["barbell.edges", "graph.fgraph"]


def test_convert_keeps_names(frugal, tmp_path):
    path = tmp_path / "graph.txt"
    path.write_text("Ann\tBob Lee\nBob Lee\tCy\n")
    assert frugal("cluster", "convert", path, tmp_path / "graph.fgraph").code == 0
    result = frugal("cluster", "components", tmp_path / "graph.fgraph", "--no-figures", "-o", tmp_path / "out")
    assert result.code == 0, result.text
    assert column(tmp_path / "out" / "components.csv", "name") == ["Ann", "Bob Lee", "Cy"]


def test_convert_writes_subgraphs_with_their_numbers(frugal, barbell, tmp_path):
    out, table = tmp_path / "part.fgraph", tmp_path / "map.csv"
    result = frugal("cluster", "convert", barbell, out, "--set-nodes", "5,3,4", "--map", table)
    assert result.code == 0, result.text
    assert read_csv(table) == [{"node": str(k), "whole": str(k + 3)} for k in range(3)]
    assert facts(frugal, out)["edges"] == "3"


def test_a_mapped_graph_gives_the_same_results(frugal, barbell, tmp_path):
    mapped = tmp_path / "graph.fgraph"
    assert frugal("cluster", "convert", barbell, mapped).code == 0
    for verb, words in {"mqi": ["--set-nodes", "0,1,2,3", "--complement"], "triangles": [],
                        "crd": ["--seed-nodes", "0"], "flowimprove": ["--set-nodes", "0,1"],
                        "simplelocal": ["--set-nodes", "0,1", "--delta", "0"],
                        "l1pr": ["--seed-nodes", "0", "--improve", "simplelocal", "--delta", "0"],
                        "acl": ["--seed-nodes", "0,4", "--each-seed"]}.items():
        for path, name in [(barbell, "text"), (mapped, "mapped")]:
            result = frugal("cluster", verb, path, *words, "--no-figures", "--force", "-o", tmp_path / name)
            assert result.code == 0, result.text
        tables = [path.name for path in (tmp_path / "text").glob("*.csv")]
        assert tables
        for table in tables:
            assert (tmp_path / "text" / table).read_bytes() == (tmp_path / "mapped" / table).read_bytes()
    entry = read_summary(tmp_path / "mapped")["inputs"][str(mapped)]
    assert entry["bytes"] == mapped.stat().st_size and len(entry["fnv1a"]) == 16


@pytest.fixture
def mapped(frugal, barbell, tmp_path):
    path = tmp_path / "graph.fgraph"
    assert frugal("cluster", "convert", barbell, path).code == 0
    return path


@pytest.mark.parametrize("size", [0, 7, 100, 4095, 4096, 8200])
def test_a_truncated_fgraph(frugal, mapped, tmp_path, size):
    mapped.write_bytes(mapped.read_bytes()[:size])
    for words in [["check", mapped], ["crd", mapped, "--seed-nodes", "0", "-o", tmp_path / "out"]]:
        result = frugal("cluster", *words)
        assert result.code == 3 and str(mapped) in result.err, result.text
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("place", range(0, 80, 8))
def test_a_corrupted_header(frugal, mapped, place):
    content = bytearray(mapped.read_bytes())
    content[place + 5] ^= 0x41
    mapped.write_bytes(content)
    result = frugal("cluster", "check", mapped)
    assert result.code == 3 and str(mapped) in result.err, result.text


@pytest.mark.parametrize("place", [4096, 4096 + 8, 4096 + 49, 8192, 8192 + 3, 8192 + 30])
def test_corrupted_rows_are_told_and_do_not_crash(frugal, mapped, tmp_path, place):
    content = bytearray(mapped.read_bytes())
    content[place] ^= 0xA5
    mapped.write_bytes(content)
    for words in [["check", mapped], ["crd", mapped, "--check", "--seed-nodes", "0", "-o", tmp_path / "out"],
                  ["cores", mapped, "-o", tmp_path / "out"]]:
        result = frugal("cluster", *words)
        assert result.code == 3, result.text
    assert frugal("cluster", "crd", mapped, "--seed-nodes", "0", "-o", tmp_path / "out").code in (0, 3)


def test_a_mapped_file_takes_no_options_that_would_change_it(frugal, mapped):
    for words in [["--drop-loops"], ["--unweighted"], ["--one-based"], ["--nodes", "100"]]:
        assert frugal("cluster", "check", mapped, *words).code == 2


# ---- generate --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("model, words, tables", [
    ("planted", ["--blocks", 5, "--block-size", 20], ["communities.csv"]),
    ("sbm", ["--nodes", 100, "--block-size", 20], ["communities.csv"]),
    ("local-model", ["--nodes", 200, "--block-size", 20, "--outside-degree", 5], ["communities.csv"]),
    ("rmat", ["--scale", 8, "--edge-factor", 4, "--permute"], []),
    ("geometric", ["--nodes", 150, "--radius", 0.1], ["coordinates.csv"]),
    ("lfr", ["--nodes", 300, "--mixing", 0.2, "--max-degree", 30], ["communities.csv"]),
])
def test_generate(frugal, tmp_path, model, words, tables):
    for name, more in {"a": ["--threads", 1], "b": ["--threads", 2], "c": ["--seed", 2]}.items():
        result = frugal("cluster", "generate", model, *words, *more, "--edgelist", "-o", tmp_path / name)
        assert result.code == 0, result.text
    a, b, c = (tmp_path / name for name in "abc")
    written = ["graph.edgelist", "graph.fgraph", "report.html", "summary.json", *tables]
    assert sorted(path.name for path in a.iterdir()) == sorted(written)
    for path in a.iterdir():
        if path.name not in ("summary.json", "report.html"):  # these tell times and the number of threads
            assert path.read_bytes() == (b / path.name).read_bytes()
    assert (a / "graph.fgraph").read_bytes() != (c / "graph.fgraph").read_bytes()
    n = read_summary(a)["metrics"]["n"]
    for table in tables:
        assert column(a / table, "node") == [str(v) for v in range(n)]
    assert frugal("cluster", "convert", a / "graph.edgelist", tmp_path / "again.fgraph", "--nodes", n).code == 0
    assert (tmp_path / "again.fgraph").read_bytes() == (a / "graph.fgraph").read_bytes()


def test_generate_refuses_options_of_other_models(frugal, tmp_path):
    result = frugal("cluster", "generate", "sbm", "--radius", 0.1, "-o", tmp_path / "out")
    assert result.code == 2 and "--radius does not belong to the model sbm" in result.err, result.text
    result = frugal("cluster", "generate", "ring", "-o", tmp_path / "out")
    assert result.code == 2 and "there is no model 'ring'" in result.err, result.text
    assert frugal("cluster", "generate", "sbm", "--block-size", 2000, "-o", tmp_path / "out").code == 2
    assert list(tmp_path.iterdir()) == []


# ---- pipes -------------------------------------------------------------------------------------------------------------------

@pytest.fixture
def pipe():
    """Makes a pipe that holds the bytes; gives its name."""
    ends = []

    def make(content):
        reader, writer = os.pipe()
        os.write(writer, content)
        os.close(writer)
        os.set_inheritable(reader, True)
        ends.append(reader)
        return f"/dev/fd/{reader}"
    yield make
    for reader in ends:
        os.close(reader)


def run_with_pipes(frugal, *words):
    """The pipes of this process are open in the program too."""
    result = frugal(*words, "--no-figures", "--force", close_fds=False)
    assert result.code == 0, result.text


@pytest.mark.parametrize("content", [BARBELL.encode(), gzip.compress(BARBELL.encode())])
def test_a_graph_from_a_pipe(frugal, barbell, tmp_path, content):
    one, two, three = tmp_path / "one", tmp_path / "two", tmp_path / "three"
    seed = ["--seed-nodes", 0, "--rho", 1e-3]
    assert frugal("cluster", "l1pr", barbell, *seed, "--no-figures", "-o", one).code == 0
    result = frugal("cluster", "l1pr", "-", *seed, "-o", two, stdin=None, input=content)
    assert result.code == 0, result.text
    assert (one / "vector.csv").read_bytes() == (two / "vector.csv").read_bytes()
    assert read_summary(two)["inputs"] == {"/dev/stdin": {"pipe": True}}
    assert "none: a pipe" in (two / "report.html").read_text(encoding="utf-8")
    with open(barbell, "rb") as file:  # a file as standard input has a checksum
        assert frugal("cluster", "l1pr", "-", *seed, "--no-figures", "-o", three, stdin=file).code == 0
    assert read_summary(three)["inputs"]["/dev/stdin"]["bytes"] == len(BARBELL)


@pytest.mark.parametrize("text", ["0\n1\n", "node,name\n0,a\n1,b\n"])
def test_nodes_and_values_from_pipes(frugal, barbell, tmp_path, pipe, text):
    for option in ["--seed-file", "--target-file"]:
        words = [option, pipe(text.encode())] + (["--seed-nodes", 0] if option != "--seed-file" else [])
        run_with_pipes(frugal, "cluster", "ball", barbell, *words, "-o", tmp_path / "out")
    assert read_summary(tmp_path / "out")["metrics"]["target_size"] == 2
    values = pipe(b"0 3\n1 2\n2 1\n")
    run_with_pipes(frugal, "cluster", "sweep", barbell, "--vector", values, "-o", tmp_path / "swept")
    assert column(tmp_path / "swept" / "sweep.csv", "node") == ["0", "1", "2"]
