"""Pictures made from nothing: noise of several spectra, dead leaves, strokes, stripes, blobs, glyphs.

Knows numpy and a seed; does not know what the pictures are for. Photographs alone would leave the encoder
unsure about flat, synthetic and painted structure.
"""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

Random = np.random.Generator
Painter = Callable[[int, Random], np.ndarray]


def procedural_images(count: int, side: int, seed: int) -> list[Tensor]:
    """`count` (3, side, side) uint8 images; image i depends on (seed, i) only."""
    return [_paint(side, np.random.default_rng((seed, i))) for i in range(count)]


def _paint(side: int, random: Random) -> Tensor:
    picture = PAINTERS[random.integers(len(PAINTERS))](side, random)
    if random.random() < 0.3:
        other = PAINTERS[random.integers(len(PAINTERS))](side, random)
        picture = picture + random.random() * (other - picture)
    return torch.from_numpy((picture.clip(0, 1) * 255).round().astype(np.uint8)).permute(2, 0, 1).contiguous()


def _field(side: int, random: Random, exponent: float, stretch: float = 1.0) -> np.ndarray:
    """Noise with a 1/f^exponent amplitude, stretched along a random direction; mean 0, deviation 1."""
    fy, fx = np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]
    angle = random.random() * np.pi
    u, v = fx * np.cos(angle) + fy * np.sin(angle), fy * np.cos(angle) - fx * np.sin(angle)
    radius = np.sqrt((u * stretch) ** 2 + v**2)
    radius[0, 0] = np.inf
    spectrum = np.fft.rfft2(random.standard_normal((side, side))) * radius**-exponent
    field = np.fft.irfft2(spectrum, s=(side, side))
    return np.asarray((field - field.mean()) / (field.std() + 1e-9))


def _palette(random: Random, size: int) -> np.ndarray:
    base, spread, saturation = random.random(3), 0.05 + 0.4 * random.random(), random.random()
    colours = (base + spread * random.standard_normal((size, 3))).clip(0, 1)
    grey = colours.mean(1, keepdims=True)
    return np.asarray(grey + saturation * (colours - grey))


def _grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[0:side, 0:side] / side
    return y, x


def noise(side: int, random: Random) -> np.ndarray:
    exponent, stretch = 2.2 * random.random(), 1 + 6 * random.random() ** 2
    planes = np.stack([_field(side, random, exponent, stretch) for _ in range(3)], -1)
    mixing = np.eye(3) * random.random() + random.random((3, 3))
    return np.asarray(random.random(3) + planes @ mixing * (0.05 + 0.2 * random.random()))


def palette_noise(side: int, random: Random) -> np.ndarray:
    field = _field(side, random, 1 + 1.5 * random.random(), 1 + 4 * random.random() ** 2)
    bands = np.floor((field + 3) * (0.5 + 3 * random.random())).astype(int) % 8
    return np.asarray(_palette(random, 8)[bands])


def marble(side: int, random: Random) -> np.ndarray:
    y, x = _grid(side)
    phase = 6.3 * random.uniform(2, 30) * (x * random.random() + y * random.random())
    wave = 0.5 + 0.5 * np.sin(phase + random.uniform(0.5, 4) * _field(side, random, 1.7))
    low, high = _palette(random, 2)
    return np.asarray(low + wave[..., None] ** random.uniform(0.5, 3) * (high - low))


def stripes(side: int, random: Random) -> np.ndarray:
    y, x = _grid(side)
    angle, frequency = random.random() * np.pi, np.exp(random.uniform(np.log(3), np.log(side / 3)))
    bend = random.random() * 0.05 * _field(side, random, 2.0)
    wave = np.sin(6.2832 * frequency * (x * np.cos(angle) + y * np.sin(angle) + bend))
    wave = np.tanh(wave * random.uniform(0.5, 20))
    low, high = _palette(random, 2)
    return np.asarray(low + (0.5 + 0.5 * wave[..., None]) * (high - low))


def gradient(side: int, random: Random) -> np.ndarray:
    y, x = _grid(side)
    corners = _palette(random, 4)
    top = corners[0] + x[..., None] * (corners[1] - corners[0])
    bottom = corners[2] + x[..., None] * (corners[3] - corners[2])
    picture = top + y[..., None] ** random.uniform(0.5, 2) * (bottom - top)
    return np.asarray(picture + random.random() * 0.05 * _field(side, random, random.random())[..., None])


def blobs(side: int, random: Random) -> np.ndarray:
    y, x = _grid(side)
    picture = np.broadcast_to(_palette(random, 1)[0], (side, side, 3)).copy()
    for colour in _palette(random, int(random.integers(5, 40))):
        radius, hardness = 0.02 + 0.2 * random.random() ** 2, random.uniform(2, 60)
        distance = np.hypot(x - random.random(), y - random.random()) / radius
        cover = 1 / (1 + np.exp(np.minimum(hardness * (distance - 1), 50)))
        picture += cover[..., None] * (colour - picture)
    return picture


