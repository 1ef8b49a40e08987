"""Trained networks, the loop that paints with them, and the weights that ship.

Knows tensors. Does not know pieces, the store or the artist's parameters.
"""
