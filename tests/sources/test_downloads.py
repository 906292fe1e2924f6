"""Each published format, in small test files, read over HTTP."""

import hashlib
import io
import zipfile
from typing import get_args, get_type_hints
from xml.sax.saxutils import escape

import msgspec
import pytest

from gender_detection.errors import DownloadError, SourceError
from gender_detection.sources import HttpSource, load_catalogue, read
from gender_detection.sources.downloads import PARSERS
from tests.sources.scripted_server import respond

CATALOGUE = load_catalogue()


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return buffer.getvalue()


@pytest.fixture
def serve(server, tmp_path):
    """Serve a body as the file of a catalogue entry and return its reading and its rows."""

    def serve(name, body, **keys):
        server.script = [respond(200, body, ETag='"e1"')]
        entry = msgspec.structs.replace(CATALOGUE[name], urls=[server.url("/f")], **keys)
        reading = read(entry, tmp_path)
        rows = [row for batch in reading.statements for row in batch.to_pylist()]
        assert reading.lines_in == reading.lines_stating + sum(reading.rejects.values())
        assert reading.statements_out == len(rows)
        return reading, rows

    return serve


def brief(rows):
    """(name, country, year, n_female, n_male) of each row; the other columns must be null."""
    for row in rows:
        assert row["p_female"] is None
        assert row["n_sources"] is None
    return [tuple(r[k] for k in ("name", "country", "year", "n_female", "n_male")) for r in rows]


def test_each_format_of_a_download_has_a_parser():
    formats = {*get_args(get_type_hints(HttpSource)["format"])}
    assert formats == set(PARSERS), "give each format of HttpSource a parser in PARSERS"


def test_ssa_lines_count_births_of_the_year_in_the_file_name(serve):
    body = zipped(
        NationalReadMe_dot_pdf="%PDF",
        yob1880_dot_txt="Mary,F,7065\r\nJohn,M,9655\r\n",
        yob2024_dot_txt="Liam,M,22164\r\n",
    )
    reading, rows = serve("ssa", body)
    assert brief(rows) == [
        ("Mary", "US", 1880, 7065.0, None),
        ("John", "US", 1880, None, 9655.0),
        ("Liam", "US", 2024, None, 22164.0),
    ]
    assert reading.rejects == {}
    assert (reading.checksum, reading.etag) == (hashlib.sha256(body).hexdigest(), '"e1"')
    assert rows[0]["source"] == "ssa"


def test_malformed_ssa_lines_are_counted_and_the_others_are_read(serve):
    bad = ["Ann,X,5", "Ann,F", "Ann,F,-5", ",F,5", "", "Ann,F,5,6", "Ann,F,1e3"]
    body = "\n".join(["Mary,F,9"] * 200 + bad) + "\n"
    reading, rows = serve("ssa", zipped(yob1990_dot_txt=body))
    assert len(rows) == 200
    assert reading.rejects == {"malformed": len(bad)}
    fault = "line 201 of yob1990.txt: its sex is 'X', which is unknown"
    assert reading.first_faults == {"malformed": fault}


def test_bytes_that_are_not_utf8_are_malformed(serve):
    lines = b"Mary,F,9\n" * 100 + "José,M,9\n".encode("latin-1")
    reading, rows = serve("ssa", zipped(yob1990_dot_txt=lines))
    assert len(rows) == 100
    assert reading.rejects == {"malformed": 1}


def test_file_in_another_format_is_refused(serve):
    with pytest.raises(
        SourceError, match=r"3 of 3 lines are malformed.* format of its entry \(ssa\)"
    ):
        serve("ssa", zipped(yob1990_dot_txt="a;b;c\nd;e;f\ng;h;i\n"))


def test_archive_without_a_year_file_is_refused(serve):
    with pytest.raises(SourceError, match="has no yobYYYY"):
        serve("ssa", zipped(names_dot_txt="Mary,F,9"))


def test_member_that_unpacks_beyond_the_limit_is_refused(serve):
    with pytest.raises(SourceError, match="raise max_unpacked_bytes"):
        serve("ssa", zipped(yob1990_dot_txt="Mary,F,9\n" * 1000), max_unpacked_bytes=1000)


