"""What a model was made for: the mix of names that it was trained on, or evaluated on."""

import math
from typing import Literal

import msgspec

Source = Literal["training", "evaluation"]


class Baseline(msgspec.Struct, frozen=True):
    """How names of one source fall into the bins of gender_detection.drift.

    names is how many were counted; shares has, by feature, the share of them in each bin.
    ValueError where a share is none.
    """

    source: Source
    names: int
    shares: dict[str, list[float]]

    def __post_init__(self) -> None:
        """Check the shares."""
        for feature, shares in self.shares.items():
            if not all(math.isfinite(share) and share >= 0 for share in shares):
                raise ValueError(f"drift: what it has of {feature} are no shares")
