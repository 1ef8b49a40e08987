"""Blends: blend modes as functions of backdrop Cb and source Cs.

Each mode is written once. The compositor runs it on numpy arrays as it stands, and compiles the
same source for single pixels (see `composite/compile.py`). So these functions use nothing but
arithmetic on floats, comparisons, `_arithmetic`'s names, and numpy's `where`, `minimum`, `maximum`
and `sqrt`, imported by name; they write every constant as a float; they have no `if`.
Colours are 0…1, gamma-encoded, not premultiplied; results are 0…1 and finite for every input.

`ora` is OpenRaster's composite-op; modes that standard lacks get the name that Krita writes and
reads (`krita:` and its own id); other programs show such a layer as normal.
"""
