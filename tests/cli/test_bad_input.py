"""Inputs that are not what they should be: exit code 3, one sentence that says where and what, and nothing left behind.
And inputs that look odd but are fine: Windows line ends, comments, samples beyond the antimeridian."""

import random
import shutil

import pytest

from conftest import read_csv, read_summary

ENDS = ["bed", "bim", "fam", "coord", "nodes", "edges"]


@pytest.fixture
def copy(data, tmp_path):
    """A copy of the barrier data, to be spoilt; gives its prefix."""
    (tmp_path / "in").mkdir()
    for end in ENDS:
        shutil.copy(data / f"barrier.{end}", tmp_path / "in" / f"b.{end}")
    return tmp_path / "in" / "b"


def inputs(prefix, **other):
    """Options for fit; `other` replaces single files."""
    names = {"coords": f"{prefix}.coord", "nodes": f"{prefix}.nodes", "edges": f"{prefix}.edges", **other}
    return ["--bfile", prefix, *[word for name, path in names.items() for word in (f"--{name}", path)], "--no-figures"]


def change_lines(path, change):
    lines = path.read_text().splitlines()
    change(lines)
    path.write_text("\n".join(lines) + "\n")


def refuse(frugal, copy, message, *words, code=3):
    """The fit of the spoilt copy fails with this sentence and leaves nothing."""
    out = copy.parent.parent / "out"
    result = frugal("feems", "fit", *(words or inputs(copy)), "-o", out)
    assert result.code == code, result.text
    assert message in result.err, result.text
    said = [line for line in result.err.splitlines() if not line.startswith("frugal: warning:")]
    assert len(said) == (2 if code == 2 else 1) and result.out == "", result.text
    assert sorted(path.name for path in out.parent.iterdir()) == ["in"]
    return result


def test_truncated_bed(frugal, copy):
    path = copy.with_suffix(".bed")
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    result = refuse(frugal, copy, "b.bed")
    assert str(len(whole)) in result.err and str(len(whole) - 10) in result.err  # expected and found


def test_bed_that_is_none(frugal, copy):
    copy.with_suffix(".bed").write_bytes(b"hello, world" * 100)
    refuse(frugal, copy, "b.bed")


def test_bed_by_individual(frugal, copy):
    content = copy.with_suffix(".bed").read_bytes()
    copy.with_suffix(".bed").write_bytes(content[:2] + b"\0" + content[3:])
    refuse(frugal, copy, "individual")


def test_fewer_places_than_individuals(frugal, copy):
    change_lines(copy.with_suffix(".coord"), lambda lines: lines.pop())
    refuse(frugal, copy, "b.coord has 292 places but")


def test_fewer_individuals_than_the_bed_holds(frugal, copy):
    change_lines(copy.with_suffix(".fam"), lambda lines: [lines.pop() for _ in range(9)])
    refuse(frugal, copy, "b.bed")


def test_missing_files(frugal, copy):
    for end in ENDS:
        path = copy.with_suffix(f".{end}")
        path.rename(path.with_suffix(".away"))
        refuse(frugal, copy, f"cannot read {path}: No such file or directory")
        path.with_suffix(".away").rename(path)


@pytest.mark.parametrize("line, message", [
    ("3", "b.coord:3"), ("x 5", "b.coord:3"), ("nan 5", "b.coord:3"), ("1e999 5", "b.coord:3"), ("1 2 3", "b.coord:3"),
])
def test_a_bad_line_of_coordinates(frugal, copy, line, message):
    change_lines(copy.with_suffix(".coord"), lambda lines: lines.__setitem__(2, line))
    refuse(frugal, copy, message)


@pytest.mark.parametrize("line, message", [
    ("1 97", "97"), ("0 1", "b.edges:5"), ("4 4", "b.edges:5"), ("4 x", "b.edges:5"), ("4 1.5", "b.edges:5"),
])
def test_a_bad_edge(frugal, copy, line, message):
    change_lines(copy.with_suffix(".edges"), lambda lines: lines.__setitem__(4, line))
    refuse(frugal, copy, message)


def test_an_edge_given_twice_is_merged_with_a_warning(frugal, copy, tmp_path):
    change_lines(copy.with_suffix(".edges"), lambda lines: lines.append(" ".join(reversed(lines[0].split()))))
    result = frugal("feems", "fit", *inputs(copy), "-o", tmp_path / "out")
    assert result.code == 0 and "warning" in result.err, result.text
    assert read_summary(tmp_path / "out")["metrics"]["n_edges"] == 249


