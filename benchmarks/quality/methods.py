"""Methods: our engine and the baselines, each a way from a photograph and a painting to a picture.

A method has one knob that trades style for content. Ours is `strength`; a baseline's is the content weight α
beside its style loss. All run in one loop with one encoder, the same scales, steps, start and smoothness.
Does not know what the pictures are judged by.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from composer.neural.compact import ENGINE
from composer.neural.controls import Controls
from composer.neural.engine import Engine
from composer.neural.loss import Statistic, statistics_term
from composer.neural.recipe import Recipe
from composer.neural.render import render
from composer.operation import PlainBench, StyleImage, StyleSet
from composer.pixels.geometry import Extent
from composer.pixels.raster import Raster

from .baselines import gram_term, w2_term

DEFAULT = Controls()


class Method(Protocol):
    """A way to paint, and the knob values its curve is drawn over, from most content to most style."""

    @property
    def name(self) -> str:
        """As the tables call it."""

    @property
    def knobs(self) -> tuple[float, ...]:
        """Where its curve is looked at."""

    def paint(self, content: Raster, style: Raster, knob: float) -> Raster:
        """The photograph in the painting's style."""


@dataclass(frozen=True, slots=True)
class Ours:
    """An engine as it ships; `controls` but for the strength."""

    bench: PlainBench
    engine: Engine = ENGINE
    knobs: tuple[float, ...] = (0.4, DEFAULT.strength, 1.0)
    controls: Controls = DEFAULT
    name: str = "ours"

    def paint(self, content: Raster, style: Raster, knob: float) -> Raster:
        """At that strength."""
        controls = self.controls.model_copy(update={"strength": knob})
        return render(content, _styles(content, style), controls, self.engine, self.bench)


@dataclass(frozen=True, slots=True)
class Rival(Engine):
    """An engine with another style loss: `weight` times `statistic`, beside a content weight of `alpha`.

    No neighbours, no anchor, no mixed target. The rule that slows our loop down where the loss is small
    (`Recipe.ease`) is off: it suits losses with a sharp minimum, and would stop a squared one half way.
    """

    statistic: Statistic = statistics_term
    weight: float = 1.0
    alpha: float = 0.0

    def recipe(self, controls: Controls, extent: Extent, seed: int, *, is_from_noise: bool = False) -> Recipe:
        """Ours in all that is not the loss."""
        ours = Engine.recipe(self, controls, extent, seed, is_from_noise=is_from_noise)
        layers = tuple(self.weight for _ in self.layers)
        weights = replace(ours.weights, layers=layers, content=self.alpha, neighbours=0.0, anchor=0.0)
        return replace(ours, weights=weights, blend=1.0, ease=1e-9, statistic=self.statistic)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A rival painted at several content weights."""

    name: str
    bench: PlainBench
    statistic: Statistic
    weight: float
    knobs: tuple[float, ...] = (150.0, 25.0, 0.0)
    controls: Controls = DEFAULT

    def paint(self, content: Raster, style: Raster, knob: float) -> Raster:
        """With that content weight."""
        rival = Rival(
            ENGINE.load,
            ENGINE.digest,
            ENGINE.footprint,
            statistic=self.statistic,
            weight=self.weight,
            alpha=knob,
        )
        return render(content, _styles(content, style), self.controls, rival, self.bench)


def methods(bench: PlainBench) -> tuple[Method, ...]:
    """Ours first, then the baselines.

    Their weights were chosen on the tuning pairs: a tenth gives the same curve, a hundredth a worse one.
    """
    return (
        Ours(bench),
        Baseline("gram", bench, gram_term, 100.0),
        Baseline("w2", bench, w2_term, 100.0),
    )


def _styles(content: Raster, style: Raster) -> StyleSet:
    return StyleSet((StyleImage(style),), seed=0, canvas_long_side=content.extent.long_side)
