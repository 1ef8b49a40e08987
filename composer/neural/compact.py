"""The compact engine: the encoder that ships with the package, and what a render with it takes."""

from .encoder import load_encoder
from .engine import Engine
from .memory import Footprint
from .shipped import encoder_digest

FOOTPRINT = Footprint(per_tile_pixel=1100)  # benchmarks/styling measures it
ENGINE = Engine(load_encoder, encoder_digest, FOOTPRINT)
