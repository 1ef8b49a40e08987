"""Rembg worker: a process that runs one network on one picture, offline – a session of rembg's, or a file.

Reads a request (JSON) from standard input and leaves the mask as .npy. A session finds its weights
in a home made for this one run, so that it uses exactly the files that are ingredients of the result; any
attempt to download ends the process. No extension of its own.
"""

import json
import os
import resource
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from ._network import Dialect, UnfitNetwork, find_map

_LONGEST = 400  # characters of a complaint


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    _go_first()
    picture = np.load(request["picture"], allow_pickle=False)
    try:
        found = _found(request, picture)
    except MemoryError:
        raise SystemExit("it needs more memory than this machine has") from None
    except Exception as error:  # whatever it is: the build reads one line
        name = "" if isinstance(error, UnfitNetwork) else f"{type(error).__name__}: "
        raise SystemExit((name + " ".join(str(error).split()))[:_LONGEST]) from None
    np.save(request["mask"], found, allow_pickle=False)


def _go_first() -> None:
    """When memory runs out it is this process that ends, and not the build."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (memory if most < 0 else min(memory, most), most))
    score = Path("/proc/self/oom_score_adj")
    if score.exists():
        score.write_text("1000")


def _found(request: Mapping[str, Any], picture: Any) -> Any:
    if request["session"] is None:
        return find_map(Path(request["files"]["network"]), picture, Dialect(**request["dialect"]))
    home = Path(request["home"])
    os.environ["U2NET_HOME"] = str(home)
    _link(request["files"], home / "models" / request["session"])
    return _predicted(request["session"], picture, request["prompt"]) / np.float32(255)


def _link(files: Mapping[str, str], folder: Path) -> None:
    """The weights under the names that the session looks for, in its own folder."""
    folder.mkdir(parents=True)
    for name, path in files.items():
        (folder / name).symlink_to(Path(path).resolve())


def _predicted(session: str, picture: Any, prompt: Any) -> Any:
    # Here and not at the top: sessions end the process where onnxruntime is missing, and patience is needed.
    _enter_package_unopened("rembg")
    import pooch  # type: ignore[import-untyped]
    from PIL import Image
    from rembg.session_factory import new_session

    pooch.retrieve = _no_download
    opened = new_session(session, providers=["CPUExecutionProvider"])
    hints = {"sam_prompt": prompt} if prompt else {}
    return np.asarray(opened.predict(Image.fromarray(picture), **hints)[0].convert("L"))


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
