"""A correct piece that uses every part of the language."""

import pytest

DUSK = """\
#:schema ../../schemas/piece.schema.json
title = "Dusk over the harbour"
seed = 7
patch = true

[canvas]
width = 2400
height = 1600
background = "#11151c"

[source.portrait]
file = "photos/portrait.jpg"

[source.harbour]
sample = "rocket"

[style.monet]
file = "styles/impression.jpg"
scale = 0.7

[style.woodcut]
file = "styles/great_wave.jpg"

[mask.figure]
use = "segment"
of = "portrait"
feather = 2
model = "u2net"

[mask.low_sun]
use = "gradient"
from = [0, 900]
to = [0, 1500]
levels = [0.1, 1.2, 0.9]

[[layer]]
name = "harbour"
source = "harbour"
place = { fit = "cover", offset = [0, -20] }
style = { use = "moments", from = ["monet"], strength = 0.8 }

[[layer]]
name = "figure"
blend = "pass_through"
mask = "figure & !low_sun"
  [[layer.layer]]
  name = "photo"
  source = "portrait"
  place = { anchor = "bottom" }
  [[layer.layer.filter]]
  use = "facet"
  radius = 4
  [[layer.layer]]
  name = "woodcut"
  source = "portrait"
  place = "photo"
  blend = "soft_light"
  opacity = 0.7
  mask = { use = "luminance", invert = true, at = 0.5 }
  [layer.layer.style]
  use = "moments"
  from = ["woodcut", "monet"]
  weights = [0.7, 0.3]
  init = "below"
  seed = [1, 2]
  protect = { use = "luminance", at = 0.9 }
  [layer.layer.style.regions]
  figure = "woodcut"
  "low_sun - figure" = "monet"

[[layer]]
name = "glow"
fill = "gold"
clip = true

[output]
psd = "build/{piece}.psd"
"""


@pytest.fixture
def dusk() -> str:
    """The text of the piece."""
    return DUSK
