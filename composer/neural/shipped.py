"""Shipped weights: where the encoder's file lies and its digest, known without loading torch.

A plan needs the digest only; the network itself is `encoder`.
"""

from pathlib import Path

from ..digest import digest_of_file
from ..errors import MissingWeights

ENCODER = Path(__file__).parent / "weights" / "encoder.safetensors"


def encoder_digest() -> str:
    """The digest of the encoder's weights. Raises MissingWeights when the file is not in the package."""
    if not ENCODER.is_file():
        raise MissingWeights(
            f"the style encoder's weights are not at {ENCODER}",
            "they ship with Composer: install it again, or train them with `python -m training.encoder`",
        )
    return digest_of_file(ENCODER)
