"""What a model was made for: the mix of names that it was trained on, or evaluated on."""

from typing import Literal

import msgspec

Source = Literal["training", "evaluation"]


class Baseline(msgspec.Struct, frozen=True):
    """How names of one source fall into the bins of gender_detection.drift.

    names is how many were counted; shares has, by feature, the share of them in each bin.
    """

    source: Source
    names: int
    shares: dict[str, list[float]]
