"""Origins of family names follow from the lists of family names by country."""

import numpy as np
import pyarrow as pa
import pytest

from gender_detection.features import hash_keys
from gender_detection.origins import MOST_COUNTRIES, Origins
from gender_detection.training import build_origins


def shares(origins: Origins, family: str) -> dict[str, float]:
    (row,) = origins.index.find(hash_keys([family]))
    if row < 0:
        return {}
    part = slice(origins.offsets[row], origins.offsets[row + 1])
    countries = [chr(code >> 8) + chr(code & 255) for code in origins.countries[part].tolist()]
    return dict(zip(countries, origins.shares[part].tolist(), strict=True))


@pytest.fixture
def origins(tiny_origins: pa.Table) -> Origins:
    return build_origins(tiny_origins)


def test_country_where_the_name_is_more_common_has_the_larger_share(origins: Origins):
    rossi = shares(origins, "rossi")

    assert rossi["IT"] > 0.9 > 0.1 > rossi.get("DE", 0.0)


def test_long_list_of_a_large_country_does_not_outweigh_a_higher_share_elsewhere():
    large = [(f"name{chr(97 + at // 26)}{chr(97 + at % 26)}", "US", 1000.0) for at in range(400)]
    rows = [*large, ("kovac", "US", 1000.0), ("kovac", "SK", 50.0)]
    rows += [(f"slovak{chr(97 + at // 26)}{chr(97 + at % 26)}", "SK", 1.0) for at in range(350)]
    keys, countries, bearers = zip(*rows, strict=True)

    kovac = shares(
        build_origins(pa.table({"key": keys, "country": countries, "bearers": bearers})), "kovac"
    )

    assert kovac["SK"] > 0.9


def test_shares_add_up_to_less_than_one(origins: Origins):
    for family in ("rossi", "bianchi", "schmidt", "weber"):
        assert 0 < sum(shares(origins, family).values()) < 1


def test_name_on_no_list_has_no_origin(origins: Origins):
    assert shares(origins, "kowalski") == {}
    assert shares(Origins(), "rossi") == {}


def test_same_rows_in_any_order_give_the_same_arrays(tiny_origins: pa.Table):
    backwards = tiny_origins.take(list(range(len(tiny_origins)))[::-1])
    one, other = build_origins(tiny_origins), build_origins(backwards)

    assert (one.hashes == other.hashes).all()
    assert (one.offsets == other.offsets).all()
    assert (one.countries == other.countries).all()
    assert np.allclose(one.shares, other.shares)


def test_no_rows_give_no_origins(tiny_origins: pa.Table):
    assert len(build_origins(tiny_origins.slice(0, 0)).hashes) == 0


def test_name_with_too_many_countries_is_refused():
    shares = np.full(MOST_COUNTRIES + 1, 0.001, np.float32)
    codes = np.arange(len(shares), dtype=np.uint16)
    hashes = np.array([1, 2], np.uint64)
    bearers = np.ones(2, np.float32)

    assert Origins(hashes, np.array([0, 1, len(shares)], np.uint32), codes, shares, bearers)
    with pytest.raises(ValueError, match="more than 255 countries"):
        Origins(hashes, np.array([0, 0, len(shares)], np.uint32), codes, shares, bearers)


def test_bearers_of_a_family_name_are_those_of_all_countries(origins: Origins):
    assert origins.bearers[origins.index.find(hash_keys(["rossi", "weber"]))].tolist() == [91, 4]


@pytest.mark.parametrize("bearers", [[-1.0], [np.nan], [np.inf], [1.0, 1.0]])
def test_invalid_bearers_are_refused(bearers: list[float]):
    none = np.zeros(0, np.uint16), np.zeros(0, np.float32)

    with pytest.raises(ValueError, match="bearers"):
        Origins(
            np.array([1], np.uint64), np.zeros(2, np.uint32), *none, np.array(bearers, np.float32)
        )
