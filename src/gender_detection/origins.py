"""Where bearers of a family name come from: P(country | family name), as sorted arrays.

It helps where a person's country is not given: Andrea Rossi is no woman, Andrea Schmidt no man.
Like evidence, family names are kept as 64-bit hashes only.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .features import HashIndex

# Of one family name: their number is kept in a byte.
MOST_COUNTRIES = 255

_DTYPES = {"offsets": np.uint32, "countries": np.uint16, "shares": np.float32}


@dataclass(frozen=True)
class Origins:
    """Countries of f family names: hashes uint64 of shape (f,), sorted and unique.

    Row i's countries (the two letters of ISO 3166-1 alpha-2 as one number) and shares, which
    add up to at most 1, stand at offsets[i]:offsets[i + 1]; what is missing to 1 is elsewhere.

    Raise ValueError where arrays are not such.
    """

    hashes: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    offsets: npt.NDArray[np.uint32] = field(default_factory=lambda: np.zeros(1, np.uint32))
    countries: npt.NDArray[np.uint16] = field(default_factory=lambda: np.zeros(0, np.uint16))
    shares: npt.NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))

    def __post_init__(self) -> None:
        if self.hashes.dtype != np.uint64 or self.hashes.ndim != 1:
            raise ValueError(f"hashes: {self.hashes.dtype} of {self.hashes.ndim} dimensions")
        rows = len(self.shares)
        shapes = {"offsets": (len(self.hashes) + 1,), "countries": (rows,), "shares": (rows,)}
        for name, shape in shapes.items():
            column = getattr(self, name)
            if column.dtype != _DTYPES[name] or column.shape != shape:
                raise ValueError(f"{name}: {column.dtype} of shape {column.shape}")
        if not (self.hashes[1:] > self.hashes[:-1]).all():
            raise ValueError("hashes: not sorted and unique")
        if self.offsets[0] != 0 or self.offsets[-1] != rows:
            raise ValueError("offsets: not from the first row to the last")
        if not (self.offsets[1:] >= self.offsets[:-1]).all():
            raise ValueError("offsets: not rising")
        if (self.offsets[1:] - self.offsets[:-1] > MOST_COUNTRIES).any():
            raise ValueError(f"offsets: more than {MOST_COUNTRIES} countries of a family name")
        if not ((self.shares >= 0) & (self.shares <= 1)).all():
            raise ValueError("shares: not from 0 to 1")

    @cached_property
    def index(self) -> HashIndex:
        return HashIndex(self.hashes)
