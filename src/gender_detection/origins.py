"""The origins of family names: P(country | family name), as sorted arrays.

They help where a person's country is not given: Andrea Rossi is probably a man, Andrea Schmidt a
woman. As in evidence, the arrays hold 64-bit hashes instead of names.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .features import HashIndex

# For one family name: compiled code keeps their number in a byte.
MOST_COUNTRIES = 255

_DTYPES = {
    "offsets": np.uint32,
    "countries": np.uint16,
    "shares": np.float32,
    "bearers": np.float32,
}


@dataclass(frozen=True)
class Origins:
    """Countries of f family names: hashes uint64 of shape (f,), sorted and unique.

    Row i's countries (features.country_codes) and shares are at offsets[i]:offsets[i + 1]. Its
    shares add up to at most 1; the rest is in other countries. bearers counts those of each family
    name in all countries, as listed.

    Raise ValueError for other arrays.
    """

    hashes: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    offsets: npt.NDArray[np.uint32] = field(default_factory=lambda: np.zeros(1, np.uint32))
    countries: npt.NDArray[np.uint16] = field(default_factory=lambda: np.zeros(0, np.uint16))
    shares: npt.NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    bearers: npt.NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))

    def __post_init__(self) -> None:
        """Check the arrays."""
        if self.hashes.dtype != np.uint64 or self.hashes.ndim != 1:
            raise ValueError(f"hashes: {self.hashes.dtype} of {self.hashes.ndim} dimensions")
        rows = len(self.shares)
        names = len(self.hashes)
        shapes = {
            "offsets": (names + 1,), "countries": (rows,), "shares": (rows,), "bearers": (names,)
        }  # fmt: skip
        for name, shape in shapes.items():
            column = getattr(self, name)
            if column.dtype != _DTYPES[name] or column.shape != shape:
                raise ValueError(f"{name}: {column.dtype} of shape {column.shape}")
        if not (self.hashes[1:] > self.hashes[:-1]).all():
            raise ValueError("hashes: not sorted and unique")
        if self.offsets[0] != 0 or self.offsets[-1] != rows:
            raise ValueError("offsets: not from the first row to the last")
        if not (self.offsets[1:] >= self.offsets[:-1]).all():
            raise ValueError("offsets: decreasing")
        if (self.offsets[1:] - self.offsets[:-1] > MOST_COUNTRIES).any():
            raise ValueError(f"offsets: more than {MOST_COUNTRIES} countries of a family name")
        if not ((self.shares >= 0) & (self.shares <= 1)).all():
            raise ValueError("shares: not from 0 to 1")
        if not (np.isfinite(self.bearers) & (self.bearers >= 0)).all():
            raise ValueError("bearers: negative or not finite")

    @cached_property
    def index(self) -> HashIndex:
        return HashIndex(self.hashes)
