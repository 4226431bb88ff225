"""NumPy's .npy files without NumPy: arrays of float64 and int64 as (shape, flat list)."""

import ast
import math
import struct

CODES = {"<f8": "d", "<i8": "q"}


def read(path):
    data = path.read_bytes()
    assert data[:8] == b"\x93NUMPY\x01\x00"
    (length,) = struct.unpack("<H", data[8:10])
    header = ast.literal_eval(data[10:10 + length].decode())
    assert not header["fortran_order"]
    count = math.prod(header["shape"])
    return header["shape"], list(struct.unpack(f"<{count}{CODES[header['descr']]}", data[10 + length:]))


def rows(path):
    """A matrix as a list of rows."""
    shape, values = read(path)
    return [values[k * shape[1]:(k + 1) * shape[1]] for k in range(shape[0])]


def write(path, values, shape=None, descr="<f8"):
    shape = shape or (len(values),)
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header = header.ljust(-(len(header) + 11) // 64 * -64 - 11) + "\n"  # values begin at a multiple of 64
    text = header.encode()
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text +
                     struct.pack(f"<{len(values)}{CODES[descr]}", *values))
    return path
