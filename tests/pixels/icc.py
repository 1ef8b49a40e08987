"""ICC profiles as cameras and programs embed them, and what colours they stand for, in double precision.

Written apart from the product's own profiles, so that the two check each other.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

D50 = np.array([0.9642, 1.0, 0.8249])
D65 = (0.3127, 0.3290)
SRGB_PRIMARIES = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))

Curve = Callable[[np.ndarray], np.ndarray]
Chromaticity = tuple[float, float]


def _srgb_decoded(v: np.ndarray) -> np.ndarray:
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def srgb_encoded(linear: np.ndarray) -> np.ndarray:
    """sRGB's curve; what lies outside 0…1 is clipped."""
    v = np.clip(linear, 0, 1)
    return np.where(v <= 0.0031308, 12.92 * v, 1.055 * v ** (1 / 2.4) - 0.055)


def to_d50(white: Chromaticity, primaries: tuple[Chromaticity, ...]) -> np.ndarray:
    """(3, 3): linear RGB → XYZ under D50, by Bradford."""
    xyz = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    w = np.array([white[0] / white[1], 1, (1 - white[0] - white[1]) / white[1]])
    matrix = xyz * np.linalg.solve(xyz, w)
    cones = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    return np.linalg.inv(cones) @ np.diag((cones @ D50) / (cones @ w)) @ cones @ matrix


@dataclass(frozen=True)
class RgbSpace:
    """A colour space, the curve as its profile stores it, and the function that curve stands for."""

    white: Chromaticity
    primaries: tuple[Chromaticity, ...]
    stored_curve: bytes
    curve: Curve

    def profile(self) -> bytes:
        matrix = to_d50(self.white, self.primaries)
        colors = {key: xyz(matrix[:, i]) for i, key in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
        curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), self.stored_curve)
        return icc(b"mntr", b"RGB ", b"XYZ ", {b"wtpt": xyz(D50), **colors, **curves})

    def in_srgb(self, values: np.ndarray) -> np.ndarray:
        """Values 0…1 as sRGB values 0…1, clipped where sRGB ends."""
        return xyz_in_srgb(self.curve(values) @ to_d50(self.white, self.primaries).T)


def xyz_in_srgb(values: np.ndarray) -> np.ndarray:
    return srgb_encoded(values @ np.linalg.inv(to_d50(D65, SRGB_PRIMARIES)).T)


def lab_in_srgb(lab: np.ndarray) -> np.ndarray:
    """L* 0…100, a*, b* under D50 as sRGB values 0…1."""
    fy = (lab[..., 0] + 16) / 116
    f = np.stack([fy + lab[..., 1] / 500, fy, fy - lab[..., 2] / 200], axis=-1)
    return xyz_in_srgb(np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * D50)


def gamma(value: float) -> bytes:
    """A curve of one number, in 1/256."""
    return b"curv" + struct.pack(">IIH", 0, 1, round(value * 256)) + b"\0\0"


def table(curve: Curve, entries: int) -> bytes:
    """A curve of many numbers, which a program interpolates."""
    values = np.round(curve(np.linspace(0, 1, entries)) * 65535).astype(">u2").tobytes()
    return b"curv" + struct.pack(">II", 0, entries) + values + bytes(-len(values) % 4)


def parametric(*numbers: float) -> bytes:
    """g, a, b, c, d of Y = (aX + b)^g where X >= d, else cX."""
    return b"para" + struct.pack(">IHH5i", 0, 3, 0, *(round(n * 65536) for n in numbers))


LINEAR = b"curv" + bytes(8)
ADOBE_RGB = RgbSpace(
    D65, ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), gamma(563 / 256), lambda v: v ** (563 / 256)
)
DISPLAY_P3 = RgbSpace(
    D65,
    ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    parametric(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
    _srgb_decoded,
)
PROPHOTO = RgbSpace(
    (0.3457, 0.3585),
    ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)),
    table(lambda v: np.where(v < 1 / 32, v / 16, v**1.8), 4096),
    lambda v: np.where(v < 1 / 32, v / 16, v**1.8),
)
LINEAR_SRGB = RgbSpace(D65, SRGB_PRIMARIES, LINEAR, lambda v: v)
SRGB_BY_TABLE = RgbSpace(D65, SRGB_PRIMARIES, table(_srgb_decoded, 1024), _srgb_decoded)
RGB_SPACES = {
    "Adobe RGB": ADOBE_RGB,
    "Display P3": DISPLAY_P3,
    "ProPhoto": PROPHOTO,
    "linear sRGB": LINEAR_SRGB,
}


def grey_profile(curve: bytes) -> bytes:
    return icc(b"mntr", b"GRAY", b"XYZ ", {b"wtpt": xyz(D50), b"kTRC": curve})


def ink_profile(lab_of: Callable[[np.ndarray], np.ndarray]) -> bytes:
    """A CMYK profile that knows the 16 full overprints, and goes straight from one to the next."""
    nodes = np.array([[c, m, y, k] for c in (0, 1) for m in (0, 1) for y in (0, 1) for k in (0, 1)], float)
    lab = lab_of(nodes)
    values = np.stack([lab[:, 0] * 652.80, (lab[:, 1] + 128) * 256, (lab[:, 2] + 128) * 256], axis=1)
    grid = np.round(values).astype(">u2").tobytes()
    ramps = np.array([0, 65535], ">u2").tobytes()
    head = struct.pack(">4B9iHH", 4, 3, 2, 0, 65536, 0, 0, 0, 65536, 0, 0, 0, 65536, 2, 2)
    lut = b"mft2" + bytes(4) + head + ramps * 4 + grid + ramps * 3
    return icc(b"prtr", b"CMYK", b"Lab ", {b"wtpt": xyz(D50), b"A2B0": lut, b"A2B1": lut})


def icc(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    """An ICC profile of version 2.4."""
    offset = 128 + 4 + 12 * len(tags)
    rows, body = b"", b""
    for key, content in tags.items():
        rows += key + struct.pack(">II", offset + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = offset + len(body)
    head = struct.pack(">I4xI4s4s4s12x4s", size, 0x02400000, kind, space, connection, b"acsp")
    head = head.ljust(68, b"\0") + struct.pack(">3i", *(round(v * 65536) for v in D50))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + rows + body


def xyz(values: np.ndarray) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(float(v) * 65536) for v in values))
