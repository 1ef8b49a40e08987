"""Operation: what an extension is given besides pixels – parameters, references, styles and its bench.

Knows the base class of parameters, and which of them name something of the piece. Does not know any
extension, nor who runs it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict

from .digest import Json
from .lengths import CanvasPoint as CanvasPoint
from .lengths import CanvasPx as CanvasPx
from .lengths import is_marked, scaled_parts
from .pixels.css import parse_color
from .pixels.geometry import Extent
from .pixels.raster import Mask, Raster


def _opaque(text: str) -> str:
    if parse_color(text)[3] < 1:
        raise ValueError(f'"{text}" is see-through, which means nothing here: leave out its last digits')
    return text


Color = Annotated[str, AfterValidator(_opaque)]
"""An opaque colour: CSS hex or a CSS name."""

ReferenceKind = Literal[
    "layer", "picture", "mask", "own mask", "own mask if any", "own mask or outline", "file"
]


@dataclass(frozen=True, slots=True)
class _Reference:
    """Marks a text that names something of the piece; the function is given what it names."""

    kind: ReferenceKind


LayerName = Annotated[str, _Reference("layer")]
"""A layer: its pixels in isolation, after filters and style, alpha times its mask, over the whole canvas."""
PictureName = Annotated[str, _Reference("picture")]
"""A source, as it was photographed and not placed; or a layer, as a LayerName."""
MaskExpression = Annotated[str, _Reference("mask")]
"""A mask expression such as `figure & !sky`; the mask covers the whole canvas."""
OwnMask = Annotated[str | None, _Reference("own mask")]
"""As a MaskExpression; left out (None), the mask of the layer the filter stands in."""
OwnMaskIfAny = Annotated[str | None, _Reference("own mask if any")]
"""As an OwnMask; nothing is given where the layer has no mask either."""
OutlineMask = Annotated[str | None, _Reference("own mask or outline")]
"""As an OwnMaskIfAny; a layer without a mask must then be transparent somewhere: that is its outline.

A picture that has an alpha channel and is opaque throughout has none, and is told before any work starts.
"""
ProjectFile = Annotated[str, _Reference("file")]
"""A file, relative to the piece; the function reads its snapshot."""


class Params(BaseModel):
    """Base of every extension's parameters: frozen, unknown keys refused, each field described.

    Type lengths as `CanvasPx` (points as `CanvasPoint`): they scale with the draft.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def settled(self, _picture: Raster) -> Self:
        """The same, with what is left to the picture settled; it is the file's own, before it was placed.

        For masks that are a file; any other keeps what it has.
        """
        return self

    def scaled(self, factor: float) -> Self:
        """The same parameters on a canvas `factor` times as large: every length times `factor`."""
        changed: dict[str, Any] = {}
        for name, definition in type(self).model_fields.items():
            is_length = is_marked(definition.metadata)
            value = getattr(self, name)
            scaled = (
                value * factor
                if is_length and value is not None
                else scaled_parts(value, definition.annotation, factor)
            )
            if scaled is not value:
                changed[name] = scaled
        return self.model_copy(update=changed)


def references_in(params: type[Params]) -> dict[str, ReferenceKind]:
    """The parameters that name something of the piece, and what each of them names."""
    fields = params.model_fields.items()
    found = {name: _reference((*each.metadata, each.annotation)) for name, each in fields}
    return {name: kind for name, kind in found.items() if kind is not None}


def _reference(marks: tuple[Any, ...]) -> ReferenceKind | None:
    """What is named, according to the marks of an annotation or to one of its parts."""
    for mark in marks:
        if isinstance(mark, _Reference):
            return mark.kind
        inner = _reference((*getattr(mark, "__metadata__", ()), *get_args(mark)))
        if inner is not None:
            return inner
    return None


def _nobody(_message: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, eq=False, slots=True)
class References:
    """What an extension's parameters name, by parameter; `least_of 0`, `least_of 1`… for a list of names.

    `found`: what was found for a mask in its picture at full size, if it was (`registry.Finding`). `canvas`:
    that of what is found, where the picture goes beyond. `tell`: says something that the artist should know.
    """

    rasters: Mapping[str, Raster] = field(default_factory=dict)
    masks: Mapping[str, Mask] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    found: Mask | None = None
    canvas: Extent | None = None
    tell: Callable[[str], None] = _nobody

    def raster(self, parameter: str) -> Raster | None:
        """The layer or picture that was named, if one was."""
        return self.rasters.get(parameter)

    def rasters_of(self, parameter: str) -> tuple[Raster, ...]:
        """The layers or pictures of a list of names, in their order."""
        count = sum(name.rpartition(" ")[0] == parameter for name in self.rasters)
        return tuple(self.rasters[f"{parameter} {i}"] for i in range(count))

    def mask(self, parameter: str) -> Mask | None:
        """The mask that was named, if one was."""
        return self.masks.get(parameter)

    def file(self, parameter: str) -> Path | None:
        """The snapshot of the file that was named, if one was."""
        return self.files.get(parameter)


