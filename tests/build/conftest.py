"""An atelier: one styled layer whose inputs a test paints, and an engine that notes what it was asked for."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest

from composer.build.difference import painted
from composer.build.execute import Execution, Result
from composer.build.history import History
from composer.build.keys import Keys
from composer.build.observe import How
from composer.build.patching import Patching
from composer.build.survey import Finding, survey
from composer.errors import ComposerError
from composer.graph.action import Apply, Decode, Mix, Place, Stylize
from composer.graph.manifest import Device
from composer.graph.node import Node, Plan
from composer.operation import Bench, Params, StyleSet
from composer.pixels import codec
from composer.pixels.geometry import Extent
from composer.pixels.raster import Array, Mask, Raster
from composer.pixels.resample import Fit
from composer.registry import Extension, Kind, Needs
from composer.store.store import Store

CANVAS = Extent(100, 80)
DEVICE = Device("cpu", 1)
LAYER = 'layer "cup" style (dabs)'


class Dabs(Params):
    """Parameters of the engine, which at full strength paints no part alone."""

    strength: float = 0.5


@dataclass
class Atelier:
    """Pictures in a folder, the layer painted from them, and all that was said while it was."""

    folder: Path
    params: Dabs = field(default_factory=Dabs)
    seed: int = 1
    region: bool = False
    protect: bool = False
    init: str = "content"
    patches: bool = True
    offset: tuple[float, float] = (0.0, 0.0)
    shown_at: float = 0.0
    seconds: float = 0.0
    painted: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    failures: dict[str, ComposerError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = Store(self.folder / ".composer")
        for seed, name in enumerate(("photo", "manner", "region", "protect", "below")):
            noise = np.random.default_rng(seed).integers(0, 120, (CANVAS.height, CANVAS.width, 3), np.uint8)
            self.save(name, noise)

    def save(self, name: str, pixels: Array) -> None:
        assert cv2.imwrite(str(self.folder / f"{name}.png"), pixels)

    def load(self, name: str) -> Array:
        return cv2.imread(str(self.folder / f"{name}.png"), cv2.IMREAD_UNCHANGED)

    def dab(self, level: int, x: int = 40, y: int = 30, size: int = 4, name: str = "photo") -> None:
        """Paint a square of one grey."""
        pixels = self.load(name)
        pixels[y : y + size, x : x + size] = level
        self.save(name, pixels)

    def plan(self) -> Plan:
        return Plan("", {node.name: node for node in self._nodes()}, (), {"cup": LAYER}, LAYER)

    def build(self, *, patch: bool = True) -> Result:
        """A build as a session runs it."""
        history = History(self.store, "piece")
        patching = Patching(self.store, history.manifest) if patch else None
        result = Execution(self.plan(), self.store, DEVICE, 2, self, patching).run()
        history.record({name: made.manifest for name, made in result.look_ups.items()})
        return result

    def foretold(self, *, patch: bool = True) -> Finding:
        """What a survey says of the layer."""
        history = History(self.store, "piece")
        patching = Patching(self.store, history.manifest) if patch else None
        keys = Keys(self.store, DEVICE, None if patching is None else patching.known)
        return {each.node.name: each for each in survey(self.plan(), keys, history, patching)}[LAYER]

    def picture(self, result: Result) -> Raster:
        value = codec.decode(self.store.open(result.entries[LAYER].output))
        assert isinstance(value, Raster)
        return value

    def whole(self) -> Array:
        """What the layer looks like when it is painted whole."""
        photo = self.load("photo")[..., ::-1]
        return _negative(np.dstack([photo, np.full(photo.shape[:2], 255, np.uint8)]))

    def _nodes(self) -> Iterator[Node]:
        inputs = [("content", "placed"), ("style 0", "manner")]
        for name in ("photo", "manner"):
            yield self._decoded(name)
        yield Node("placed", Place(Fit("none", offset=self.offset), CANVAS), (("image", "photo"),))
        for role, name, is_used in (
            ("region 0 mask", "region", self.region),
            ("protect", "protect", self.protect),
        ):
            if is_used:
                yield self._decoded(name)
                reading = Apply(Extension(Kind.MASK, "red", 1, _red, Params, Needs()), Params(), CANVAS)
                yield Node(f"mask {name}", reading, (("image", name),))
                inputs.append((role, f"mask {name}"))
        if self.region:
            inputs.append(("region 0 style 0", "manner"))
        if self.init == "below":
            yield self._decoded("below")
            inputs.append(("init", "below"))
        yield Node(LAYER, self._action(), tuple(inputs))
        yield Node("shown", Place(Fit("none", offset=(self.shown_at, 0)), CANVAS), (("image", LAYER),))

    def _decoded(self, name: str) -> Node:
        return Node(name, Decode(name), files=(("file", self.folder / f"{name}.png"),))

    def _action(self) -> Stylize:
        needs = Needs(device=True, patches=_paints_parts if self.patches else None)
        engine = Extension(Kind.STYLE, "dabs", 1, self._paint, Dabs, needs)
        regions = (Mix((1.0,), (1.0,)),) if self.region else ()
        return Stylize(engine, self.params, (1.0,), (1.0,), self.seed, CANVAS, regions, self.init)

    def _paint(self, content: Raster, styles: StyleSet, _params: Dabs, _bench: Bench) -> Raster:
        time.sleep(self.seconds)
        whole = _negative(content.pixels)
        for mask in (*(region.mask for region in styles.regions), styles.protect):
            if mask is not None:
                whole[..., 0] ^= mask.values[content.bounds.slices]
        parent = styles.parent
        if parent is None:
            self.painted.append("whole")
            return content.with_pixels(whole)
        self.painted.append("patch")
        free = painted(parent.dirty.values[content.bounds.slices] > 0)[..., None]
        return content.with_pixels(np.where(free, whole ^ np.uint8([1, 1, 1, 0]), parent.result.pixels))

    def started(self, name: str) -> None: ...

    def stepped(self, name: str, done: int, total: int) -> None: ...

    def told(self, name: str, message: str) -> None:
        self.messages.append(f"{name}: {message}")

    def finished(self, name: str, how: How, seconds: float) -> None: ...

    def failed(self, name: str, error: ComposerError) -> None:
        self.failures[name] = error


def _paints_parts(params: Dabs) -> bool:
    return params.strength < 1


def _negative(pixels: Array) -> Array:
    """A picture of which every pixel depends on all of the content, a little."""
    return np.concatenate([255 - pixels[..., :3], pixels[..., 3:]], axis=2) ^ np.uint8(pixels.sum() % 8)


def _red(image: Raster, _params: Params) -> Mask:
    return Mask(np.where(image.pixels[..., 0] > 127, np.uint8(255), np.uint8(0)))


@pytest.fixture
def atelier(tmp_path: Path) -> Atelier:
    return Atelier(tmp_path)
