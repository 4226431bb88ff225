"""frugal feems predict: the oracle's posterior means, forms of asking for SNPs, tables and arrays."""

import ast
import json
import struct

import pytest

from conftest import read_csv, read_summary


@pytest.fixture(scope="module")
def fit(frugal, barrier, tmp_path_factory):
    out = tmp_path_factory.mktemp("predict") / "fit"
    result = frugal("feems", "fit", *barrier, "--lambda", 10, "--s2-mode", "node", "--no-figures", "-o", out)
    assert result.code == 0, result.text
    return out


@pytest.fixture(scope="module")
def genotypes(data):
    return ["--bfile", data / "barrier", "--coords", data / "barrier.coord"]


@pytest.fixture(scope="module")
def ids(data):
    return [line.split()[1] for line in (data / "barrier.bim").read_text().splitlines()]


@pytest.mark.parametrize("kriging", ["universal", "simple"])
def test_the_oracles_frequencies(frugal, shared, wolves, data, tmp_path, kriging):
    null = json.loads((shared / "oracles/feems/wolves250.json").read_text())
    names = [line.split()[1] for line in (data / "wolvesadmix.bim").read_text().splitlines()[:3]]
    out = tmp_path / "out"
    result = frugal("feems", "predict", *wolves, "--weights", shared / "oracles/feems/wolves250_eval.csv", "--s2",
                    null["null_s2"], "--snps", ",".join(names), "--kriging", kriging, "-o", out)
    assert result.code == 0, result.text
    got, expected = read_csv(out / "frequencies.csv"), read_csv(shared / "oracles/feems/wolves250_posterior3.csv")
    assert len(got) == len(expected) == 307
    for row, oracle in zip(got, expected):
        assert row["node"] == oracle["node"]
        for k, name in enumerate(names, 1):
            assert abs(float(row[name]) - float(oracle[f"snp{k}_{kriging}"])) < 1e-8  # acceptance row 7


def test_a_fit_brings_graph_weights_and_variances(frugal, fit, genotypes, ids, data, tmp_path):
    words = [*genotypes, "--snps", ",".join(ids[:2])]
    result = frugal("feems", "predict", "--fit", fit, *words, "--variance", "-o", tmp_path / "a")
    assert result.code == 0, result.text
    rows = read_csv(tmp_path / "a/frequencies.csv")
    assert list(rows[0]) == ["node", "lon", "lat", *ids[:2]] and len(rows) == 96
    variance = [float(row["variance"]) for row in read_csv(tmp_path / "a/variance.csv")]
    assert len(variance) == 96 and all(v > 0 for v in variance)
    inputs = read_summary(tmp_path / "a")["inputs"]
    assert {str(fit / "edges.csv"), str(fit / "nodes.csv"), str(data / "barrier.bed")} <= set(inputs)
    assert frugal("feems", "predict", "--fit", fit, *words, "--units", "dosage", "-o", tmp_path / "b").code == 0
    for row, twice in zip(rows, read_csv(tmp_path / "b/frequencies.csv")):
        assert 2 * float(row[ids[0]]) == float(twice[ids[0]])


def read_npy(path):
    content = path.read_bytes()
    length = struct.unpack("<H", content[8:10])[0]
    header = ast.literal_eval(content[10:10 + length].decode())
    rows, columns = header["shape"]
    values = struct.unpack(f"<{rows * columns}d", content[10 + length:])
    assert header["descr"] == "<f8" and not header["fortran_order"]
    return [values[k * columns:(k + 1) * columns] for k in range(rows)]


def test_many_snps_go_into_an_array(frugal, fit, genotypes, ids, tmp_path):
    assert frugal("feems", "predict", "--fit", fit, *genotypes, "-o", tmp_path / "all").code == 0
    values = read_npy(tmp_path / "all/frequencies.npy")
    assert len(values) == len(ids) == 1332 and len(values[0]) == 96
    assert [row["id"] for row in read_csv(tmp_path / "all/snps.csv")] == ids
    (tmp_path / "list").write_text(f"{ids[700]}\n{ids[3]}\n")
    result = frugal("feems", "predict", "--fit", fit, *genotypes, "--snps-file", tmp_path / "list", "-o", tmp_path / "few")
    assert result.code == 0, result.text
    few = read_csv(tmp_path / "few/frequencies.csv")
    assert list(few[0])[3:] == [ids[700], ids[3]]  # in the order asked for
    assert [float(row[ids[700]]) for row in few] == list(values[700])
    assert [row["node"] for row in few] == [row["node"] for row in read_csv(tmp_path / "all/nodes.csv")]


def test_mistakes(frugal, fit, barrier, genotypes, ids, data, tmp_path):
    weights = ["--weights", data / "barrier.true_w"]
    for words, code, message in [
        (["--fit", fit, *genotypes, "--snps", "nosuch"], 3, "no SNP has the id 'nosuch'"),
        (["--fit", fit, *genotypes, "--snps", ids[0], "--snps-file", "x"], 2, "not both"),
        (["--fit", fit], 2, "--bfile"),
        (["--fit", tmp_path / "none", *genotypes], 3, "cannot read"),
        (["--fit", fit, *weights, *genotypes], 2, "either --fit"),
        (["--fit", fit, *genotypes, "--s2", 1], 2, "leave --nodes"),
        ([*barrier], 2, "either --fit"),
        ([*genotypes, *weights], 2, "graph"),
    ]:
        result = frugal("feems", "predict", *words, "-o", tmp_path / "out")
        assert result.code == code and message in result.err, result.text
    assert list(tmp_path.iterdir()) == []