@pytest.mark.parametrize(
    "header", ["sexe;preusuel;annais;nombre", '"sexe";"prenom";"periode";"valeur";"rang"']
)
def test_insee_lines_are_read_with_old_and_new_columns(serve, header):
    rest = ";7" if "rang" in header else ""
    lines = [
        header,
        f"1;CÉDRIC;1980;2140{rest}",
        f"2;ANNE-LAURE;1980;1201{rest}",
        f"2;_PRENOMS_RARES;1980;3313{rest}",
        f"1;_PRENOMS_RARES;XXXX;33{rest}",
        f"2;ZOÉ;XXXX;20{rest}",
    ]
    reading, rows = serve("insee", zipped(nat_dot_csv="\ufeff" + "\r\n".join(lines)))
    assert brief(rows) == [
        ("CÉDRIC", "FR", 1980, None, 2140.0),
        ("ANNE-LAURE", "FR", 1980, 1201.0, None),
    ]
    assert reading.rejects == {"header": 1, "rare_names_summed": 2, "year_not_given": 1}


def test_insee_line_of_an_unknown_sex_is_malformed(serve):
    lines = "sexe;preusuel;annais;nombre\n" + "2;ANNE;1980;9\n" * 50 + "3;ANNE;1980;9\n"
    reading, _ = serve("insee", zipped(nat_dot_csv=lines))
    assert reading.rejects == {"header": 1, "malformed": 1}


def test_insee_file_with_other_columns_is_refused_with_the_homepage(serve):
    with pytest.raises(SourceError, match=r"columns dep, prenom .*see https://www\.insee\.fr"):
        serve("insee", zipped(nat_dot_csv="dep;prenom\n"))
    with pytest.raises(SourceError, match="has 2 CSV files"):
        serve("insee", zipped(a_dot_csv="x", b_dot_csv="x"))


@pytest.mark.parametrize("name", ["insee", "ons"])
def test_error_has_no_homepage_if_the_catalogue_has_none(serve, name):
    other = {"insee": zipped(nat_dot_csv="dep;prenom\n"), "ons": workbook(Notes=[["x"]])}
    with pytest.raises(SourceError) as refused:
        serve(name, other[name], homepage="")
    assert "; see" not in str(refused.value)
    assert str(refused.value)[-1] not in " ;"


def test_wgnd_lines_give_the_share_of_a_gender_in_a_country(serve):
    lines = [
        "name,code,gender,wgt",
        "andrea,IT,M,.98",
        "andrea,IT,F,.02",
        '"de la, cruz",PH,F,1',
        "kim,US,?,0.5",
        "olga,RU,F,9.5e-07",
        *["maria,ES,F,1.0"] * 60,
        "ann,ESP,F,1",
        "ann,ES,F,2",
    ]
    reading, rows = serve("wgnd", "\n".join(lines).encode())
    assert brief(rows)[:4] == [
        ("andrea", "IT", None, None, 0.98),
        ("andrea", "IT", None, 0.02, None),
        ("de la, cruz", "PH", None, 1.0, None),
        ("olga", "RU", None, 9.5e-07, None),
    ]
    assert reading.rejects == {"gender_not_known": 1, "header": 1, "malformed": 2}


def test_converted_wgnd_file_of_the_repository_is_refused(serve):
    with pytest.raises(SourceError, match="not those of the format wgnd"):
        serve("wgnd", b'name\tcode\tgender\twgt\n"andrea"\t"IT"\t"M"\t0.98\n')


def sheet(rows):
    """Sheet XML with inline text; shared strings have a test of their own."""
    xml = []
    for number, row in enumerate(rows, start=1):
        cells = []
        for column, value in zip("ABCDE", row, strict=False):
            if isinstance(value, int):
                cells.append(f'<c r="{column}{number}"><v>{value}</v></c>')
            elif value.startswith("s:"):
                cells.append(f'<c r="{column}{number}" t="s"><v>{value[2:]}</v></c>')
            elif value:
                text = escape(value)
                cells.append(f'<c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c>')
        xml.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f"<worksheet {NS}><sheetData>{''.join(xml)}</sheetData></worksheet>"


NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def workbook(**sheets):
    names = list(sheets)
    parts = {
        "xl__workbook_dot_xml": f"<workbook {NS} {RELATIONS}><sheets>"
        + "".join(f'<sheet name="{n}" r:id="rId{i}"/>' for i, n in enumerate(names))
        + "</sheets></workbook>",
        "xl___rels__workbook_dot_xml_dot_rels": "<Relationships>"
        + "".join(
            f'<Relationship Id="rId{i}" Target="worksheets/sheet{i}.xml"/>'
            for i in range(len(names))
        )
        + "</Relationships>",
        "xl__sharedStrings_dot_xml": f"<sst {NS}><si><t>Olivia</t></si>"
        "<si><r><t>No</t></r><r><t>ah</t></r></si></sst>",
    }
    for i, rows in enumerate(sheets.values()):
        parts[f"xl__worksheets__sheet{i}_dot_xml"] = sheet(rows)
    return zipped(**parts)


HEADER = ["Name", "2024 Rank", "2024 Count", "2023 Rank", "2023 Count"]


def test_ons_workbook_gives_births_by_name_and_year_for_each_sex(serve):
    body = workbook(
        Cover_sheet=[["Baby names: girls and boys"]],
        Table_1=[
            ["Table 1: Baby names for girls"],
            ["Some shorthand is used"],
            HEADER,
            ["s:0", 1, 2761, 2, 2906],
            ["Zuzanna", "[x]", "[x]", 900, 31],
            ["Zyva", "[x]", "[x]", "[x]", "[x]"],
        ],
        Table_2=[["Table 2: Baby names for boys"], HEADER, ["s:1", 2, 4139, "", 4382]],
    )
    reading, rows = serve("ons", body)
    assert brief(rows) == [
        ("Olivia", "GB", 2024, 2761.0, None),
        ("Olivia", "GB", 2023, 2906.0, None),
        ("Zuzanna", "GB", 2023, 31.0, None),
        ("Noah", "GB", 2024, None, 4139.0),
        ("Noah", "GB", 2023, None, 4382.0),
    ]
    assert reading.lines_in == 9
    assert reading.rejects == {"header": 5, "no_count_published": 1}


def test_ons_workbook_without_both_sexes_is_refused(serve):
    with pytest.raises(SourceError, match="no table of counts by year for each sex"):
        serve("ons", workbook(Table_1=[["Girls"], HEADER, ["Ada", 1, 5, 1, 5]]))


@pytest.mark.parametrize(
    "body",
    [
        zipped(a_dot_txt="no workbook"),
        zipped(**{"xl__workbook_dot_xml": "<broken", "xl___rels__workbook_dot_xml_dot_rels": "<a"}),
        workbook(Table_1=[["Girls"], HEADER, ["s:9", 1, 5, 1, 5]]),
        b"an old .xls",
    ],
)
def test_ons_file_that_is_not_a_workbook_is_refused(serve, body):
    with pytest.raises(SourceError, match="source ons"):
        serve("ons", body)


def test_several_files_form_one_source_with_one_checksum(server, tmp_path):
    first, second = (zipped(yob1880_dot_txt=f"{n},F,5\n") for n in ("Ann", "Bea"))
    server.script = [respond(200, first), respond(200, second)]
    urls = [server.url("/a?id=1"), server.url("/a?id=2")]
    entry = msgspec.structs.replace(CATALOGUE["ssa"], urls=urls)
    reading = read(entry, tmp_path)
    assert [r["name"] for r in reading.statements.read_all().to_pylist()] == ["Ann", "Bea"]
    digests = "".join(hashlib.sha256(body).hexdigest() for body in (first, second))
    assert reading.checksum == hashlib.sha256(digests.encode()).hexdigest()


def test_download_of_a_source_reports_progress_and_verifies_its_checksum(server, tmp_path):
    body = zipped(yob1880_dot_txt="Ann,F,5\n")
    server.script = [respond(200, body)]
    entry = msgspec.structs.replace(CATALOGUE["ssa"], urls=[server.url()], sha256=["0" * 64])
    reports = []
    with pytest.raises(DownloadError, match="the catalogue says 0000"):
        read(entry, tmp_path, lambda *progress: reports.append(progress))
    assert reports[-1] == ("ssa", len(body), len(body))
