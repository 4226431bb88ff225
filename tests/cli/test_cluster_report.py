"""Reports of `frugal cluster`: every number on the page has its meaning beside it."""

import re

import pytest

from conftest import BARBELL

SEED, SET, TARGET = ["--seed-nodes", "0,1"], ["--set-nodes", "0,1,3"], ["--target-nodes", "0,1,2"]


@pytest.fixture
def page(frugal, tmp_path):
    """Runs a verb on two triangles joined by an edge; gives the report."""
    graph = tmp_path / "barbell.edges"
    graph.write_text(BARBELL)  # a test may change it
    (tmp_path / "values.csv").write_text("node,value\n0,3\n1,2\n2,1\n")
    (tmp_path / "classes.csv").write_text("node,class\n0,a\n5,b\n")

    def run(verb, *words):
        result = frugal("cluster", verb, graph, *words, "--force", "-o", tmp_path / "out", cwd=tmp_path)
        assert result.code == 0, result.text
        return (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    return run


@pytest.mark.parametrize("words", [
    ["l1pr", *SEED, *TARGET, "--improve", "simplelocal", "--diagnose"],
    ["l1pr", *SEED, "--each-seed"],
    ["acl", *SEED, *TARGET, "--residual"],
    ["path", *SEED],
    ["search", *SEED],
    ["stagewise", *SEED],
    ["stagewise", "--seed-nodes", 0, "--rho-min", 0.4, "--eta", 0.3],  # one step, too few for a figure
    ["hk", *SEED],
    ["ppr-path", *SEED],
    ["ball", *SEED],
    ["crd", *SEED],
    ["sweep", "--vector", "values.csv"],
    ["score", *SET, *TARGET],
    ["mqi", "--set-nodes", "0,1"],
    ["flowimprove", *SET],
    ["simplelocal", *SET],
    ["fiedler"],
    ["fiedler-local", *SET],
    ["mov", *SET],
    ["densest"],
    ["triangles"],
    ["components", "--largest-component"],
    ["cores"],
    ["extrema", "--vector", "values.csv"],
    ["labels", "--classes", "classes.csv"],
    ["ncp"],
    ["clusters", "--k", 2],
    ["segment"],
], ids=lambda words: f"{words[0]}{len(words)}")
def test_every_number_and_file_has_its_meaning(page, words):
    text = page(*words)
    numbers = text[text.index("Key numbers"):text.index("Settings")]
    rows = re.findall(r"<tr>(.*?)</tr>", numbers, re.S)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in rows]
    cells = [row for row in cells if row]
    assert len(cells) > 5
    assert [row[0] for row in cells if row[2].strip() == ""] == []


def test_what_no_set_undercuts(page, tmp_path):
    """Cheeger's inequality holds in the part that was cut; another component has conductance 0."""
    assert "no set has a conductance below 0.1" in page("fiedler")
    (tmp_path / "barbell.edges").write_text(BARBELL + "6 7\n")
    parts = page("fiedler")
    assert "no set inside the largest component has a conductance below 0.1" in parts
    assert "no set has a conductance below 0." in page("fiedler", "--whole-graph")


def test_conductance_is_explained_where_it_is_meant(page):
    assert "Conductance: the chance" in page("ball", *SEED)
    assert "Conductance: the chance" not in page("labels", "--classes", "classes.csv")