def test_parts_that_are_not_joined(frugal, copy, tmp_path):
    """Without the edges between columns 5 and 6 of the lattice it falls into two parts, with samples in both."""
    nodes = [[float(x) for x in line.split()] for line in copy.with_suffix(".nodes").read_text().splitlines()]

    def cut(lines):
        lines[:] = [line for line in lines if len({nodes[int(v) - 1][0] < 5.25 for v in line.split()}) == 1]

    change_lines(copy.with_suffix(".edges"), cut)
    refuse(frugal, copy, "keep-largest")
    result = frugal("feems", "fit", *inputs(copy), "--keep-largest", "-o", tmp_path / "out")
    assert result.code == 0, result.text
    assert read_summary(tmp_path / "out")["metrics"]["n_nodes"] < 96


def test_one_sampled_node_is_too_few(frugal, copy):
    change_lines(copy.with_suffix(".coord"), lambda lines: lines.__setitem__(slice(None), ["0 0"] * len(lines)))
    refuse(frugal, copy, "node")


def test_genotypes_without_any_variation(frugal, copy):
    path = copy.with_suffix(".bed")
    content = path.read_bytes()
    path.write_bytes(content[:3] + b"\xff" * (len(content) - 3))
    result = refuse(frugal, copy, "SNP")
    assert "1332" in result.err


def test_longitude_and_latitude_exchanged(frugal, data, copy):
    lines = (data / "wolvesadmix.coord").read_text().splitlines()
    swapped = copy.parent / "swapped.coord"
    swapped.write_text("\n".join(" ".join(reversed(line.split())) for line in lines) + "\n")
    wolves = ["--bfile", data / "wolvesadmix", "--coords", swapped]
    graph = ["--nodes", data / "wolves_grid250.nodes", "--edges", data / "wolves_grid250.edges"]
    outline = ["--outer", data / "wolvesadmix.outer", "--spacing", "240km"]
    for words in [graph, outline]:
        refuse(frugal, copy, "longitude and latitude seem to be exchanged", *wolves, *words)


def test_an_outline_with_longitude_and_latitude_exchanged(frugal, data, copy):
    lines = (data / "wolvesadmix.outer").read_text().splitlines()
    outer = copy.parent / "outer"
    outer.write_text("\n".join(" ".join(reversed(line.split())) for line in lines) + "\n")
    result = frugal("feems", "fit", "--bfile", data / "wolvesadmix", "--coords", data / "wolvesadmix.coord", "--outer", outer,
                    "--spacing", "240km", "-o", copy.parent.parent / "out")
    assert result.code == 3 and "latitude" in result.err, result.text


def test_an_outline_that_crosses_itself(frugal, data, copy):
    outer = copy.parent / "outer"
    outer.write_text("-130 40\n-80 60\n-80 40\n-130 60\n")
    wolves = ["--bfile", data / "wolvesadmix", "--coords", data / "wolvesadmix.coord"]
    refuse(frugal, copy, "cross", *wolves, "--outer", outer, "--spacing", "240km")


@pytest.mark.parametrize("text", ["", "1 2\n3 4\n", "1 2\n3 nan\n5 6\n", "{\"type\": \"Point\", \"coordinates\": [1, 2]}", "{"])
def test_outlines_that_are_none(frugal, data, copy, text):
    outer = copy.parent / "outer"
    outer.write_text(text)
    wolves = ["--bfile", data / "wolvesadmix", "--coords", data / "wolvesadmix.coord"]
    refuse(frugal, copy, str(outer), *wolves, "--outer", outer, "--spacing", "240km")


def test_an_outline_without_any_node(frugal, data, copy):
    outer = copy.parent / "outer"
    outer.write_text("-100 60\n-99.99 60\n-99.99 60.01\n-100 60.01\n")
    wolves = ["--bfile", data / "wolvesadmix", "--coords", data / "wolvesadmix.coord"]
    refuse(frugal, copy, "node", *wolves, "--outer", outer, "--spacing", "240km")


