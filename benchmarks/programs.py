"""Programs: how to have other programs render a layered file and name its layers, without a screen.

Knows their command lines. Does not know what our files should look like. One program at a time: two
Kritas beside each other may leave a file unopened.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from PIL import Image
from psd_tools import PSDImage

_SECONDS = 600
_GIMP_RENDER = """
(let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "{file}" "{file}")))
       (shown (car (gimp-layer-new-from-visible image image "shown"))))
  (gimp-image-insert-layer image shown 0 0)
  (file-png-save RUN-NONINTERACTIVE image shown "{out}" "{out}" 0 1 0 0 0 0 0))
"""
_GIMP_LAYERS = """
(let ((image (car (gimp-file-load RUN-NONINTERACTIVE "{file}" "{file}")))
      (out (open-output-file "{out}")))
  (define (list-layers ids indent)
    (for-each (lambda (id)
      (display indent out)
      (display (car (gimp-item-get-name id)) out)
      (if (> (car (gimp-layer-get-mask id)) 0) (display " · mask" out))
      (newline out)
      (if (= TRUE (car (gimp-item-is-group id)))
          (list-layers (vector->list (cadr (gimp-item-get-children id))) (string-append indent "  "))))
      ids))
  (list-layers (vector->list (cadr (gimp-image-get-layers image))) "")
  (close-output-port out))
"""


@dataclass(frozen=True, slots=True)
class Program:
    """A program or library: `render(file, png)` and `layers(file, scratch folder)`."""

    name: str
    command: str
    suffixes: tuple[str, ...]
    render: Callable[[Path, Path], None]
    layers: Callable[[Path, Path], list[str]]

    def is_here(self) -> bool:
        """Whether it is installed."""
        return not self.command or shutil.which(self.command) is not None

    def reads(self, file: Path) -> bool:
        """Whether it is installed and reads such files."""
        return self.is_here() and file.suffix in self.suffixes


def _run(*command: str) -> str:
    """What the command printed. Raises TimeoutError when it does not end."""
    # With a TMPDIR of its own Krita does not hand the file to an instance that runs already.
    with tempfile.TemporaryDirectory() as own:
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
                env=os.environ | {"TMPDIR": own},
            )
        except subprocess.TimeoutExpired as late:
            raise TimeoutError(f"{command[0]} did not end in {_SECONDS} s") from late
    return done.stdout


def _gimp(script: str, file: Path, out: Path) -> None:
    code = " ".join(script.format(file=file, out=out).split())
    _run("gimp", "-i", "-d", "-f", "-b", code, "-b", "(gimp-quit 0)")


def _gimp_layers(file: Path, scratch: Path) -> list[str]:
    listing = scratch / "layers.txt"
    listing.unlink(missing_ok=True)
    _gimp(_GIMP_LAYERS, file, listing)
    return listing.read_text("utf-8").splitlines() if listing.is_file() else []


def _krita(file: Path, out: Path) -> None:
    _run("xvfb-run", "-a", "krita", "--export", "--export-filename", str(out), str(file))


def _krita_layers(file: Path, scratch: Path) -> list[str]:
    saved = scratch / "saved.kra"
    saved.unlink(missing_ok=True)
    _krita(file, saved)
    if not saved.is_file():
        return []
    with ZipFile(saved) as archive:
        root = ElementTree.fromstring(archive.read("maindoc.xml"))
    return [line for child in root.findall("{*}IMAGE") for line in _krita_tree(child, "")]


def _krita_tree(element: ElementTree.Element, indent: str) -> list[str]:
    lines: list[str] = []
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag in ("layers", "masks"):
            lines += _krita_tree(child, indent)
        elif tag in ("layer", "mask"):
            words = [child.get("name", ""), child.get("compositeop", child.get("nodetype", ""))]
            words += ["pass-through"] if child.get("passthrough") == "1" else []
            words += [f"opacity {child.get('opacity')}"] if child.get("opacity", "255") != "255" else []
            lines.append(indent + " · ".join(words))
            lines += _krita_tree(child, indent + "  ")
    return lines


def _magick(file: Path, out: Path) -> None:
    _run("convert", f"{file}[0]", str(out))


def _magick_layers(file: Path, _scratch: Path) -> list[str]:
    return _run("identify", "-quiet", "-format", "%[label]\n", f"{file}").splitlines()[1:]


def _psd_tools(file: Path, out: Path) -> None:
    image = PSDImage.open(file).composite(force=True, apply_icc=False)
    image.save(out)


def _psd_tools_layers(file: Path, _scratch: Path) -> list[str]:
    return _psd_tools_tree(PSDImage.open(file), "")


def _psd_tools_tree(parent: Any, indent: str) -> list[str]:
    lines: list[str] = []
    for item in reversed(list(parent)):
        mask = " · mask" if item.mask else ""
        lines.append(f"{indent}{item.name} · {item.blend_mode.name.lower()}{mask}")
        lines += _psd_tools_tree(item, indent + "  ") if item.is_group() else []
    return lines


def _pillow(file: Path, out: Path) -> None:
    with Image.open(file) as image:
        image.save(out)


def _nothing(_file: Path, _scratch: Path) -> list[str]:
    return []


PROGRAMS = (
    Program("GIMP", "gimp", (".psd",), lambda file, out: _gimp(_GIMP_RENDER, file, out), _gimp_layers),
    Program("Krita", "krita", (".psd", ".ora"), _krita, _krita_layers),
    Program("ImageMagick", "convert", (".psd",), _magick, _magick_layers),
    Program("psd-tools", "", (".psd",), _psd_tools, _psd_tools_layers),
    Program("Pillow", "", (".psd",), _pillow, _nothing),
)
