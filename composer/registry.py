"""Registry: extensions by kind and name. An extension is one file; its stem is the word the artist writes.

Knows kinds, their folders and signatures, and checks them when a file is imported. Does not
know any extension: listing names imports nothing, `find` imports the one file (blend modes are
a few lines each, so their folder is imported whole). A look-up never has a default.
"""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, TypeVar

from .errors import ComposerError
from .operation import Bench, Params, ReferenceKind, References, StyleSet, references_in
from .pixels.raster import Mask, Raster
from .pixels.stack import BlendMode, LayerStack

F = TypeVar("F", bound=Callable[..., Any])


class Kind(StrEnum):
    """What an extension can be; the value is the word in messages."""

    MASK = "mask"
    FILTER = "filter"
    STYLE = "style"
    EXPORT = "export"
    BLEND = "blend"


FOLDERS = {
    Kind.MASK: "masks",
    Kind.FILTER: "filters",
    Kind.STYLE: "styles",
    Kind.EXPORT: "exports",
    Kind.BLEND: "blends",
}
_SIGNATURES: dict[Kind, tuple[tuple[object, ...], object]] = {
    Kind.MASK: ((Raster, Params), Mask),
    Kind.FILTER: ((Raster, Params), Raster),
    Kind.STYLE: ((Raster, StyleSet, Params, Bench), Raster),
    Kind.EXPORT: ((LayerStack, Raster, Params, Path), type(None)),
}
_REFERRING = (Kind.MASK, Kind.FILTER)
"""Kinds whose function takes References as its last argument when its parameters name something, or when
something is found for it."""


class RegistryError(ComposerError):
    """An extension that breaks the contract of its kind; a mistake of its author, not of the artist."""


class UnknownExtension(ComposerError):
    """No extension of that kind has that name."""

    def __init__(self, kind: Kind, name: str) -> None:
        super().__init__(f'there is no {kind} "{name}"')
        self.kind = kind
        self.name = name


@dataclass(frozen=True, slots=True)
class Finding:
    """How a mask finds what it then draws: what is found must not depend on the size of a draft.

    `function` is given the picture, placed on a canvas that is so much smaller than the full size that the
    long side of what is given of the picture is `side` at most, and parameters in pixels of that canvas; it
    gives what was found as a mask of any size. What is given goes beyond the canvas as the picture does, so
    that what is found does not depend on where it is cut; what comes back is for the part on `canvas` of
    the references. The extension's own function is given that with the picture at the size of the build, and
    draws it. Where a mask looks at more than a picture and its placement, nothing is found beforehand, and
    its own function does so. `whole`: the picture is given over all of the smaller canvas and not beyond,
    and the canvas's long side is `side` at most.
    """

    function: Callable[[Raster, Any, References], Mask]
    side: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """What an extension needs, as data; the caller adapts.

    `input`: a mask looks at a picture as it was placed ("raster"), at a layer in isolation, after its
    filters, style and mask ("layer"), at a file of its own ("file") or at nothing but the canvas ("none": it
    gets a transparent raster of the canvas). `device`: its pixels depend
    on the device and thread count. `weights`: name → digest of the weights these parameters use;
    raises MissingWeights, so that the artist reads it before any work starts. `layers`: an export reads
    the layers, not only the merged picture; without it its stack has none. `patches`: whether a style
    engine, with these parameters, paints the part of a `Parent` that changed and leaves every byte of the
    rest; None: it always paints the whole, and is given no parent. `finding`: how a mask finds what it draws,
    if it finds anything.
    """

    input: Literal["raster", "layer", "file", "none"] = "raster"
    device: bool = False
    weights: Callable[[Any], Mapping[str, str]] | None = None
    layers: bool = True
    patches: Callable[[Any], bool] | None = None
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension, found: its function, its parameters' model and what it needs.

    `version` is raised when its pixels change.
    """

    kind: Kind
    name: str
    version: int
    function: Callable[..., Any]
    params: type[Params]
    needs: Needs
    suffix: str = ""

    @property
    def summary(self) -> str:
        """The first line of the function's docstring, for listings and the schema."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @property
    def references(self) -> dict[str, ReferenceKind]:
        """The parameters that name something of the piece; its function is given what they name."""
        return references_in(self.params)

    @property
    def is_given(self) -> bool:
        """Whether its function is given References beside its parameters."""
        return self.needs.finding is not None or bool(self.references)


