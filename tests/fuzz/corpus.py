#!/usr/bin/env python3
"""corpus.py FOLDER: writes a few small well-formed inputs for each fuzz target into FOLDER/TARGET, to start from."""

import gzip
import json
import struct
import sys
from pathlib import Path


def npy(descr, shape, data, version=1, fortran=False):
    header = str({"descr": descr, "fortran_order": fortran, "shape": shape}).encode() + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + data


def plink(samples, snps, genotypes):
    bim = "".join(f"1\ts{k}\t0\t{k}\tA\tG\n" for k in range(snps)).encode()
    fam = "".join(f"f i{k} 0 0 0 -9\n" for k in range(samples)).encode()
    return bytes([len(bim), len(fam)]) + bim + fam + b"\x6c\x1b\x01" + genotypes


def shapefile(kind, records):
    body = b""
    for number, points in enumerate(records, 1):
        xs, ys = zip(*points)
        content = struct.pack("<i4diii", kind, min(xs), min(ys), max(xs), max(ys), 1, len(points), 0)
        content += b"".join(struct.pack("<2d", *point) for point in points)
        body += struct.pack(">ii", number, len(content) // 2) + content
    size = (100 + len(body)) // 2
    return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, size) + struct.pack("<2i8d", 1000, kind, 0, 0, 1, 1, 0, 0, 0, 0) + body


def fgraph(rows, weights=None, names=None):
    """rows: lists of neighbours. In the packed form of fuzz_fgraph."""
    arcs = [j for row in rows for j in row]
    loops = sum(j == i for i, row in enumerate(rows) for j in row)
    starts = [sum(map(len, rows[:i])) for i in range(len(rows) + 1)]
    sections = [struct.pack(f"<{len(starts)}Q", *starts), struct.pack(f"<{len(arcs)}I", *arcs), b"", b"", b"", b""]
    values = weights or [1.0] * len(arcs)
    degrees = [sum(values[starts[i]:starts[i + 1]]) for i in range(len(rows))]
    if weights:
        sections[2:4] = struct.pack(f"<{len(arcs)}d", *values), struct.pack(f"<{len(rows)}d", *degrees)
    if names:
        texts = [name.encode() + b"\0" for name in names]
        offsets = [sum(map(len, texts[:i])) for i in range(len(texts) + 1)]
        sections[4:6] = struct.pack(f"<{len(offsets)}Q", *offsets), b"".join(texts)
    flags = (weights is not None) + 2 * (names is not None)
    header = b"FGRAPH01" + struct.pack("<4Q3dQ", flags, len(rows), len(arcs), loops, sum(degrees), min(values), max(values), len(sections[5]))
    body, checksum = b"", 14695981039346656037
    for section in sections:
        body += b"\0" * (-len(body) % 4096 if section else 0) + section
    for byte in body:
        checksum = (checksum ^ byte) * 1099511628211 % 2**64
    return header + struct.pack("<Q", checksum) + b"".join(bytes([len(section)]) + section for section in sections if section)


SQUARE = [[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]
HOLE = [[0.2, 0.2], [0.4, 0.2], [0.4, 0.4], [0.2, 0.2]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE, HOLE]}

