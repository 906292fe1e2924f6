"""Evidence by country from rows written down in a test."""

from collections.abc import Sequence

import numpy as np

from gender_detection.evidence import ByCountry, Table
from gender_detection.features import country_codes, hash_keys


def by_country(world: Table, rows: Sequence[tuple[str, str, float]]) -> ByCountry:
    """Return the evidence of these keys of the world's, in these countries, with P(female)."""
    positions = world.positions_of(hash_keys([key for key, _, _ in rows]))
    codes = country_codes([country for _, country, _ in rows])
    p_female = np.array([p for _, _, p in rows], np.float64)
    return ByCountry.build(world.p_female, positions, codes, p_female)