def test_samples_across_the_antimeridian(frugal, copy, tmp_path):
    """Places between 171 E and 171 W, written with longitudes of both signs, on a grid that crosses 180 degrees."""
    draw = random.Random(1)
    places = [(draw.uniform(171, 189), draw.uniform(51, 64)) for _ in range(293)]
    copy.with_suffix(".coord").write_text("".join(f"{x if x <= 180 else x - 360:.5f} {y:.5f}\n" for x, y in places))
    outer = copy.parent / "outer"
    outer.write_text("170 50\n-170 50\n-170 65\n170 65\n")
    common = ["--bfile", copy, "--coords", copy.with_suffix(".coord"), "--spacing", "200km", "--no-figures"]
    for name, words in {"outline": ["--outer", outer], "hull": []}.items():
        out = tmp_path / name
        result = frugal("feems", "fit", *common, *words, "-o", out)
        assert result.code == 0 and "farther" not in result.err, result.text
        nodes = read_csv(out / "nodes.csv")
        longitudes = [float(row["lon"]) % 360 for row in nodes]
        assert min(longitudes) > 165 and max(longitudes) < 195
        for row in nodes:  # a sample's node lies about where the sample lies
            if int(row["n_samples"]) > 0:
                x, y = float(row["lon"]) % 360, float(row["lat"])
                assert min((x - a) ** 2 + (y - b) ** 2 for a, b in places) < 3**2


def test_windows_line_ends_comments_and_blank_lines(frugal, data, copy, tmp_path):
    for end in ["bim", "fam", "coord", "nodes", "edges"]:
        path = copy.with_suffix(f".{end}")
        content = path.read_bytes().replace(b"\n", b"\r\n")
        if end in ["coord", "nodes", "edges"]:
            content = b"# made elsewhere\r\n\r\n" + content.rstrip(b"\r\n")  # no line end at the end
        path.write_bytes(content)
    (tmp_path / "folds").write_bytes(b"\xef\xbb\xbfnode,fold\r\n" + b"".join(b"%d,%d\r\n" % (k, k % 4) for k in range(96)
                                                                           if k in observed(data)))
    plain = frugal("feems", "cv", *inputs(data / "barrier"), "--lambdas", "10", "--folds", tmp_path / "folds", "--refit",
                   "-o", tmp_path / "plain")
    windows = frugal("feems", "cv", *inputs(copy), "--lambdas", "10", "--folds", tmp_path / "folds", "--refit",
                     "-o", tmp_path / "windows")
    assert plain.code == 0 and windows.code == 0, plain.text + windows.text
    for name in ["edges.csv", "nodes.csv", "cv.csv"]:
        assert (tmp_path / "plain" / name).read_bytes() == (tmp_path / "windows" / name).read_bytes()


def observed(data):
    """Nodes of the barrier data that have samples; they lie exactly at their places."""
    places = [line.split() for line in (data / "barrier.nodes").read_text().splitlines()]
    sampled = {tuple(map(float, line.split())) for line in (data / "barrier.coord").read_text().splitlines()}
    return {k for k, (x, y) in enumerate(places)
            if any(abs(float(x) - a) < 1e-6 and abs(float(y) - b) < 1e-6 for a, b in sampled)}


@pytest.mark.parametrize("content, message", [
    ("node_i,node_j,weight\n0,1,2\n", "no weight for the edge between nodes"),
    ("0,1,2\n1,2,3\n", "heading"),
    ("a,b,c\n0,1,2\n", "node_i, node_j and weight"),
    ("node_i,node_j,weight\n0,1,-2\n", "a weight must be above 0, found -2"),
    ("node_i,node_j,weight\n0,1,0\n", "a weight must be above 0, found 0"),
    ("1\n2\n", "has 2 weights, but there are 249 edges"),
    ("node_i,node_j,weight\n0,1,x\n", "'x'"),
])
def test_weights_that_are_wrong(frugal, copy, content, message):
    weights = copy.parent / "weights.csv"
    weights.write_text(content)
    refuse(frugal, copy, message, *inputs(copy), "--eval-only", "--weights", weights)


def test_a_basemap_that_cannot_be_read_is_found_before_the_work(frugal, copy):
    coast = copy.parent / "coast.shp"
    words = [word for word in inputs(copy) if word != "--no-figures"]
    refuse(frugal, copy, "coast.shp", *words, "--basemap", coast)
    coast.write_text("no shapefile")
    refuse(frugal, copy, "coast.shp", *words, "--basemap", coast)
    refuse(frugal, copy, "projection", *words, "--projection", "flat-earth", code=2)
