"""The mix of names that a model was trained or evaluated on, to measure drift from."""

import math
from typing import Literal

import msgspec

Source = Literal["training", "evaluation"]


class Baseline(msgspec.Struct, frozen=True):
    """The share of names in each bin of gender_detection.drift.

    names is the number of names counted; shares has a list by feature, a share for each bin. Raise
    ValueError where a share is negative or not finite.
    """

    source: Source
    names: int
    shares: dict[str, list[float]]

    def __post_init__(self) -> None:
        """Check the shares."""
        for feature, shares in self.shares.items():
            if not all(math.isfinite(share) and share >= 0 for share in shares):
                raise ValueError(f"drift: shares of {feature} must be finite and not negative")
