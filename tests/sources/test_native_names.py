from pathlib import Path

import pytest

from gender_detection.errors import SourceError
from gender_detection.sources import load_catalogue, read
from gender_detection.sources.native_names import (
    FAKER,
    FORMATS,
    LISTED,
    MIMESIS,
    OTHERS,
    POPULAR,
    NameFile,
    name_files,
    parse_native_names,
)
from gender_detection.sources.reading import ReadStats

MOSTLY = ((1 - OTHERS) * LISTED, OTHERS * LISTED)
POPULARLY = ((1 - OTHERS) * POPULAR, OTHERS * POPULAR)
FAKER_FILE = """
class Provider(PersonProvider):
    formats_female = ("{{first_name_female}} {{last_name}}",)
    first_names_female: Tuple[str, ...] = ("آلاء", "Sara")
    first_names_male_islamic = OrderedDict((("أحمد", 0.5),))
    first_names = first_names_male_islamic + first_names_female
    last_names = ("الخطيب",)
"""


def parse(format, **files):
    """Return the rows and the stats of files given by path."""
    stats = ReadStats()
    data = [NameFile(path, content) for path, content in files.items()]
    batches = parse_native_names(data, format, "test", stats)
    return [row for batch in batches for row in batch.to_pylist()], stats


def figures(rows):
    return [(row["name"], row["country"], row["n_female"], row["n_male"]) for row in rows]


def test_faker_lists_are_read_by_gender_without_running_the_file():
    rows, stats = parse("faker", **{"ar_AA/__init__.py": FAKER_FILE.encode()})
    assert figures(rows) == [("آلاء", None, *MOSTLY), ("أحمد", None, *MOSTLY[::-1])]
    assert stats.rejects == {"in_latin_letters": 1}


def test_faker_file_is_never_run():
    harmful = b"raise SystemExit\n" + FAKER_FILE.encode()
    rows, _ = parse("faker", **{"ar_AA/__init__.py": harmful})
    assert len(rows) == 2


def test_mimesis_lists_are_read_by_gender():
    document = '{"names": {"female": ["آوا"], "male": ["آرش"]}, "surnames": ["احمدی"]}'
    rows, _ = parse("mimesis", **{"fa/person.json": document.encode()})
    assert figures(rows) == [("آوا", "IR", *MOSTLY), ("آرش", "IR", *MOSTLY[::-1])]


def test_japanese_row_states_reading_spellings_and_last_characters():
    row = "りこ,riko,莉子,りこ\n".encode()
    rows, _ = parse("japanese_names", **{"first_name_woman_opti.csv": row})
    assert figures(rows) == [
        ("りこ", "JP", *POPULARLY),
        ("莉子", "JP", *POPULARLY),
        ("りこ", "JP", *POPULARLY),
        ("子", "JP", 1 - OTHERS, OTHERS),
    ]


def test_name_of_one_character_states_no_last_character():
    row = "れん,ren,蓮\n".encode()
    rows, _ = parse("japanese_names", **{"first_name_man_org.csv": row})
    assert [row["name"] for row in rows] == ["れん", "蓮"]


def test_hebrew_lists_have_births():
    text = "אסתר\t47398\t1.73\t1.73\t1\nיעל\tmany\n"
    rows, stats = parse("hebrew_names", **{"dist.jew.female.first": text.encode("utf-16")})
    assert figures(rows) == [("אסתר", "IL", 47398.0, 0.0)]
    assert stats.first_faults == {
        "malformed": "line 2 of dist.jew.female.first: its count is 'many', not a number"
    }


def test_missing_file_is_named_with_the_remedy(tmp_path):
    with pytest.raises(SourceError, match=r"source x: .*ar/person.json is missing: install the"):
        name_files(tmp_path, "mimesis", "x")


@pytest.mark.parametrize("format", FORMATS)
def test_installed_package_is_the_one_in_the_catalogue(format: str, tmp_path: Path):
    entry = load_catalogue()[format]
    reading = read(entry, tmp_path)
    rows = reading.statements.read_all()
    assert entry.licence == "MIT"
    assert entry.sha256 == reading.checksum
    assert len(rows) == reading.statements_out > 500
    assert reading.lines_in == reading.lines_stating + sum(reading.rejects.values())


def test_all_locales_are_in_scripts_of_their_own(tmp_path: Path):
    for format, locales in (("faker", FAKER), ("mimesis", MIMESIS)):
        reading = read(load_catalogue()[format], tmp_path)
        countries = set(reading.statements.read_all()["country"].to_pylist())
        assert countries == set(locales.values())
