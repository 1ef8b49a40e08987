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
[source.portrait]
sample = "astronaut"
[source.cat]
sample = "chelsea"
[source.cup]
sample = "coffee"
[source.rocket]
sample = "rocket"
[source.bricks]
sample = "brick"
[source.meadow]
sample = "camera"
"""
_PLACES = {
    "astronaut": "{ crop = [0.2, 0.0, 0.7, 0.5] }",
    "portrait": "{ crop = [0.33, 0.06, 0.57, 0.3] }",
    "cat": '{ fit = "cover", anchor = "right" }',
    "cup": '{ fit = "cover" }',
    "rocket": '{ fit = "cover" }',
    "bricks": '{ fit = "cover" }',
    "meadow": '{ fit = "cover" }',
}
_POINTS = "points = [[165, 130], [160, 280]]"
_FIGURE = f'[mask.figure]\nuse = "segment"\nof = "astronaut"\n{_POINTS}\nrefine = "matting"\n'
_EYES = '[mask.eyes]\nuse = "eyes"\nof = "portrait"\n'
_FAR = """[mask.far]
use = "gradient"
from = [0, 300]
to = [0, 215]
[mask.man]
use = "segment"
of = "meadow"
"""
_GAZE = '[mask.gaze]\nuse = "shape"\nshape = "ellipse"\nbox = [-40, 60, 280, 200]\nfeather = 24\n'

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
    "segment": ("astronaut", _POINTS),
    "face": ("astronaut", ""),
    "eyes": ("astronaut", ""),
    "emphasis": ("rocket", ""),
    "file": ("", 'file = "ink_wash.jpg"\nplace = { fit = "cover" }\nlevels = [0.2, 0.9]\ninvert = true'),
}
_FILTERS = {
    "painterly_base": ("cat", "radius = 5"),
    "facet": ("cat", ""),
    "kuwahara": ("cat", "radius = 4"),
    "dry_brush": ("cat", ""),
    "blur": ("cat", ""),
    "levels": ("rocket", "gamma = 1.6"),
    "match": ("cup", 'to = "rocket"\nstrength = 0.6'),
    "grain": ("cup", "amount = 14"),
    "haze": ("meadow", 'depth = "far & !man"\ndensity = 1.2\ncolor = "#b9c4d2"'),
    "value_push": ("cup", "push = -0.4\ncontrast = -0.3\ntemperature = -0.4"),
    "edge_highlight": ("astronaut", 'figure = "figure"\nangle = 60\namount = 1.0\nwidth = 18\ninner = 0.4'),
    "smooth": ("portrait", "radius = 10\namount = 1.0\ntolerance = 0.05"),
    "eye_light": ("portrait", 'eyes = "eyes"'),
    "focus": ("cat", 'emphasis = "gaze"\nsharpen = 0.8\ncalm = 0.9\nradius = 8\ntolerance = 0.15'),
    "tone": ("rocket", "shadows = 1.0\nhighlights = -0.6\ndetail = 0.8"),
    "unsharp": ("cat", "amount = 1.2"),
    "infill": ("rocket", 'figure = "tower"\nmethod = "patch"'),
}
_TOWER = '[mask.tower]\nuse = "shape"\nshape = "ellipse"\nbox = [136, 86, 52, 230]\n'
_REFERRED = {"figure": _FIGURE, "eyes": _EYES, "far": _FAR, "gaze": _GAZE, "tower": _TOWER}
_GRAINY = 'use = "grain"\namount = 16\nsize = 1.2\ncolor = 0.6'
_MUG = """[mask.mug]
use = "shape"
shape = "polygon"
points = [[155, 71], [175, 73], [192, 80], [206, 93], [217, 95], [222, 101], [215, 128], [207, 184],
          [153, 205], [119, 193], [102, 150], [98, 118], [100, 105], [104, 90], [117, 80], [134, 73]]
feather = 0.6
"""
_SAUCER = """[mask.saucer]
use = "shape"
shape = "polygon"
points = [[53, 169], [54, 181], [57, 193], [62, 204], [69, 214], [77, 222], [86, 230], [96, 237],
          [106, 243], [118, 246], [129, 249], [142, 251], [154, 252], [166, 251], [178, 249],
          [189, 246], [201, 241], [211, 235], [221, 228], [229, 219], [236, 210], [241, 199],
          [245, 188], [246, 176], [246, 163], [244, 151], [239, 140], [233, 130], [225, 121],
          [215, 114], [155, 107], [103, 98], [94, 103], [86, 108], [78, 114], [70, 122], [64, 130],
          [58, 139], [55, 148], [53, 159]]
