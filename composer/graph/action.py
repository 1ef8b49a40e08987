"""Actions: everything a node can do, as values that list their own ingredients.

Knows parameters and the names of what was resolved. Does not know how anything is computed,
nor the digests of the inputs (`manifest`). An ingredient is a (field, value) pair of plain JSON;
names that an artist may change freely are ingredients only where they are written into a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from ..operation import Params
from ..pixels.geometry import Extent
from ..pixels.resample import Fit
from ..registry import Extension
from .ingredients import of_depth, of_extension, of_fit
from .recipe import Ingredient, StackRecipe, stack_ingredients

Refinement = Literal["none", "feather", "guided", "matting"]


@dataclass(frozen=True)
class Decode:
    """An image file as a raster of its own size, in sRGB."""

    name: str
    version: ClassVar[int] = 4
    word: ClassVar[str] = "decode"

    def ingredients(self) -> Iterator[Ingredient]:
        """Nothing but the file's bytes, which are an input."""
        yield "operation", f"{self.word} v{self.version}"


@dataclass(frozen=True)
class Place:
    """A raster brought onto the canvas and cut at its edges, with at least `depth` bits a channel.

    `shaped`: what the artist calls a file that must have the canvas's shape already; "" for any other.
    """

    fit: Fit
    canvas: Extent
    depth: int = 8
    shaped: str = ""
    version: ClassVar[int] = 4
    word: ClassVar[str] = "place"

    def ingredients(self) -> Iterator[Ingredient]:
        """The canvas and every field of the fit."""
        yield "operation", f"{self.word} v{self.version}"
        yield "canvas", str(self.canvas)
        yield from of_fit(self.fit)
        yield from of_depth(self.depth)
        if self.shaped:
            yield "shaped", True


@dataclass(frozen=True)
class Fill:
    """One colour (red, green, blue, alpha, 0…1) over the whole canvas."""

    color: tuple[float, float, float, float]
    canvas: Extent
    depth: int = 8
    version: ClassVar[int] = 1
    word: ClassVar[str] = "fill"

    def ingredients(self) -> Iterator[Ingredient]:
        """The colour and the canvas."""
        yield "operation", f"{self.word} v{self.version}"
        yield "color", list(self.color)
        yield "canvas", str(self.canvas)
        yield from of_depth(self.depth)


@dataclass(frozen=True)
class Find:
    """What a mask finds in a picture before it is drawn: looked for as the picture lies at full size.

    `params`, `fit` and `canvas` are those of full size in every draft: so a draft finds what the full size
    finds, and finds it once for both. Input: `image`, the picture before it is placed.
    """

    extension: Extension
    params: Params
    fit: Fit
    canvas: Extent
    word: ClassVar[str] = "find"

    def ingredients(self) -> Iterator[Ingredient]:
        """The extension with its parameters, and where the picture lies."""
        yield from of_extension(self.extension, self.params, self.word)
        yield "canvas", str(self.canvas)
        for field, value in of_fit(self.fit):
            yield f"placed {field}", value


@dataclass(frozen=True)
class Apply:
    """A filter or a mask source: an extension with its parameters. `canvas` and `depth` for masks only.

    `found` is among the inputs of a mask that draws what was found for it (`Find`).
    """

    extension: Extension
    params: Params
    canvas: Extent | None = None
    depth: int = 8

    @property
    def word(self) -> str:
        """The kind of extension."""
        return str(self.extension.kind)

    def ingredients(self) -> Iterator[Ingredient]:
        """The extension with its version, its parameters and its weights."""
        yield from of_extension(self.extension, self.params)
        if self.canvas is not None:
            yield "canvas", str(self.canvas)
        yield from of_depth(self.depth)


@dataclass(frozen=True)
class Mix:
    """The styles of one region: the share of each, which sum to 1, and the size of its brush marks."""

    weights: tuple[float, ...]
    scales: tuple[float, ...]


