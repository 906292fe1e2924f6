"""The settings of n-grams."""

from dataclasses import dataclass

FEATURES_VERSION = 2

# Letters after these are ignored; one key in a million is longer.
MAX_LETTERS = 32


@dataclass(frozen=True)
class NGrams:
    """How keys become indices: n-grams from lowest to highest letters, hashed into 2**bits.

    With sounds, also the n-grams of the key's sound, from lowest + 1 to highest letters, and
    the views of its sound (features.sounds).

    Raise ValueError for lengths outside 1 to MAX_LETTERS, or bits outside 1 to 31.
    """

    lowest: int = 2
    highest: int = 6
    bits: int = 22
    sounds: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.lowest <= self.highest <= MAX_LETTERS or not 1 <= self.bits <= 31:
            raise ValueError(
                f"n-grams of {self.lowest} to {self.highest} letters in {self.bits} bits: "
                f"give lengths from 1 to {MAX_LETTERS}, the lower one first, and 1 to 31 bits"
            )
