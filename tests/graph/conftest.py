"""A piece text as a plan, without a build."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from composer.graph.files import ProjectFiles
from composer.graph.node import Plan
from composer.graph.planner import plan_piece
from composer.spec.reading import read
from composer.text.document import parse

HEAD = """\
[canvas]
width = 40
height = 30
[source.cat]
file = "cat.png"
[source.dog]
file = "dog.png"
[style.dots]
file = "dots.png"
"""

PlanOf = Callable[..., Plan]


@pytest.fixture
def plan_of(tmp_path: Path) -> PlanOf:
    for name in ("cat", "dog", "dots"):
        Image.fromarray(np.full((8, 8, 3), len(name), np.uint8)).save(tmp_path / f"{name}.png")

    def plan(text: str, scale: float = 1.0, head: str = HEAD) -> Plan:
        return plan_piece(read(parse(head + text, "piece.toml")), ProjectFiles(tmp_path, "piece"), scale)

    return plan
