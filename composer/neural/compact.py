"""The compact engine: the encoder that ships with the package, and what a render with it takes."""

from .encoder import load_encoder
from .engine import Engine
from .memory import Footprint
from .shipped import encoder_digest

ENGINE = Engine(load_encoder, encoder_digest, Footprint(per_tile_pixel=650))  # benchmarks/styling measures it
