"""Exports: one file a format; each writes a layer stack and its merged raster."""
