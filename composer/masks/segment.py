"""Segment: a mask of who stands in front of a layer, with a confidence.

Knows the layer's pixels on the canvas; outside the layer it hides. Without a model it looks at
colours and edges and asks the small network that ships (`_figure`); a named rembg model is better and
needs its weights. Either way the mask is found at a small size and then follows the picture's edges.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal, Self

import cv2
import numpy as np
from PIL import Image
from pydantic import BeforeValidator, Field, PositiveFloat, model_validator

from .. import weights
from ..operation import CanvasPoint, CanvasPx, Params, ProjectFile, References
from ..pixels.gaussian import float32
from ..pixels.geometry import Bounds
from ..pixels.raster import Array, FloatArray, Mask, Raster, in_eight_bits, quantize
from ..registry import Finding, Needs, extension
from ._decisive import decisiveness, doubted
from ._edges import follow_edges
from ._figure import WORK_SIDE, find_figure, pointed_out
from ._hints import Hints, box_around
from ._network import Dialect
from ._objectness import shipped
from ._rembg import SAM, SessionName, ask_network, ask_session, refuse_some, weights_of

_MODEL_SIDE = 1024  # the largest size a session works at
_SEEN_SIDE = 2048  # at which a figure is looked for: what outlines leave is still large enough for a session
_TRACE = 1 / 16  # of opacity
_OTHER_COLORS = (
    "it may want its colours otherwise, which network_mean, network_deviation and network_order say"
)
_STEEPNESS = 2.0  # of a mask that was found as yes or no
_OPAQUE = 0.5
_MARGIN = 0.1  # of an outline's box, that a network sees around it

Channels = tuple[float, float, float]
Positive = tuple[PositiveFloat, PositiveFloat, PositiveFloat]
Box = tuple[CanvasPx, CanvasPx, CanvasPx, CanvasPx]


class SegmentParams(Params):
    """Who looks for the figure, and where."""

    model: Annotated[SessionName, BeforeValidator(refuse_some)] = Field(
        "none",
        description="none: by colours and edges, at once; or a rembg model, whose weights must be fetched",
    )
    network: ProjectFile | None = Field(
        None, description="Instead of a model: an ONNX file of your own that finds figures"
    )
    network_mean: Channels | None = Field(
        None,
        description="[red, green, blue] that the network wants taken off colours of 0…255: [0, 0, 0] if it "
        "wants them from 0 on, [127.5, 127.5, 127.5] for -1…1. Left out: ImageNet's [123.675, 116.28, 103.53]"
        ", or 0 where its channels stand last. Whoever trained it says so; one that takes bytes gets 0…255",
    )
    network_deviation: Positive | None = Field(
        None,
        description="[red, green, blue] by which the network wants them divided then: [255, 255, 255] for "
        "0…1, [127.5, 127.5, 127.5] for -1…1. Left out: ImageNet's [58.395, 57.12, 57.375], or 255 where its "
        "channels stand last",
    )
    network_order: Literal["rgb", "bgr"] = Field(
        "rgb",
        description="The order in which the network wants red, green and blue: bgr if it was trained on what "
        "OpenCV reads; network_mean and network_deviation are red, green, blue either way",
    )
    box: Box | None = Field(
        None,
        description="[x, y, width, height] of a box around the figure, from its top left corner; nothing "
        "outside it is shown",
    )
    polygon: tuple[CanvasPoint, ...] = Field(
        (),
        max_length=10_000,
        description="[[x, y], …] of a rough outline around the figure; nothing outside it is shown",
    )
    points: tuple[CanvasPoint, ...] = Field(
        (),
        max_length=1000,
        description="[[x, y], …] points in the figure; they are shown, with what belongs to them",
    )
    not_points: tuple[CanvasPoint, ...] = Field(
        (),
        max_length=1000,
        description="[[x, y], …] points beside the figure, or in its gaps; they are hidden",
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.network is not None and self.model != "none":
            raise ValueError("the figure is found by a model or by a network, not by both")
        if self.model == SAM and not (self.box or self.polygon or self.points):
            raise ValueError('the model "sam" is told what to find: give a box, a polygon or points')
        if self.box is not None and min(self.box[2:]) <= 0:
            raise ValueError("a box's width and height are more than 0")
        if self.polygon and len(self.polygon) < 3:
            raise ValueError(f"a polygon has at least three points, this one has {len(self.polygon)}")
        if both := set(self.points) & set(self.not_points):
            raise ValueError(f"{list(both.pop())} cannot be a point in the figure and beside it")
        return self

    @property
    def dialect(self) -> Dialect:
        """How the network wants colours."""
        return Dialect(self.network_mean, self.network_deviation, self.network_order)

    @property
    def hints(self) -> Hints:
        """Where the figure is, in canvas pixels."""
        around = [self.polygon] if self.polygon else []
        if self.box is not None:
            x, y, width, height = self.box
            around.append(((x, y), (x + width, y), (x + width, y + height), (x, y + height)))
        return Hints(tuple(around), self.points, self.not_points)


def _weights(params: SegmentParams) -> Mapping[str, str]:
    if _without_model(params) and not params.hints.given:
        return shipped()
    return {name: weights.digest(name) for name in weights_of(params.model)}


def _find(picture: Raster, params: SegmentParams, given: References) -> Mask:
    """What is shown of the part that is looked at, at any size, and how sure that is.

    A figure that the canvas cuts is looked for as a whole. Raises OperationError for hints that no figure of
    the picture can fulfil.
    """
    on_canvas = picture if given.canvas is None else picture.crop(Bounds.of(given.canvas))
    shown = _seen(on_canvas.pixels).translate(on_canvas.left - picture.left, on_canvas.top - picture.top)
    if shown.is_empty:
        return Mask(np.zeros((1, 1), np.uint8), 0.0)
    box, hints = _seen(picture.pixels), params.hints.seen_from(picture.left, picture.top)
    # Points may lie beyond the canvas, on the figure; outlines must reach what is seen.
    outlines = replace(hints, inside=()).seen_from(shown.left, shown.top)
    outlines.check(picture.pixels[shown.slices][..., 3] > 0)
    found = _found(picture.pixels[box.slices], params, hints.seen_from(box.left, box.top), given)
    return _part_of(found, *(_looked_at(each, params, hints) for each in (box, shown)))


def _found(layer: Array, params: SegmentParams, hints: Hints, given: References) -> Mask:
    """What a layer shows of its figure, at any size: a model, of the part that outlines leave."""
    hints.check(layer[..., 3] > 0)
    if _without_model(params):
        small = _reduced(layer, WORK_SIDE)
        figure = find_figure(small[..., :3], _opaque(small), _in(small, layer, hints))
        return Mask.from_float(figure.shown.astype(np.float32), confidence=figure.confidence)
    part = _outlined(layer.shape, hints)
    cropped = layer[part.slices]
    small = _reduced(cropped, _MODEL_SIDE)
    inner = _in(small, cropped, hints.seen_from(part.left, part.top))
    return _asked(params, given, np.ascontiguousarray(small[..., :3]), inner)


def _looked_at(box: Bounds, params: SegmentParams, hints: Hints) -> Bounds:
    """The part of a box of the picture that is looked at."""
    if _without_model(params):
        return box
    part = _outlined((box.height, box.width), hints.seen_from(box.left, box.top))
    return part.translate(box.left, box.top)


@extension("mask", version=7, needs=Needs(weights=_weights, finding=Finding(_find, _SEEN_SIDE)))
def segment(image: Raster, params: SegmentParams, given: References) -> Mask:
    """Who stands in front."""
    values = np.zeros(image.pixels.shape[:2], image.pixels.dtype)
    found = given.found or _find(image, params, given)
    box = _seen(image.pixels)
    if box.is_empty:
        return Mask(values, 0.0)
    layer = image.pixels[box.slices]
    hints = params.hints.seen_from(image.left + box.left, image.top + box.top)
    limit = np.float32(np.iinfo(layer.dtype).max)
    shown = _held(_drawn(found, layer, params, hints), hints) * (layer[..., 3] / limit)
    values[box.slices] = quantize(shown, image.depth)
    return Mask(values, found.confidence)


def _drawn(found: Mask, layer: Array, params: SegmentParams, hints: Hints) -> FloatArray:
    """What was found in a part of the layer, (H, W) 0…1 over all of it, along the edges of the picture.

    A model looks at the part that outlines leave; points then say what of it is meant.
    """
    if _without_model(params):
        return follow_edges(found.to_float(), layer[..., :3], _STEEPNESS)
    part = _outlined(layer.shape, hints)
    drawn = np.zeros(layer.shape[:2], np.float32)
    drawn[part.slices] = follow_edges(found.to_float(), layer[part.slices][..., :3], 1.0)
    return drawn


def _part_of(found: Mask, box: Bounds, part: Bounds) -> Mask:
    """What was found in a box, of any size, as far as a part of that box goes."""
    if part == box:
        return found
    height, width = found.values.shape
    across, down = width / box.width, height / box.height
    inside = part.translate(-box.left, -box.top)
    edges = (inside.left * across, inside.top * down, inside.right * across, inside.bottom * down)
    size = max(1, round(inside.width * across)), max(1, round(inside.height * down))
    plane = Image.fromarray(found.to_float())
    values = np.asarray(plane.resize(size, Image.Resampling.BILINEAR, edges))
    return Mask.from_float(values, found.depth, found.confidence)


def _without_model(params: SegmentParams) -> bool:
    return params.model == "none" and params.network is None


def _seen(pixels: Array) -> Bounds:
    """The box of what is more than a trace: resampling leaves traces as far as its own pixels are large."""
    return box_around(pixels[..., 3] > _TRACE * np.iinfo(pixels.dtype).max)


def _asked(params: SegmentParams, given: References, rgb: Array, hints: Hints) -> Mask:
    file = given.file("network")
    if file is None:
        files = {name: weights.locate(name) for name in weights_of(params.model)}
        found = ask_session(params.model, files, rgb, hints)
        sure = decisiveness(found)
    else:
        found = ask_network(str(params.network), file, rgb, params.dialect)
        sure, doubt = doubted(found)
        if doubt:
            given.tell(f'the network "{params.network}" {doubt}: {_OTHER_COLORS}')
    if params.model != SAM and (hints.inside or hints.beside):
        found = pointed_out(rgb, found, hints)
    return Mask.from_float(found, 16, sure)


def _held(found: FloatArray, hints: Hints) -> FloatArray:
    """What was found, held to the hints to the pixel."""
    if not hints.given:
        return found
    height, width = found.shape
    within = hints.within(height, width)
    held = np.where(hints.sure(height, width), np.float32(1), found) * within
    held[hints.never(height, width)] = 0
    return held


def _in(small: Array, layer: Array, hints: Hints) -> Hints:
    """Hints of a layer in pixels of its reduced copy."""
    return hints.seen_from(0, 0, small.shape[1] / layer.shape[1], small.shape[0] / layer.shape[0])


def _opaque(small: Array) -> Array:
    opaque: Array = small[..., 3] >= _OPAQUE * 255
    return opaque


def _outlined(shape: tuple[int, ...], hints: Hints) -> Bounds:
    """The box of the outlines in a layer of that shape with something around it, as networks expect.

    Without any the whole layer.
    """
    height, width = shape[:2]
    whole = Bounds(0, 0, width, height)
    if not hints.around:
        return whole
    box = box_around(hints.within(height, width) > 0)
    return box.pad(round(_MARGIN * max(box.width, box.height))).intersect(whole)


def _reduced(layer: Array, side: int) -> Array:
    """(h, w, 4) uint8 of at most `side` pixels; transparent colours do not mix in."""
    height, width = layer.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    unit = np.divide(in_eight_bits(layer), np.float32(255), dtype=np.float32)
    unit[..., :3] *= unit[..., 3:]
    small = float32(cv2.resize(unit, size, interpolation=cv2.INTER_AREA))
    small[..., :3] *= 1 / np.maximum(small[..., 3:], np.float32(1e-6))
    return quantize(small, 8)
