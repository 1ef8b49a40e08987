"""CSS colours as artists write them. Knows hex and names; does not know arrays (nor numpy)."""

from PIL import ImageColor


def parse_color(text: str) -> tuple[float, float, float, float]:
    """A CSS hex colour or name as (red, green, blue, alpha), each 0…1. Raises ValueError."""
    if not (text.startswith("#") or text.isalpha()):
        raise ValueError(_message(text))
    try:
        values = ImageColor.getrgb(text)
    except ValueError:
        raise ValueError(_message(text)) from None
    red, green, blue, *rest = (value / 255 for value in values)
    return red, green, blue, rest[0] if rest else 1.0


def color_names() -> tuple[str, ...]:
    """The names of CSS, for near misses."""
    return tuple(ImageColor.colormap)


def _message(text: str) -> str:
    return f'"{text}" is not a colour: write CSS hex such as "#1a2b3c", or a CSS name'
