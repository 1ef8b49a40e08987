"""Rembg worker: a process that runs one rembg session on one picture, offline.

Reads a request (JSON) from standard input and leaves the mask as .npy. The session finds its
weights in a home made for this one run, so that it uses exactly the file that is an ingredient
of the result; any attempt to download ends the process. No extension of its own.
"""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

CUSTOM = "u2net_custom"


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    weights, home = Path(request["weights"]), Path(request["home"])
    os.environ["U2NET_HOME"] = str(home)
    linked = _linked(weights, home, request["session"])
    mask = _predicted(request["session"], linked, np.load(request["picture"], allow_pickle=False))
    np.save(request["mask"], mask, allow_pickle=False)


def _linked(weights: Path, home: Path, session: str) -> Path:
    """The weights where the session looks: flat in old versions of rembg, nested in new ones."""
    name = "custom.onnx" if session == CUSTOM else f"{session}.onnx"
    nested = home / "models" / session / name
    nested.parent.mkdir(parents=True)
    for link in (home / name, nested):
        link.symlink_to(weights.resolve())
    return home / name


def _predicted(session: str, weights: Path, picture: Any) -> Any:
    # Here and not at the top: sessions end the process where onnxruntime is missing, and patience is needed.
    _enter_package_unopened("rembg")
    import pooch  # type: ignore[import-untyped]
    from PIL import Image
    from rembg.session_factory import new_session

    pooch.retrieve = _no_download
    options = {"model_path": str(weights)} if session == CUSTOM else {}
    opened = new_session(session, providers=["CPUExecutionProvider"], **options)
    return np.asarray(opened.predict(Image.fromarray(picture))[0].convert("L"))


def _enter_package_unopened(name: str) -> None:
    """Make a package's modules importable without running its `__init__`.

    rembg's brings in alpha matting, which no session uses and whose kernels compile for a minute
    on the first run; a session alone is there within a second.
    """
    spec = find_spec(name)
    if spec is None or spec.submodule_search_locations is None:
        raise SystemExit(f"{name} is not installed")
    package = ModuleType(name)
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules[name] = package


def _no_download(url: str, *_: object, **__: object) -> NoReturn:
    raise SystemExit(f"the session wanted to download {url}")


if __name__ == "__main__":
    main()
