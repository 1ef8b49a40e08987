"""Controls: the artist's parameters, the same for every style engine.

Does not load torch: a plan needs the parameters only. What they do to a recipe stands in `engine`.
"""

from typing import Literal

from pydantic import Field

from ..operation import Params

ColorMode = Literal["style", "content", "luminance", "match"]
Finish = Literal["adam", "lbfgs"]


class Controls(Params):
    """Parameters of a style engine."""

    strength: float = Field(
        0.7, ge=0, le=1, description="how far the style goes: 0 keeps the content, 1 is all style"
    )
    structure: float = Field(
        0.5, ge=0, le=1, description="how much of the content's layout stays: 0 lets it dissolve, 1 keeps it"
    )
    color: ColorMode = Field(
        "style",
        description="whose colours: the style's; the content's, the style being recoloured before; the "
        "content's, lit as the style is (luminance); or the style's, matched to the content's afterwards",
    )
    quality: Literal["draft", "normal", "high"] = Field(
        "normal", description="how long it is painted: draft takes a third of normal, high twice as long"
    )
    finish: Finish = Field(
        "adam", description="how the last scale is painted: lbfgs goes on with a second-order method"
    )

    @property
    def effort(self) -> float:
        """Times the usual number of steps."""
        return {"draft": 0.35, "normal": 1.0, "high": 2.0}[self.quality]


def paints_parts(controls: Controls) -> bool:
    """Whether a part of a picture can be painted anew: not where its colours are matched as a whole."""
    return controls.color != "match"
