"""Composite: source-over, groups, clipping and flattening of a layer stack; it knows no files."""
