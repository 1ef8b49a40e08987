"""Versions: the table of what makes pixels, its version, and the digest of its code.

`python -m tests.versions` writes the table anew. Do that when code changed: after raising the version
if a pixel changed, or having made sure that none did. Comments, docstrings and layout do not count.
"""

import ast
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

from composer import registry
from composer.digest import digest_of_parts
from composer.graph import action
from composer.registry import Kind

TABLE = Path(__file__).parent / "versions.json"

ACTIONS = {
    action.Decode: ("composer.pixels.photograph",),
    action.Place: ("composer.pixels.resample",),
    action.Fill: ("composer.pixels.raster",),
    action.Adjust: ("composer.pixels.adjust", "composer.pixels.gaussian"),
    action.Combine: ("composer.pixels.adjust",),
    action.Composite: (
        "composer.composite.flatten",
        "composer.composite.walk",
        "composer.composite.surface",
        "composer.composite.loops",
        "composer.composite.numpy_kernel",
        "composer.composite.numba_kernel",
    ),
}


def current() -> dict[str, dict[str, object]]:
    """Name → version and digest of code, as the code stands now."""
    return dict(sorted(_rows()))


def _rows() -> Iterator[tuple[str, dict[str, object]]]:
    for kind in (Kind.MASK, Kind.FILTER, Kind.STYLE, Kind.EXPORT):
        for name in registry.names(kind):
            found = registry.find(kind, name)
            yield f"{kind} {name}", {"version": found.version, "code": _digest(found.code)}
    for name in registry.names(Kind.BLEND):
        mode = registry.find_blend(name)
        yield f"blend {name}", {"version": mode.version, "code": _digest((mode.function.__module__,))}
    for kind_of_action, modules in ACTIONS.items():
        yield f"action {kind_of_action.word}", {"version": kind_of_action.version, "code": _digest(modules)}


def _digest(modules: tuple[str, ...]) -> str:
    return digest_of_parts(_code(module).encode() for module in modules)[:16]


def _code(module: str) -> str:
    spec = importlib.util.find_spec(module)
    assert spec is not None, f"there is no module {module}"
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]):
            del body[0]
    return ast.unparse(tree)


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


if __name__ == "__main__":
    TABLE.write_text(json.dumps(current(), indent=2) + "\n", encoding="utf-8")
