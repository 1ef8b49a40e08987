"""Kernel: the three pixel loops of compositing, as a contract with two implementations, and the choice.

Both give the same bytes – the same float32 operations in the same order – so no key has to know which ran.
Knows which implementation this machine can run. Does not know layers, groups or strips.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, Protocol

from ..pixels.raster import Mask, Raster
from ..pixels.stack import BlendMode
from .numpy_kernel import NumpyKernel
from .surface import Source, Surface

KernelName = Literal["numba", "numpy"]


class Kernel(Protocol):
    """The pixel loops; each pixel's result depends on that pixel alone, never on the box around it."""

    @property
    def name(self) -> KernelName:
        """The word for messages."""

    @property
    def strip_pixels(self) -> int:
        """How many pixels at once suit its caches."""

    def blend(
        self, backdrop: Surface, source: Source, mode: BlendMode, mask: Mask | None, opacity: float
    ) -> None:
        """Composite the straight source over the premultiplied backdrop, in place (W3C Compositing, §10).

        With αs = coverage × opacity × mask: Co = αs·(1-αb)·Cs + αs·αb·B(Cb, Cs) + (1-αs)·αb·Cb and
        αo = αs + αb·(1-αs). Pixels outside the source stay as they are.
        """

    def straighten(self, surface: Surface) -> None:
        """Divide the colours by alpha, in place; black where alpha is 0."""

    def encode(self, surface: Surface, target: Raster) -> None:
        """Write the premultiplied surface as straight integers, rounded to nearest, into the target.

        Colour is 0 where the rounded alpha is 0. The surface lies inside the target.
        """


@dataclass(frozen=True, slots=True)
class KernelChoice:
    """Which kernel runs, and why (for `composer doctor`)."""

    name: KernelName
    reason: str


@cache
def kernel_in_use() -> KernelChoice:
    """The kernel that `flatten` takes by itself on this machine. Imports numba to find out."""
    try:
        import numba
    except Exception as error:  # a numba that does not fit its numpy or LLVM fails in many ways
        return KernelChoice("numpy", f"numba cannot be imported ({error}): about ten times slower")
    if numba.config.DISABLE_JIT:
        return KernelChoice("numpy", "NUMBA_DISABLE_JIT is set: about ten times slower")
    return KernelChoice("numba", f"numba {numba.__version__}")


@cache
def load_kernel(name: KernelName) -> Kernel:
    """The kernel of that name. Raises ImportError when numba is asked for and cannot be imported."""
    if name == "numpy":
        return NumpyKernel()
    # Importing numba takes half a second and may fail; the fallback must not depend on it.
    from .numba_kernel import NumbaKernel

    return NumbaKernel()
