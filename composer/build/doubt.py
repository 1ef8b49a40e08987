"""Doubt: what the artist reads of a mask whose source guessed.

Knows from which confidence on a guess is trusted. Does not know who guesses, nor how.
"""

SURE = 0.65
"""Confidence (0…1) below which the artist is told to look: of 14 photographs measured, the four below it were
cut out badly (IoU up to 0.61) and the ten above it well (IoU from 0.76)."""


def told_confidence(name: str, confidence: float) -> str:
    """How sure the source of a guessed mask is, and whether the artist should look."""
    doubt = "" if confidence >= SURE else ": look at it before you trust it"
    return f"{name} was guessed with a confidence of {confidence:.2f}{doubt}"
