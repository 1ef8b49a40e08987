"""Pixels: geometry, rasters, masks, colour, resampling and the canonical bytes of each value."""
