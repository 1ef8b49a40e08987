"""PSD: layers, groups and masks for Photoshop, and the merged picture for everything else.

Knows the parameters. Does not know bytes: what writes them is imported when it is asked to, because
psd-tools takes a second to load and a plan only needs the parameters. The file keeps to what Photoshop,
Krita and GIMP all read (`_lowering`, and group opacity as a mask). One loss stays, for Photoshop has no
other way to say it: Krita 5.1 ignores clipping in a PSD, and GIMP 2.10 where the base is a group or does
not blend normally; an ORA shows it right in Krita. Canvases above 30,000 px and files above 2 GiB become
PSB, the large form of the same format.
"""

from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import Field

from ..operation import Params
from ..pixels.raster import Raster
from ..pixels.stack import LayerStack
from ..registry import extension
from ._placement import Depth


class PsdParams(Params):
    """How the layers are stored."""

    depth: Depth = None
    compression: Literal["rle", "zip"] = Field(
        "rle",
        description="rle opens everywhere; zip is smaller, but Krita 5.1 opens no zip file that has masks, "
        "and shows 16-bit zip as noise.",
    )


@extension("export", version=1, suffix=".psd")
def psd(stack: LayerStack, merged: Raster, params: PsdParams, path: Path) -> None:
    """Layers, groups and editable masks for Photoshop, Krita and GIMP, with the merged picture.

    Raises OperationError above 300,000 px a side, and OSError when the file cannot be written.
    """
    from ._psd_writer import write_psd  # see above

    write_psd(replace(stack, depth=params.depth or stack.depth), merged, params.compression, path)