_extensions: dict[tuple[Kind, str], Extension] = {}
_blends: dict[str, BlendMode] = {}


def extension(
    kind: Kind | str,
    *,
    version: int,
    needs: Needs | None = None,
    suffix: str = "",
) -> Callable[[F], F]:
    """Register the one public function of an extension's file. Raises RegistryError; then nothing changed."""
    checked = Kind(kind)

    def register(function: F) -> F:
        name = function.__module__.rpartition(".")[2]
        if (checked, name) in _extensions:
            raise RegistryError(f'{checked} "{name}" is registered twice')
        needed = needs or Needs()
        params = _checked_params(checked, name, function, needed)
        _extensions[checked, name] = Extension(checked, name, version, function, params, needed, suffix)
        return function

    return register


def blend_mode(*, psd: bytes, ora: str, version: int, separable: bool = True) -> Callable[[F], F]:
    """Register a blend mode; a trailing underscore of the function's name is not part of the word."""

    def register(function: F) -> F:
        name = function.__name__.rstrip("_")
        if name in _blends:
            raise RegistryError(f'blend mode "{name}" is registered twice')
        wanted = 2 if separable else 6
        if len(inspect.signature(function).parameters) != wanted:
            raise RegistryError(f'blend mode "{name}" takes {wanted} arguments')
        _blends[name] = BlendMode(name, psd, ora, separable, function, version)
        return function

    return register


def names(kind: Kind | str) -> tuple[str, ...]:
    """The words an artist can write for that kind, sorted."""
    checked = Kind(kind)
    if checked is Kind.BLEND:
        _import_blends()
        return tuple(sorted(_blends))
    return tuple(sorted(_stems(checked)))


def find(kind: Kind | str, name: str) -> Extension:
    """The extension of that name, importing its file. Raises UnknownExtension."""
    checked = Kind(kind)
    if (checked, name) not in _extensions:
        if name not in _stems(checked):
            raise UnknownExtension(checked, name)
        importlib.import_module(f"{__package__}.{FOLDERS[checked]}.{name}")
        if (checked, name) not in _extensions:
            raise RegistryError(f"{FOLDERS[checked]}/{name}.py registers no {checked}")
    return _extensions[checked, name]


def find_blend(name: str) -> BlendMode:
    """The blend mode of that name. Raises UnknownExtension."""
    _import_blends()
    if name not in _blends:
        raise UnknownExtension(Kind.BLEND, name)
    return _blends[name]


def _folder(kind: Kind) -> Path:
    return Path(__file__).parent / FOLDERS[kind]


def _stems(kind: Kind) -> set[str]:
    modules = pkgutil.iter_modules([str(_folder(kind))])
    return {module.name for module in modules if not module.name.startswith("_")}


def _import_blends() -> None:
    for stem in _stems(Kind.BLEND):
        importlib.import_module(f"{__package__}.{FOLDERS[Kind.BLEND]}.{stem}")


def _checked_params(kind: Kind, name: str, function: Callable[..., Any], needs: Needs) -> type[Params]:
    hints = typing.get_type_hints(function)
    result = hints.pop("return", None)
    wanted, wanted_result = _SIGNATURES[kind]
    given = tuple(hints.values())
    params = typing.cast(type[Params], next((hint for hint in given if _fits(hint, Params)), Params))
    if kind in _REFERRING and (needs.finding is not None or references_in(params)):
        wanted = (*wanted, References)
    fits = len(given) == len(wanted) and all(map(_fits, given, wanted))
    if not fits or result is not wanted_result:
        raise RegistryError(f'{kind} "{name}" must have the signature {wanted} -> {wanted_result}')
    if needs.finding is not None and (kind is not Kind.MASK or needs.input != "raster"):
        raise RegistryError(f'{kind} "{name}" cannot find anything: it looks at no picture that is placed')
    _check_fields(kind, name, params)
    return params


def _fits(given: object, wanted: object) -> bool:
    if wanted is Params:
        return isinstance(given, type) and issubclass(given, Params)
    return given is wanted


def _check_fields(kind: Kind, name: str, params: Any) -> None:
    for field, definition in params.model_fields.items():
        if not definition.description:
            raise RegistryError(f'parameter "{field}" of {kind} "{name}" has no description')
