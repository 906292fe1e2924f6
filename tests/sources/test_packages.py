import sys

import msgspec
import pyarrow as pa
import pytest

from gender_detection.errors import SourceError
from gender_detection.sources import RAW_SCHEMA, load_catalogue, read
from gender_detection.sources.nomquamgender import parse_nomquamgender
from gender_detection.sources.reading import ReadStats, raw_batch, start_reading

ENTRY = load_catalogue()["nomquamgender"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    reading = read(ENTRY, tmp_path_factory.mktemp("cache"))
    return reading, reading.statements.read_all()


def test_every_key_of_nomquamgender_gives_a_statement(installed):
    reading, table = installed
    assert reading.lines_in == reading.lines_stating == reading.statements_out == 721_739
    assert reading.rejects == {}
    assert table.num_rows == 721_739
    assert table.schema == RAW_SCHEMA
    assert reading.checksum == ENTRY.sha256


def test_keys_are_not_cleaned(installed):
    _, table = installed
    names = set(table["name"].to_pylist())
    assert len(names) == 721_739
    assert {"&amp;me", "#`brahim"} <= names


def test_nomquamgender_is_read_without_being_imported(installed):
    assert "nomquamgender" not in sys.modules
    assert "gender_guesser" not in sys.modules


def test_count_is_divided_by_the_share_of_women():
    data = b'{"ann": [12, 200, 0.75, [0, 3]], "&lt;bo": [1, 0, 0.0, 3]}'
    stats = ReadStats()
    rows = [row for batch in parse_nomquamgender(data, "nq", stats) for row in batch.to_pylist()]
    world = {
        "source": "nq", "country": None, "year": None, "part": "given", "n_bearers": None,
    }  # fmt: skip
    assert rows == [
        {**world, "name": "ann", "n_female": 150, "n_male": 50, "p_female": 0.75, "n_sources": 12},
        {**world, "name": "&lt;bo", "n_female": 0, "n_male": 0, "p_female": 0.0, "n_sources": 1},
    ]
    assert (stats.lines_in, stats.lines_stating) == (2, 2)


@pytest.mark.parametrize("data", [b"[1, 2]", b'{"ann": [1, "x", 0.5]}', b'{"ann": ', b"\xff"])
def test_other_json_is_refused(data):
    with pytest.raises(SourceError, match="source nq: not a table of name"):
        list(parse_nomquamgender(data, "nq", ReadStats()))


def altered(**keys):
    return msgspec.structs.replace(ENTRY, **keys)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (altered(distribution="no-such-dist"), r"no-such-dist is not installed: pip install no-"),
        (altered(version="9.9"), r"nomquamgender 0\.1\.4 is installed, .* describes 9\.9: pip"),
        (altered(path="nomquamgender/none.json"), r"has no nomquamgender/none\.json"),
        (altered(sha256="0" * 64), r"has sha256 66b5.*the catalogue says 0000"),
    ],
)
def test_package_that_differs_from_its_entry_is_refused_with_a_remedy(entry, message, tmp_path):
    with pytest.raises(SourceError, match=f"source nomquamgender: .*{message}"):
        read(entry, tmp_path)


def test_counts_are_not_available_before_the_statements_are_read():
    reading = start_reading(ENTRY, "", lambda stats: iter([raw_batch("s", 1, name=["Ann"])]))
    with pytest.raises(SourceError, match="read them first"):
        _ = reading.lines_in


def test_lines_that_do_not_add_up_are_an_error():
    def forgetful(stats):
        stats.lines_in += 2
        stats.lines_stating += 1
        yield raw_batch("s", 1, name=["Ann"])

    with pytest.raises(SourceError, match="do not add up"):
        start_reading(ENTRY, "", forgetful).statements.read_all()


@pytest.mark.parametrize(("malformed", "refused"), [(5, False), (6, True)])
def test_more_than_one_malformed_line_in_twenty_is_the_wrong_format(malformed, refused):
    def parse(stats):
        stats.lines_in, stats.lines_stating = 100, 100 - malformed
        stats.rejects["malformed"] = malformed
        yield raw_batch("s", 1, name=["Ann"])

    reading = start_reading(ENTRY, "", parse)
    if refused:
        with pytest.raises(SourceError, match="6 of 100 lines are malformed"):
            reading.statements.read_all()
    else:
        assert isinstance(reading.statements.read_all(), pa.Table)
        assert reading.rejects == {"malformed": 5}
