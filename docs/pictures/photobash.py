"""The pieces behind the pictures of docs/photobash.md: one picture for each mask and each filter.

Knows the pieces only; `paint.py` builds them. A picture is a piece, or a piece with the mask that is shown in
red film over what it cuts out.
"""

from collections.abc import Iterator

SIDE = 320
Picture = str | tuple[str, str]

_HEAD = f"""
seed = 7
[canvas]
width = {SIDE}
height = {SIDE}
background = "#7d8a94"
[source.astronaut]
sample = "astronaut"
[source.cat]
sample = "chelsea"
[source.cup]
sample = "coffee"
[source.rocket]
sample = "rocket"
[source.bricks]
sample = "brick"
"""
_PLACES = {
    "astronaut": "{ crop = [0.2, 0.0, 0.7, 0.5] }",
    "cat": '{ fit = "cover", anchor = "right" }',
    "cup": '{ fit = "cover" }',
    "rocket": '{ fit = "cover" }',
    "bricks": '{ fit = "cover" }',
}
_FIGURE = '[mask.figure]\nuse = "segment"\nof = "astronaut"\nrefine = "matting"\n'
_EYES = '[mask.eyes]\nuse = "eyes"\nof = "astronaut"\n'
_FAR = '[mask.far]\nuse = "gradient"\nfrom = [0, 300]\nto = [0, 60]\n'
_FACE = '[mask.face]\nuse = "shape"\nshape = "ellipse"\nbox = [88, 42, 132, 170]\nfeather = 24\n'

_MASKS = {
    "luminance": ("rocket", ""),
    "color_range": ("rocket", 'color = "#22365e"\nrange = 0.2\nsoftness = 0.1'),
    "saturation": ("cup", ""),
    "gradient": ("", "from = [0, 60]\nto = [0, 260]"),
    "shape": ("", 'shape = "ellipse"\nbox = [88, 42, 132, 170]\nfeather = 12'),
    "edges": ("cat", ""),
    "detail_loss": ("cat", ""),
    "noise": ("", "size = 40"),
    "depth": ("rocket", ""),
    "segment": ("astronaut", ""),
    "face": ("astronaut", ""),
    "eyes": ("astronaut", ""),
    "emphasis": ("cat", ""),
}
_FILTERS = {
    "facet": ("cat", ""),
    "kuwahara": ("cat", "radius = 4"),
    "dry_brush": ("cat", ""),
    "blur": ("cat", ""),
    "levels": ("rocket", "gamma = 1.6"),
    "match": ("cup", 'to = "rocket"\nstrength = 0.9'),
    "denoise": ("rocket", ""),
    "grain": ("cup", "amount = 14"),
    "haze": ("rocket", 'depth = "far"\ndensity = 0.9\ncolor = "#b9c4d2"'),
    "value_push": ("cup", "push = -0.4\ncontrast = -0.3\ntemperature = -0.4"),
    "texture": ("cup", 'of = "bricks"'),
    "edge_highlight": ("astronaut", 'figure = "figure"\nangle = 60\namount = 1.0\nwidth = 18\ninner = 0.4'),
    "smooth": ("astronaut", "radius = 6"),
    "eye_light": ("astronaut", 'eyes = "eyes"'),
    "focus": ("astronaut", 'emphasis = "face"'),
    "tone": ("rocket", "shadows = 1.0\nhighlights = -0.6\ndetail = 0.8"),
    "unsharp": ("cat", "amount = 1.2"),
}
_REFERRED = {"figure": _FIGURE, "eyes": _EYES, "far": _FAR, "face": _FACE}


def strips() -> Iterator[tuple[str, list[Picture]]]:
    """The name of each picture, and what stands in it from left to right."""
    for name, (of, params) in _MASKS.items():
        yield f"mask_{name}", [_masked(name, of, params)]
    yield "mask_contact_shadow", [_standing(), _standing(shadow=True)]
    for name, (source, params) in _FILTERS.items():
        yield f"filter_{name}", [_filtered(source, ""), _filtered(source, f'use = "{name}"\n{params}')]
    yield "refine", [(_refined(method), "cut") for method in ("none", "feather", "guided", "matting")]
    yield "split", [_filtered("rocket", ""), _split("push_pull"), _split("patch")]
    yield "decontaminate", [_cut(cleaned=False), _cut(cleaned=True)]
    yield "quad", [_filtered("bricks", ""), _in_perspective()]


def _layer(source: str, more: str = "") -> str:
    place = f"place = {_PLACES[source]}\n"
    return f'[[layer]]\nname = "photo"\nsource = "{source}"\n{place}{more}'


def _masked(use: str, of: str, params: str) -> tuple[str, str]:
    look = f'of = "{of}"\n' if of else ""
    mask = f'[mask.it]\nuse = "{use}"\n{look}{params}\n'
    return f"{_HEAD}{mask}{_layer(of or 'cat')}", "it"


def _filtered(source: str, use: str) -> str:
    filters = f"[[layer.filter]]\n{use}\n" if use else ""
    masks = "".join(text for name, text in _REFERRED.items() if f'"{name}"' in use)
    return f"{_HEAD}{masks}{_layer(source, filters)}"


def _refined(method: str) -> str:
    mask = f'[mask.cut]\nuse = "segment"\nof = "cat"\nrefine = "{method}"\n'
    return f"{_HEAD}{mask}{_layer('cat')}"


def _split(method: str) -> str:
    side = "foreground = { visible = false }\nbackground = { infill_method = " + f'"{method}"' + " }\n"
    tower = '[mask.figure]\nuse = "shape"\nshape = "ellipse"\nbox = [136, 86, 52, 230]\n'
    return _HEAD + tower + _layer("rocket", f'split = "figure"\n{side}')


def _cut(*, cleaned: bool) -> str:
    use = '[[layer.filter]]\nuse = "decontaminate"\n' if cleaned else ""
    mask = '[mask.cat]\nuse = "segment"\nof = "cat"\nrefine = "matting"\n'
    return _HEAD + mask + _layer("cat", f'mask = "cat"\n{use}')


def _standing(*, shadow: bool = False) -> str:
    """The cup, cut out, on a ground; with its shadow if it has one."""
    mask = '[mask.cup]\nuse = "shape"\nshape = "ellipse"\nbox = [54, 44, 224, 240]\n'
    cast = '[mask.cast]\nuse = "contact_shadow"\nof = "cup"\nlength = 0.5\nangle = -50\n' if shadow else ""
    ground = '[[layer]]\nname = "ground"\nfill = "#c9cdd2"\n'
    dark = (
        '[[layer]]\nname = "shadow"\nfill = "#1a1420"\nblend = "multiply"\nmask = "cast"\n' if shadow else ""
    )
    cup = '[[layer]]\nname = "cup"\nsource = "cup"\nplace = { scale = 0.9 }\nmask = "cup"\n'
    return f"{_HEAD}{mask}{cast}{ground}{dark}{cup}"


def _in_perspective() -> str:
    place = "place = { quad = [[60, 90], [260, 90], [420, 340], [-100, 340]] }\n"
    return f'{_HEAD}[[layer]]\nname = "floor"\nsource = "bricks"\n{place}'
