"""Which n-grams the indices of a spelling are made of."""

from dataclasses import dataclass

FEATURES_VERSION = 2

# Letters beyond this are not looked at; one key in a million is longer.
MAX_LETTERS = 32


@dataclass(frozen=True)
class NGrams:
    """How keys become indices: n-grams from lowest to highest letters, hashed into 2**bits.

    With sounds, also the n-grams of the key's sound, from lowest + 1 to highest letters, and
    what the sound shares with its neighbours (features.sounds).

    Raise ValueError on sizes that no key has, or bits that no int32 holds.
    """

    lowest: int = 2
    highest: int = 6
    bits: int = 22
    sounds: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.lowest <= self.highest <= MAX_LETTERS or not 1 <= self.bits <= 31:
            raise ValueError(f"no n-grams of {self.lowest} to {self.highest} in {self.bits} bits")
