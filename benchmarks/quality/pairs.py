"""Pairs: the photographs and paintings that quality is measured on, by file name.

Chosen once, for variety of subject and of manner, and never tuned on: what is tried out is tried on
`TUNING`, which shares no file with `PAIRS`. Does not know how anything is rendered or judged.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from composer.pixels.raster import Raster

ASSETS = Path(__file__).parents[2] / ".." / "shared" / "assets"


@dataclass(frozen=True, slots=True)
class Pair:
    """A photograph and the painting in whose style it is painted, as files of the assets."""

    name: str
    content: str
    style: str


PAIRS = (
    Pair("portrait · woodcut", "contents/astronaut.png", "styles/great_wave.jpg"),
    Pair("portrait · expressionist", "contents/kodak04_portrait_red_hat.png", "styles/the_scream.jpg"),
    Pair(
        "landscape · impressionist", "contents/kodak13_landscape_stream.png", "styles/monet_water_lilies.jpg"
    ),
    Pair("landscape · swirls", "contents/kodak22_landscape_barn.png", "styles/starry_night.jpg"),
    Pair("architecture · cubist", "contents/kodak19_lighthouse_fence.png", "styles/mondrian_1913.jpg"),
    Pair("flowers · fauvist", "contents/kodak07_flowers_window.png", "styles/matisse_hat.jpg"),
    Pair("still life · ink", "contents/coffee.png", "styles/vg_houses.jpg"),
    Pair("animal · flat", "contents/chelsea_cat.png", "styles/edtaonisl.jpg"),
    Pair("machine · romantic", "contents/kodak20_plane.png", "styles/shipwreck_turner.jpg"),
    Pair("figures · dabs", "contents/kodak12_beach_couple.png", "styles/olive_trees.jpg"),
)
TUNING = (
    Pair("still life · abstract", "contents/kodak03_caps.png", "styles/composition_vii.jpg"),
    Pair("animal · interior", "contents/lemur.png", "styles/night_cafe.jpg"),
    Pair("sea · flat", "contents/kodak16_landscape_island.png", "styles/udnie.jpg"),
    Pair("night · crowd", "contents/rocket.jpg", "styles/renoir_moulin.jpg"),
    Pair("animal · impressionist", "seg/great_pyrenees_179.jpg", "styles/monet_parasol.jpg"),
    Pair("animal · night", "seg/Maine_Coon_203.jpg", "styles/rhone.png"),
)


def missing(pairs: tuple[Pair, ...], others: tuple[Path, ...], assets: Path) -> list[Path]:
    """The files of the pairs, and others of the assets, that are not there."""
    files = [assets / name for pair in pairs for name in (pair.content, pair.style)]
    files += [assets / other for other in others]
    return [file for file in files if not file.is_file()]


def opened(file: Path, long_side: int) -> Raster:
    """An opaque raster of the file with that long side; smaller files stay as they are."""
    with Image.open(file) as image:
        rgb = image.convert("RGB")
    rgb.thumbnail((long_side, long_side), Image.Resampling.LANCZOS)
    pixels = np.asarray(rgb)
    return Raster(np.dstack((pixels, np.full(pixels.shape[:2], 255, np.uint8))))