@dataclass(frozen=True)
class Stylize:
    """A style engine, its styles, and what guides it.

    Inputs: `content`; `style 0`, `style 1`… with these weights and scales; for each of `regions`
    `region 0 mask` and `region 0 style 0`…; `protect`, a mask, where something is protected; `init`,
    a raster, where the painting starts from the pixels below.
    """

    extension: Extension
    params: Params
    weights: tuple[float, ...]
    scales: tuple[float, ...]
    seed: int
    canvas: Extent
    regions: tuple[Mix, ...] = ()
    init: Literal["content", "below", "noise"] = "content"
    word: ClassVar[str] = "style"

    def ingredients(self) -> Iterator[Ingredient]:
        """The engine with its parameters, how the styles are mixed, and what else was asked for."""
        yield from of_extension(self.extension, self.params)
        yield "weights", list(self.weights)
        yield "style scales", list(self.scales)
        if self.regions:
            yield "region weights", [list(mix.weights) for mix in self.regions]
            yield "region style scales", [list(mix.scales) for mix in self.regions]
        if self.init != "content":
            yield "init", self.init
        yield "seed", self.seed
        yield "canvas long side", self.canvas.long_side


@dataclass(frozen=True)
class Adjust:
    """What every mask has in common, applied in this order.

    Levels, the largest part kept, holes filled, grown or shrunk, refined, feathered, inverted. Inputs:
    `mask`, and `image`, the picture it is refined to, if it is.
    """

    feather: float = 0.0
    grow: float = 0.0
    invert: bool = False
    levels: tuple[float, float, float] = (0.0, 1.0, 1.0)
    keep_largest: bool = False
    fill_holes: float = 0.0
    refine: Refinement = "none"
    refine_width: float = 0.0
    version: ClassVar[int] = 3
    word: ClassVar[str] = "adjust"

    def ingredients(self) -> Iterator[Ingredient]:
        """The adjustments; lengths in pixels of this build's canvas."""
        yield "operation", f"{self.word} v{self.version}"
        yield "feather", self.feather
        yield "grow", self.grow
        yield "invert", self.invert
        yield "levels", list(self.levels)
        if self.keep_largest:
            yield "keep largest", True
        if self.fill_holes > 0:
            yield "fill holes", self.fill_holes
        if self.refine != "none":
            yield "refine", self.refine
            yield "refine width", self.refine_width


@dataclass(frozen=True)
class Fade:
    """What a filter did, taken back in part: by its opacity, and where its mask hides it.

    Inputs: `before`, `after`, and `mask` if it has one.
    """

    opacity: float
    version: ClassVar[int] = 1
    word: ClassVar[str] = "fade"

    def ingredients(self) -> Iterator[Ingredient]:
        """The opacity."""
        yield "operation", f"{self.word} v{self.version}"
        yield "opacity", self.opacity


@dataclass(frozen=True)
class CutOut:
    """A raster made transparent beyond a mask that is grown by `margin` canvas pixels; whole where it shows.

    Inputs: `image` and `mask`.
    """

    margin: float
    version: ClassVar[int] = 2
    word: ClassVar[str] = "cut out"

    def ingredients(self) -> Iterator[Ingredient]:
        """The margin."""
        yield "operation", f"{self.word} v{self.version}"
        yield "margin", self.margin


@dataclass(frozen=True)
class Combine:
    """Masks joined by an expression over the inputs `0`, `1`…, in prefix form: `& 0 ! 1`."""

    expression: tuple[str, ...]
    version: ClassVar[int] = 1
    word: ClassVar[str] = "combine"

    def ingredients(self) -> Iterator[Ingredient]:
        """The expression."""
        yield "operation", f"{self.word} v{self.version}"
        yield "expression", " ".join(self.expression)


@dataclass(frozen=True)
class Composite:
    """The stack flattened to one raster."""

    recipe: StackRecipe
    version: ClassVar[int] = 2
    word: ClassVar[str] = "composite"

    def ingredients(self) -> Iterator[Ingredient]:
        """The canvas and what each layer's blending is made of; no names."""
        yield "operation", f"{self.word} v{self.version}"
        yield "canvas", str(self.recipe.canvas)
        yield from stack_ingredients(self.recipe.items, "", named=False)


@dataclass(frozen=True)
class Export:
    """The stack and the merged picture written in one format; the output is a file's bytes."""

    extension: Extension
    params: Params
    recipe: StackRecipe
    word: ClassVar[str] = "export"

    def ingredients(self) -> Iterator[Ingredient]:
        """The format, and all of the stack: names too, since they stand in the file."""
        yield from of_extension(self.extension, self.params)
        yield "canvas", str(self.recipe.canvas)
        yield "title", self.recipe.title
        yield "dpi", self.recipe.dpi
        yield from stack_ingredients(self.recipe.items, "", named=True)


Action = (
    Decode | Place | Fill | Find | Apply | Stylize | Fade | CutOut | Adjust | Combine | Composite | Export
)
