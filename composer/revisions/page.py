"""Page: a comparison as one HTML file that needs nothing else – pictures are in it, and it asks no network.

Knows HTML. Does not know how pictures come about. All that a piece or git says is escaped.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ..errors import UsageError
from ..store.replacing import replacing
from .frame import Frame
from .thumbnail import address

_MARK = '<meta name="generator" content="composer">'
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
{mark}
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1c1d20; --paper: #f5f4f1; --soft: #6b6d73; --line: #d5d3cd; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e8e6e1; --paper: #17181b; --soft: #9a9ca3; --line: #35373c; }}
}}
body {{ margin: 2rem auto; max-width: 100rem; padding: 0 1.5rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; }}
h1 {{ font-size: 1.5rem; margin: 0; }}
h2 {{ font-size: 1.1rem; margin: 2.5rem 0 .4rem; }}
p, figcaption, dd {{ color: var(--soft); }}
dt {{ margin-top: .6rem; }}
dd {{ margin: 0 0 0 1.5rem; }}
.pair {{ display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }}
.sheet {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1.5rem; }}
figure {{ margin: 0; }}
figcaption {{ font-size: .875rem; overflow-wrap: anywhere; }}
img {{ display: block; width: 100%; height: auto;
  background: repeating-conic-gradient(#8883 0 25%, #fff1 0 50%) 0 0 / 16px 16px; }}
.empty {{ display: grid; place-items: center; min-height: 9rem; padding: 1rem; border: 1px dashed var(--line);
  color: var(--soft); text-align: center; box-sizing: border-box; }}
@media (max-width: 40rem) {{ .pair {{ grid-template-columns: 1fr; }} }}
</style>
</head>
<body>
"""


@dataclass(frozen=True)
class Pair:
    """The same thing before and after, under a title, with what is to be said of it."""

    title: str
    before: Frame
    after: Frame
    words: Sequence[str] = ()


def diff_page(
    title: str, labels: tuple[str, str], pairs: Iterable[Pair], rest: Iterable[tuple[str, Sequence[str]]]
) -> str:
    """Before and after, side by side: `labels` name the revisions; `rest` has no pictures."""
    body = [f"<h1>{escape(title)}</h1>\n<p>{escape(labels[0])} → {escape(labels[1])}</p>\n"]
    body += [_pair(pair, labels) for pair in pairs]
    listed = "".join(_listed(subject, texts) for subject, texts in rest)
    return _paged(title, "".join(body) + (f"<h2>Besides</h2>\n<dl>\n{listed}</dl>\n" if listed else ""))


def sheet_page(title: str, frames: Iterable[tuple[str, Frame]]) -> str:
    """A contact sheet: every frame with its caption."""
    figures = "".join(_figure(frame, caption) for caption, frame in frames)
    return _paged(title, f'<h1>{escape(title)}</h1>\n<div class="sheet">\n{figures}</div>\n')


def write_page(path: Path, page: str) -> None:
    """Write a page. Raises UsageError when another's file is there, StoreError when it cannot be written."""
    if path.exists() and _MARK not in path.read_text(encoding="utf-8", errors="replace")[:500]:
        raise UsageError(f"{path} exists, and is no page of composer's", "name another file")
    with replacing(path, f".{os.getpid()}") as partial:
        partial.write_text(page, encoding="utf-8")


def _paged(title: str, body: str) -> str:
    return f"{_HEAD.format(mark=_MARK, title=escape(title))}{body}</body>\n</html>\n"


def _pair(pair: Pair, labels: tuple[str, str]) -> str:
    words = "".join(f"<p>{escape(text)}</p>\n" for text in pair.words)
    head = f"<h2>{escape(pair.title)}</h2>\n{words}"
    if pair.before.image is not None and pair.before.digest == pair.after.digest:
        both = _figure(pair.after, f"the same pixels in {labels[0]} and {labels[1]}")
        return f'{head}<div class="pair">\n{both}</div>\n'
    figures = _figure(pair.before, labels[0]) + _figure(pair.after, labels[1])
    return f'{head}<div class="pair">\n{figures}</div>\n'


def _figure(frame: Frame, caption: str) -> str:
    shown = f'<div class="empty">{escape(frame.words)}</div>'
    if frame.image is not None:
        shown = f'<img src="{address(frame.image)}" alt="{escape(caption)}">'
    return f"<figure>{shown}<figcaption>{escape(caption)}</figcaption></figure>\n"


def _listed(subject: str, texts: Sequence[str]) -> str:
    return f"<dt>{escape(subject)}</dt>\n" + "".join(f"<dd>{escape(text)}</dd>\n" for text in texts)
