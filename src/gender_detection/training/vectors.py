"""The training rows: a split of the dataset vectors."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import DatasetError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Vectors:
    """Rows of one split: keys, p_female and weight, (n,), and indices in compressed row form."""

    keys: list[str]
    p_female: Floats
    weight: Floats
    indices: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]

    @classmethod
    def of_split(cls, table: pa.Table, split: str) -> "Vectors":
        """Return the rows of a split, sorted by key; raise DatasetError if there are none."""
        rows = table.filter(pc.equal(table["split"], split)).sort_by("key").combine_chunks()
        if not len(rows):
            raise DatasetError(f"the dataset vectors has no rows of split {split}: too few names")
        lists = rows["indices"].combine_chunks()
        offsets = np.concatenate(([0], np.cumsum(pc.list_value_length(lists).to_numpy())))
        return cls(
            rows["key"].to_pylist(),
            rows["p_female"].to_numpy(),
            rows["weight"].to_numpy(),
            lists.flatten().to_numpy(zero_copy_only=False).astype(np.int32),
            offsets.astype(np.int64),
        )

    @property
    def counts(self) -> Floats:
        """Bearers of each key, float64 (n,), with the same cap as the weight."""
        return self.weight**2
