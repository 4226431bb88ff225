"""frugal feems grid: the wolves' published grid, spacing, masks, shapefile tiles, the antimeridian."""

import json
import math

from conftest import read_summary


def read_pairs(path):
    return [tuple(float(x) for x in line.split()) for line in path.read_text().splitlines()]


def places_and_edges(nodes, edges):
    """The graph as sets of rounded places and of pairs of them: node numbers may differ."""
    places = [(round(x, 3), round(y, 3)) for x, y in read_pairs(nodes)]
    return set(places), {frozenset((places[int(i) - 1], places[int(j) - 1])) for i, j in read_pairs(edges)}


def test_the_wolves_grid_is_the_published_one(frugal, data, tmp_path):
    out = tmp_path / "grid"
    result = frugal("feems", "grid", "--outer", data / "wolvesadmix.outer", "--resolution", 64, "-o", out)
    assert result.code == 0, result.text
    made = places_and_edges(out / "grid.nodes", out / "grid.edges")
    published = places_and_edges(data / "wolves_grid100.nodes", data / "wolves_grid100.edges")
    assert made == published
    assert len(made[0]) == 1207 and len(made[1]) == 3458
    metrics = read_summary(out)["metrics"]
    assert (metrics["n_nodes"], metrics["n_edges"], metrics["n_components"]) == (1207, 3458, 1)
    assert not (tmp_path / "grid.partial").exists()


def test_geojson_has_one_line_per_edge(frugal, data, tmp_path):
    out = tmp_path / "grid"
    assert frugal("feems", "grid", "--outer", data / "wolvesadmix.outer", "--resolution", 16, "-o", out).code == 0
    features = json.loads((out / "grid.geojson").read_text())["features"]
    edges = read_pairs(out / "grid.edges")
    assert len(features) == len(edges)
    nodes = read_pairs(out / "grid.nodes")
    first = features[0]
    assert first["properties"]["node_i"] == int(edges[0][0]) - 1  # CSV and GeoJSON count from 0, EEMS text from 1
    assert tuple(first["geometry"]["coordinates"][0]) == nodes[int(edges[0][0]) - 1]


def test_spacing_with_and_without_unit_and_its_alias(frugal, data, tmp_path):
    for name, words in {"a": ["--spacing", "240km"], "b": ["--grid-spacing=240"], "c": ["--resolution", "32"]}.items():
        result = frugal("feems", "grid", "--outer", data / "wolvesadmix.outer", *words, "--no-figures", "-o", tmp_path / name)
        assert result.code == 0, result.text
    assert len({(tmp_path / name / "grid.nodes").read_bytes() for name in "abc"}) == 1
    settings = read_summary(tmp_path / "a")["settings"]
    assert settings["resolution"] == 32 and math.isclose(settings["spacing"], 7715 / 32)  # resolved, not as asked


def test_tiles_of_a_shapefile_in_their_own_order(frugal, data, tmp_path):
    out = tmp_path / "grid"
    result = frugal("feems", "grid", "--outer", data / "wolvesadmix.outer", "--shapefile", data / "grid_250.shp",
                    "--no-figures", "-o", out)
    assert result.code == 0, result.text
    assert read_pairs(out / "grid.nodes") == read_pairs(data / "wolves_grid250.nodes")
    assert read_pairs(out / "grid.edges") == read_pairs(data / "wolves_grid250.edges")


def box(x0, x1, y0, y1):
    return f"{x0} {y0}\n{x1} {y0}\n{x1} {y1}\n{x0} {y1}\n"


def mask(x0, x1, y0, y1):
    ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def test_a_mask_cuts_out_or_keeps(frugal, tmp_path):
    (tmp_path / "outer").write_text(box(0, 20, 40, 60))
    (tmp_path / "mask.geojson").write_text(mask(0, 10, 30, 70))
    common = ["--outer", tmp_path / "outer", "--spacing", "200km", "--no-figures"]
    assert frugal("feems", "grid", *common, "-o", tmp_path / "all").code == 0
    sets = {}
    for keep in ["outside", "inside"]:
        words = ["--mask", tmp_path / "mask.geojson", "--mask-keep", keep]
        assert frugal("feems", "grid", *common, *words, "-o", tmp_path / keep).code == 0
        sets[keep] = set(read_pairs(tmp_path / keep / "grid.nodes"))
    assert sets["outside"] and sets["inside"] and not sets["outside"] & sets["inside"]
    assert sets["outside"] | sets["inside"] == set(read_pairs(tmp_path / "all" / "grid.nodes"))
    assert all(x > 10 for x, y in sets["outside"]) and all(x <= 10 for x, y in sets["inside"])
    inputs = read_summary(tmp_path / "inside")["inputs"]
    assert set(inputs) == {str(tmp_path / "outer"), str(tmp_path / "mask.geojson")}


def test_an_outline_across_the_antimeridian(frugal, tmp_path):
    (tmp_path / "outer").write_text("170 50\n-170 50\n-170 65\n170 65\n")
    result = frugal("feems", "grid", "--outer", tmp_path / "outer", "--spacing", "200km", "-o", tmp_path / "grid")
    assert result.code == 0, result.text
    longitudes = [x for x, y in read_pairs(tmp_path / "grid" / "grid.nodes")]
    assert min(longitudes) >= 170 and max(longitudes) <= 190 and len(longitudes) > 20
    assert read_summary(tmp_path / "grid")["metrics"]["n_components"] == 1


def test_the_hull_of_samples_serves_as_outline(frugal, data, tmp_path):
    result = frugal("feems", "grid", "--coords", data / "wolvesadmix.coord", "--spacing", "200km", "--no-figures",
                    "-o", tmp_path / "grid")
    assert result.code == 0, result.text
    settings = read_summary(tmp_path / "grid")["settings"]
    assert math.isclose(settings["buffer"], settings["spacing"] / 111.2)  # one edge length in degrees


def test_ways_to_ask_for_a_grid_exclude_each_other(frugal, data, tmp_path):
    outer = ["--outer", data / "wolvesadmix.outer", "-o", tmp_path / "grid"]
    for words in [[], ["--resolution", 8, "--spacing", 100], ["--resolution", 8, "--shapefile", data / "grid_500.shp"],
                  ["--nodes", data / "tiny4.nodes"], ["--grid-type", "lattice", "--resolution", 8]]:
        result = frugal("feems", "grid", *outer, *words)
        assert result.code == 2, result.text
    result = frugal("feems", "grid", "--resolution", 8, "-o", tmp_path / "grid")
    assert result.code == 2 and "--outer" in result.err
    assert list(tmp_path.iterdir()) == []
