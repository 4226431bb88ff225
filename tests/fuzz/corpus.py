#!/usr/bin/env python3
"""corpus.py FOLDER: writes a few small well-formed inputs for each fuzz target into FOLDER/TARGET, to start from."""

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
    "options": [b"\0--outer\nf\n--resolution\n4\n-o\nx", b"\1--bfile=p\n--lambda\n2", b"\2--folds\nloo\n--help", b"\4-o\nx\n--seed\n1"],
}

for target, inputs in SEEDS.items():
    folder = Path(sys.argv[1]) / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(inputs):
        (folder / f"seed{number}").write_bytes(content)