SEEDS = {
    "npy": [
        npy("<f8", (2,), struct.pack("<2d", 1, 2)),
        npy("<f4", (1, 2), struct.pack("<2f", 1, 2), version=2),
        npy("<i4", (2, 2), struct.pack("<4i", 1, 2, 3, 4), fortran=True),
        npy("|u1", (), b"\x07", version=3),
        npy("<i8", (0, 3), b""),
    ],
    "table": [
        b"\x01id,x\na,1\nb,-2.5e3\n",
        b'\x00name\tvalue\r\n"a ""b"""\t7\r\n',
        b"\x04# comment\n 1 2\n 3 4",
        b"\x06\xef\xbb\xbfa,b\n,\n",
        b"\x03a;b\n\n1;2\n",
    ],
    "plink": [plink(2, 2, b"\x0b\x02"), plink(5, 1, b"\xe4\x01"), plink(1, 3, b"\0\1\3")],
    "graph_text": [
        b"\x00\x00# c\n0 1\n1 2 2.5\r\n\n2 2 1e-1",
        b"\x00\x08Source\tTarget\tWeight\na\tb\t2\nb\tc\tinf\n",
        b"\x08\x01\"x,y\",z,0\nz,w,3\n",
        b"\x01\x003 3 2\n0 1 2\n1 2 3\n",
        b"\x01\x200 1 1\n0 1 4\n0 2 1\n",
        b"\x02\x00%%MatrixMarket matrix coordinate real symmetric\n% c\n3 3 2\n2 1 .5\n3 3 4\n",
        b"\x02\x80%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2\n",
        b"\x03\x003 2 011 1\n9 2 5 3 7\n9 1 5\n9 1 7\n",
        b"\x03\x04% c\n3 1\n2\n1\n\n",
        b"\x00\x00" + gzip.compress(b"0 1\n1 2\n", mtime=0),
    ],
    "points": [
        b"# lon lat\n-120.5 60\n\n10\t-5e-1\n",
        b"1 2\n2 3\n",
        b"0 0\n0 1\n1 1\n1 0\n\n.2 .2\n.4 .2\n.4 .4\n",
        b"A\n0 0\n1 0\n1 1\nB\n2 2\n3 2\n3 3\n",
    ],
    "geojson": [
        json.dumps(value).encode()
        for value in (
            POLYGON,
            {"type": "MultiPolygon", "coordinates": [[SQUARE], [HOLE]]},
            {"type": "Feature", "properties": None, "geometry": POLYGON},
            {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "LineString", "coordinates": SQUARE}}]},
            {"type": "GeometryCollection", "geometries": [POLYGON, {"type": "MultiLineString", "coordinates": [HOLE]}]},
        )
    ],
    "shapefile": [
        shapefile(5, [SQUARE]),
        shapefile(5, [[[0, 0], [0, 1], [1, 0], [0, 0]], [[1, 1], [0, 1], [1, 0], [1, 1]]]),
        shapefile(3, [SQUARE[:3], HOLE[:2]]),
    ],
    "gml": [
        b'Version 1 graph [ directed 0 node [ id 1 label "a&amp;b" x [ y 1 ] ] node [ id 2 label "c" ] edge [ source 1 target 2 weight 2.5 ] ]',
        b"# comment\ngraph [ edge [ source 0 target 1 value 3 weights 4 ] node [ id 0 ] node [ id 1 ] edge [ source 1 target 1 ] ]\n",
    ],
    "graphml": [
        b"<graphml><key id='w' for='edge' attr.name='weight' attr.type='double'><default>2</default></key><key id='k' for='node' attr.name='kind'/>"
        b"<graph><node id='a'><data key='k'>x &amp; y</data></node><node id='b'/><edge source='a' target='b'><data key='w'>0.5</data></edge>"
        b"<edge source='b' target='c'/><node id='c'/></graph></graphml>",
        b"<?xml version='1.0'?><!DOCTYPE graphml><graphml xmlns='u'><graph><node id='0'/><edge source='0' target='0'/></graph></graphml>",
    ],
    "fgraph": [
        fgraph([[1, 2], [0, 2], [0, 1]]),
        fgraph([[0, 1], [0]], weights=[3.0, 0.5, 0.5]),
        fgraph([[1], [0, 2], [1]], weights=[1.0, 1.0, 2.0, 2.0], names=["a", "bc", "d"]),
        fgraph([[1], [0]], names=["x", "y"]),
    ],
    "labels": [
        b"\0node,group\na,1\nc,2\n",
        b"\0a\tred\nb\tblue\n",
        b"\1node,year\n0,2009\n3,2010\n",
        b"\1# seeds\n0\n2\n",
        b"\1node,mass\n0,0.5\n2,1\n",
        b"\0from,to,weight\na,b,2\nb,new,0.5\n",
        b"\0001 2 0\n0 1 3\n",
    ],
    "options": [b"\0--outer\nf\n--resolution\n4\n-o\nx", b"\1--bfile=p\n--lambda\n2", b"\2--folds\nloo\n--help", b"\4-o\nx\n--seed\n1"],
}

for target, inputs in SEEDS.items():
    folder = Path(sys.argv[1]) / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(inputs):
        (folder / f"seed{number}").write_bytes(content)
