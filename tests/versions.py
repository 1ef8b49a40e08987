"""Versions: the table of what makes pixels, its version, and the digest of its code.

`python -m tests.versions` writes the table anew. Do that when code changed: after raising the version
if a pixel changed, or having made sure that none did. Comments, docstrings and layout do not count.

The code of an extension or action is all of ours that it imports, at the top or later, but for the
modules that only name things. Nobody has to list it, so nothing can be left out.
"""

import ast
import importlib.util
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from composer import registry
from composer.digest import digest_of_parts
from composer.graph import action
from composer.registry import Kind

TABLE = Path(__file__).parent / "versions.json"

PERFORM = "composer.build.perform"
ACTIONS = {
    action.Decode: ("composer.pixels.photograph",),
    action.Place: ("composer.pixels.resample",),
    action.Fill: ("composer.pixels.raster",),
    action.Adjust: ("composer.pixels.adjust",),
    action.Combine: ("composer.pixels.adjust",),
    action.Composite: ("composer.composite.flatten",),
}
NO_PIXELS = {
    f"composer.{name}" for name in ("registry", "operation", "errors", "diagnostics", "digest", "weights")
}
RUN_BY_NAME = {"composer.masks._rembg": ("composer.masks._rembg_worker",)}
"""Modules that another one starts as a process of its own."""


def current() -> dict[str, dict[str, object]]:
    """Name → version and digest of code, as the code stands now."""
    return dict(sorted(_rows()))


def _rows() -> Iterator[tuple[str, dict[str, object]]]:
    for kind in (Kind.MASK, Kind.FILTER, Kind.STYLE, Kind.EXPORT):
        for name in registry.names(kind):
            found = registry.find(kind, name)
            yield f"{kind} {name}", {"version": found.version, "code": _digest(found.function.__module__)}
    for name in registry.names(Kind.BLEND):
        mode = registry.find_blend(name)
        yield f"blend {name}", {"version": mode.version, "code": _digest(mode.function.__module__)}
    for kind_of_action, modules in ACTIONS.items():
        yield f"action {kind_of_action.word}", {"version": kind_of_action.version, "code": _digest(*modules)}


def _digest(*modules: str) -> str:
    """The digest of these modules, of all they import, and of what calls them."""
    found = sorted({PERFORM, *(name for module in modules for name in closure(module))})
    return digest_of_parts(_code(module).encode() for module in found)[:16]


def closure(module: str) -> set[str]:
    """The module with everything of ours that it imports, directly or not."""
    found: set[str] = set()
    pending = [module]
    while pending:
        name = pending.pop()
        if name not in found | NO_PIXELS:
            found.add(name)
            pending.extend((*_imports(name), *RUN_BY_NAME.get(name, ())))
    return found


@cache
def _imports(module: str) -> tuple[str, ...]:
    """Our modules that are imported anywhere in the module's code."""
    package = module.rpartition(".")[0]
    return tuple(
        name
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.ImportFrom)
        for name in _named(importlib.util.resolve_name("." * node.level + (node.module or ""), package), node)
    )


def _named(source: str, node: ast.ImportFrom) -> Iterator[str]:
    """The modules that `from source import …` reads: modules of a package, or the one that is named."""
    if source.split(".")[0] != "composer":
        return
    spec = importlib.util.find_spec(source)
    if spec is not None and spec.submodule_search_locations is not None:
        yield from (f"{source}.{alias.name}" for alias in node.names)
    else:
        yield source


def _tree(module: str) -> ast.Module:
    spec = importlib.util.find_spec(module)
    assert spec is not None, f"there is no module {module}"
    assert spec.origin is not None
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


@cache
def _code(module: str) -> str:
    tree = _tree(module)
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
