"""Blends: blend modes as functions of backdrop Cb and source Cs."""
