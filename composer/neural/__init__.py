"""Trained networks: their definitions and shipped weights. Knows tensors; does not know styles, pieces or the store."""