@dataclass(frozen=True, eq=False, slots=True)
class StyleImage:
    """One style image with its share of the mix and the size of its brush marks.

    `scale` 1 = marks as large as in the style image fitted to the canvas.
    """

    raster: Raster
    weight: float = 1.0
    scale: float = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Region:
    """The part of the canvas that `mask` shows, in styles of its own (their weights sum to 1)."""

    mask: Mask
    images: tuple[StyleImage, ...]


REACH = 24
"""How far from a changed pixel an engine may paint anew, in pixels: what lies there was painted to fit it."""


@dataclass(frozen=True, eq=False, slots=True)
class Parent:
    """An earlier render of the same layer, from which only what changed since is painted again.

    `content` and `result` lie where the new content lies; `dirty` shows (> 0) every pixel at which the
    content, a region, the protected part or the first picture differ.
    """

    content: Raster
    result: Raster
    dirty: Mask


@dataclass(frozen=True, eq=False, slots=True)
class StyleSet:
    """The styles of one render, mixed by weight (weights sum to 1), and what guides it.

    `images` paint whatever no region shows; without any, the content stays there. Where regions
    overlap they share. `canvas_long_side`: the long side of the canvas in pixels, to which a style
    image is fitted. `protect` shows where the content stays. `init` is where the painting starts: the
    content, noise, or a picture (the content shows where it is transparent). `parent`: what to patch.
    """

    images: tuple[StyleImage, ...]
    seed: int
    canvas_long_side: int
    regions: tuple[Region, ...] = ()
    protect: Mask | None = None
    init: Raster | Literal["content", "noise"] = "content"
    parent: Parent | None = None


Precision = Literal["fp32", "bf16"]


class Bench(Protocol):
    """Where an operation runs, and the line to who runs it."""

    @property
    def device(self) -> str:
        """`cpu`, or `cuda` with an optional index."""

    @property
    def threads(self) -> int:
        """How many CPU threads to use."""

    @property
    def precision(self) -> Precision:
        """In what numbers a network computes its features."""

    def step(self, done: int, total: int) -> None:
        """Say that `done` of `total` units of work are done. Raises Cancelled when it is no longer wanted."""

    def tell(self, message: str) -> None:
        """Say something the artist should know, such as that a render goes on in smaller tiles."""

    def resumed(self) -> bytes | memoryview | None:
        """The last checkpoint of this very action, when a run of it was interrupted."""

    def checkpoint(self, parts: Callable[[], Iterable[bytes | memoryview]]) -> None:
        """Offer the state after a step; `parts` is called, and its bytes kept, when a checkpoint is due."""

    def show(self, make: Callable[[], Raster]) -> None:
        """Offer a look at the work after a step; `make` is called now and then, where someone looks."""

    def cached(
        self, ingredients: Mapping[str, Json], make: Callable[[], bytes | memoryview]
    ) -> bytes | memoryview:
        """The bytes that `make` gives, or gave before for equal ingredients, in any layer or build."""


@dataclass(frozen=True)
class PlainBench:
    """A bench without a build around it, for trying an operation out: nothing is told, nothing kept."""

    device: str = "cpu"
    threads: int = 1
    precision: Precision = "fp32"

    def step(self, done: int, total: int) -> None:
        """Goes on."""

    def tell(self, message: str) -> None:
        """Is heard by no one."""

    def resumed(self) -> None:
        """Nothing was interrupted."""

    def checkpoint(self, parts: Callable[[], Iterable[bytes | memoryview]]) -> None:
        """Keeps nothing."""

    def show(self, make: Callable[[], Raster]) -> None:
        """Is seen by no one."""

    def cached(
        self, _ingredients: Mapping[str, Json], make: Callable[[], bytes | memoryview]
    ) -> bytes | memoryview:
        """Made anew."""
        return make()


def ingredients_of(params: Params) -> Mapping[str, Any]:
    """The parameters as plain JSON values, for a manifest; without names, which are free to change."""
    return params.model_dump(mode="json", by_alias=True, exclude=set(references_in(type(params))))