shrink = 1
feather = 0.6
"""
_CAST = """[mask.cast]
use = "contact_shadow"
of = "cup"
ground = 76
length = 1.06
angle = -9
blur = 9
fade = 0.3
"""
_DARK = '[[layer]]\nname = "shadow"\nfill = "#1a1420"\nblend = "multiply"\nmask = "cast"\n'
_ABOUT = '[mask.about]\nuse = "layer"\nof = "cup"\ngrow = 8\nfeather = 16\n'
_GLOW = '[[layer]]\nname = "glow"\nfill = "#ff7a2a"\nmask = "about"\n'


def strips() -> Iterator[tuple[str, list[Picture]]]:
    """The name of each picture, and what stands in it from left to right."""
    for name, (of, params) in _MASKS.items():
        yield f"mask_{name}", [_masked(name, of, params)]
    yield "mask_contact_shadow", [_standing(), _standing(_CAST, _DARK)]
    yield "mask_layer", [_standing(), _standing(_ABOUT, _GLOW)]
    for name, (source, params) in _FILTERS.items():
        yield f"filter_{name}", [_filtered(source), _filtered(source, f'use = "{name}"\n{params}')]
    yield (
        "filter_texture",
        [_standing(wall=wall) for wall in ("", 'filter = [{ use = "texture", of = "bricks" }]\n')],
    )
    yield "filter_denoise", [_filtered("cup", _GRAINY), _filtered("cup", _GRAINY, 'use = "denoise"')]
    yield "refine", [(_refined(method), "cut") for method in ("none", "feather", "guided", "matting")]
    yield "split", [_filtered("rocket"), _split("push_pull"), _split("patch")]
    yield "decontaminate", [_cut(cleaned=False), _cut(cleaned=True)]
    yield "quad", [_filtered("bricks"), _in_perspective()]


def _layer(source: str, more: str = "") -> str:
    place = f"place = {_PLACES[source]}\n"
    return f'[[layer]]\nname = "photo"\nsource = "{source}"\n{place}{more}'


def _masked(use: str, of: str, params: str) -> tuple[str, str]:
    look = f'of = "{of}"\n' if of else ""
    mask = f'[mask.it]\nuse = "{use}"\n{look}{params}\n'
    return f"{_HEAD}{mask}{_layer(of or 'cat')}", "it"


def _filtered(source: str, *uses: str) -> str:
    filters = "".join(f"[[layer.filter]]\n{use}\n" for use in uses)
    masks = "".join(text for name, text in _REFERRED.items() if f'"{name}' in filters)
    return f"{_HEAD}{masks}{_layer(source, filters)}"


def _refined(method: str) -> str:
    mask = f'[mask.cut]\nuse = "segment"\nof = "astronaut"\n{_POINTS}\nrefine = "{method}"\n'
    return f"{_HEAD}{mask}{_layer('astronaut')}"


def _split(method: str) -> str:
    side = "foreground = { visible = false }\nbackground = { infill_method = " + f'"{method}"' + " }\n"
    return _HEAD + _TOWER + _layer("rocket", f'split = "tower"\n{side}')


def _cut(*, cleaned: bool) -> str:
    use = '[[layer.filter]]\nuse = "decontaminate"\n' if cleaned else ""
    return _HEAD + _FIGURE + _layer("astronaut", f'mask = "figure"\n{use}')


def _standing(masks: str = "", behind: str = "", wall: str = "") -> str:
    """The cup, cut out, before a wall; between them what its own shape is the mask of."""
    ground = f'[[layer]]\nname = "wall"\nfill = "#a9b4ae"\n{wall}'
    cup = '[[layer]]\nname = "cup"\nsource = "cup"\nplace = { scale = 0.9 }\nmask = "mug | saucer"\n'
    return f"{_HEAD}{_MUG}{_SAUCER}{masks}{ground}{behind}{cup}"


def _in_perspective() -> str:
    place = "place = { quad = [[60, 90], [260, 90], [420, 340], [-100, 340]] }\n"
    return f'{_HEAD}[[layer]]\nname = "floor"\nsource = "bricks"\n{place}'