def _drawn(side: int, random: Random, draw: Callable[[ImageDraw.ImageDraw, int, Random], None]) -> np.ndarray:
    """A drawing at double size, reduced, so that its edges are smooth."""
    ground = tuple((_palette(random, 1)[0] * 255).astype(int).tolist())
    image = Image.new("RGB", (2 * side, 2 * side), ground)
    draw(ImageDraw.Draw(image), 2 * side, random)
    reduced = image.resize((side, side), Image.Resampling.BOX)
    return np.asarray(reduced, dtype=np.float64) / 255


def _ink(random: Random, palette: np.ndarray) -> tuple[int, ...]:
    colour = palette[random.integers(len(palette))] + 0.05 * random.standard_normal(3)
    return tuple((colour.clip(0, 1) * 255).astype(int).tolist())


def dead_leaves(side: int, random: Random) -> np.ndarray:
    """Opaque discs and polygons over each other, radii by a power law: natural image statistics."""

    def draw(canvas: ImageDraw.ImageDraw, extent: int, random: Random) -> None:
        palette, corners = _palette(random, 12), int(random.integers(2, 7))
        for _ in range(int(random.integers(100, 900))):
            radius = extent * 0.008 / max(random.random(), 0.02)
            x, y = random.random(2) * extent
            if corners == 2:
                canvas.ellipse(
                    (x - radius, y - radius * 0.7, x + radius, y + radius * 0.7), fill=_ink(random, palette)
                )
            else:
                turn = np.sort(random.random(corners)) * 6.2832
                outline = [(x + radius * np.cos(a), y + radius * np.sin(a)) for a in turn]
                canvas.polygon(outline, fill=_ink(random, palette))

    return _drawn(side, random, draw)


def strokes(side: int, random: Random) -> np.ndarray:
    """Short brush strokes along a smooth flow."""
    flow = _field(2 * side, random, 2.4) * random.uniform(0.5, 2) + random.random() * 6.3

    def draw(canvas: ImageDraw.ImageDraw, extent: int, random: Random) -> None:
        palette, width = _palette(random, 8), int(random.integers(2, 16))
        for _ in range(int(random.integers(400, 1500))):
            x, y = random.random(2) * (extent - 1)
            path = [(x, y)]
            for _ in range(int(random.integers(3, 8))):
                angle = flow[int(np.clip(y, 0, extent - 1)), int(np.clip(x, 0, extent - 1))]
                x, y = x + 2 * width * np.cos(angle), y + 2 * width * np.sin(angle)
                path.append((x, y))
            canvas.line(path, fill=_ink(random, palette), width=width, joint="curve")

    return _drawn(side, random, draw)


def glyphs(side: int, random: Random) -> np.ndarray:
    """Rows of text-like shapes: short bars, bows and dots in one ink."""

    def draw(canvas: ImageDraw.ImageDraw, extent: int, random: Random) -> None:
        ink, size = _ink(random, _palette(random, 1)), int(random.integers(12, 80))
        width = max(1, size // int(random.integers(4, 12)))
        for top in range(0, extent, int(size * 1.4)):
            for left in range(0, extent, int(size * 0.8)):
                _glyph(canvas, left, top, size, width, ink, random)

    return _drawn(side, random, draw)


def _glyph(
    canvas: ImageDraw.ImageDraw,
    left: int,
    top: int,
    size: int,
    width: int,
    ink: tuple[int, ...],
    random: Random,
) -> None:
    for _ in range(int(random.integers(0, 4))):
        a, b = left + random.random(2) * size * 0.6, top + random.random(2) * size
        if random.random() < 0.6:
            canvas.line((a[0], b[0], a[1], b[1]), fill=ink, width=width)
        else:
            box = (min(a), min(b), max(a) + 2, max(b) + 2)
            canvas.arc(box, int(random.integers(360)), int(random.integers(360)), fill=ink, width=width)


def cells(side: int, random: Random) -> np.ndarray:
    """Voronoi cells with shaded or outlined borders: stones, scales, stained glass, tiles."""
    y, x = _grid(side)
    count = int(random.integers(10, 60))
    seeds = random.random((count, 2))
    distance = np.hypot(x[..., None] - seeds[:, 0], y[..., None] - seeds[:, 1])
    nearest = np.partition(distance, 1, axis=-1)[..., :2]
    border = np.clip((nearest[..., 1] - nearest[..., 0]) * count**0.5 * random.uniform(2, 15), 0, 1)
    picture = _palette(random, count)[distance.argmin(-1)]
    return np.asarray(picture * border[..., None] + _palette(random, 1)[0] * (1 - border[..., None]))


PAINTERS: tuple[Painter, ...] = (
    noise,
    palette_noise,
    marble,
    stripes,
    gradient,
    blobs,
    dead_leaves,
    dead_leaves,
    strokes,
    strokes,
    glyphs,
    cells,
)
