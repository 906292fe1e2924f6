"""The names that are drawn from the data to ask both models."""

from pathlib import Path

import pytest

from gender_detection.errors import DatasetError
from gender_detection.gate import references
from gender_detection.gate.references import read_reference
from tests.gate.invented import NAMES, WOMEN, data, rows, written


def test_names_are_read_from_the_files_of_a_version(tmp_path: Path):
    read = read_reference(str(written(tmp_path, rows())), "made")

    assert read.name.to_pylist() == data(rows()).name.to_pylist()
    assert len(read.name) == 3 * len(NAMES)
    assert set(read.country.to_pylist()) == {"IT", "DE", None}
    genders = dict(zip(read.name.to_pylist(), read.is_female.tolist(), strict=True))
    assert {name for name, is_female in genders.items() if is_female} == WOMEN


def test_held_out_names_are_those_of_the_split_test():
    found = data(rows())

    assert 0 < len(found.key) < len(NAMES) / 4
    assert [key in WOMEN for key in found.key] == found.key_is_female.tolist()


def test_same_names_are_drawn_whatever_the_order_of_rows(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(references, "PER_COUNTRY", 20)
    drawn = [data(given).name.to_pylist() for given in (rows(), rows()[::-1])]

    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 2 * 20 + len(NAMES)


def test_common_names_are_the_likeliest_to_be_drawn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(references, "PER_COUNTRY", 10)
    common = set(NAMES[5:15])
    given = [
        {**row, "female": row["female"] * (1e6 if row["name"] in common else 1)}
        for row in rows()
        if row["country"] == "IT"
    ]

    assert set(data(given).name.to_pylist()) == common


def test_names_of_women_and_men_alike_are_not_asked():
    given = [{"name": "kim", "country": "IT", "female": 5.0, "male": 5.0}, *rows()]

    assert "kim" not in data(given).name.to_pylist()


def test_missing_version_is_named_with_the_remedy(tmp_path: Path):
    with pytest.raises(DatasetError, match=r"version gone of the dataset vectors.*make data"):
        read_reference(str(written(tmp_path, rows())), "gone")


def test_damaged_file_is_named(tmp_path: Path):
    folder = written(tmp_path, rows())
    damaged = folder / "clean" / "versions" / "made" / "part-00000.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1])

    with pytest.raises(DatasetError, match=r"clean/versions/made/part-00000.parquet is missing or"):
        read_reference(str(folder), "made")


def test_address_that_cannot_be_read_is_named_without_its_password():
    with pytest.raises(DatasetError, match="ftp:// addresses") as caught:
        read_reference("ftp://me:secret@host/data", "made")

    assert "secret" not in str(caught.value)
