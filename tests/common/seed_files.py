"""Small files of people in every format, to be mutated; all people are invented."""

import bz2
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable, Sequence

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

PEOPLE = [
    ("1", "Maria Rossi", "IT", "female"),
    ("2", "Jörg Weiß", "DE", "male"),
    ("3", "José Núñez", "Spain", "m"),
    ("4", "Rossi, Anna", "", "f"),
    ("5", "Andrea", "NA", ""),
    ("6", 'Kim "Kimmy"\nSmith', "US", "x"),
    ("7", "", "Atlantis", "male"),
    ("8", "John Smith", "GB", "male"),
]
HEADER = ("id", "name", "country", "gender")
CYRILLIC = [("1", "Иван Петров", "RU", "м"), ("2", "Ольга Иванова", "Россия", "ж")] * 3
JAPANESE = [("1", "佐藤 花子", "JP", "女"), ("2", "鈴木 一郎", "日本", "男")] * 3
BIBTEX = """@article{a, author = {Rossi, Maria and Weber, J{\\"o}rg and others}, title = {Trees},
  year = 2020}
@string{k = "Kim, Minsu"}
@book(b, author = k # " and Bianchi, Luca", year = "2021", title = "Leaves")
@comment{left out}
@misc{c, title = {Nobody wrote it}}
"""
RIS = """TY  - JOUR\nAU  - Rossi, Maria\nAU  - Weber, Jörg\nPY  - 2020\nTI  - On trees\nER  - \n
TY  - BOOK\nA1  - Kim, Minsu\nY1  - 2021/03/01\nT1  - Leaves\nER  - \n"""
MEDLINE = """PMID- 1\nTI  - On\n      trees\nFAU - Rossi, Maria\nAU  - Rossi M\nDP  - 2020\n
PMID- 2\nFAU - Weber, Jorg\nAU  - Weber J\nAU  - Kim M\nDP  - 2021\n"""
WEB_OF_SCIENCE = """FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Rossi, M\n   Weber, J
AF Rossi, Maria\n   Weber, Joerg\nTI On trees\nPY 2020\nER\n\nPT J\nAU Kim, M\nPY 2021\nER\nEF\n"""
CSL = [
    {"id": "a", "title": "On trees", "issued": {"date-parts": [[2020, 3]]},
     "author": [{"given": "Maria", "family": "Rossi"}, {"literal": "World Tree Trust"}]},
    {"id": "b", "author": [{"given": "Jörg", "family": "Weber"}]},
]  # fmt: skip
OPENALEX = [
    {"id": f"https://openalex.org/W{at}", "title": "On trees", "publication_year": 2020,
     "authorships": [{"author": {"display_name": name}, "countries": ["IT"]}
                     for name in ("Maria Rossi", "Jörg Weber")]}
    for at in (1, 2)
]  # fmt: skip
SCOPUS = """"Authors","Author full names","Title","Year"
"Rossi M.; Weber J.","Rossi, Maria (1); Weber, Jörg (2)","On trees","2020"
"Kim M.","Kim, Minsu (3)","Leaves","2021"
"""


def csv_text(rows: Sequence[tuple[str, ...]], delimiter: str = ",", end: str = "\n") -> str:
    quoted = (
        [f'"{cell.replace(chr(34), chr(34) * 2)}"' if set(cell) & set(delimiter + '"\n') else cell
         for cell in row]
        for row in [HEADER, *rows]
    )  # fmt: skip
    return "".join(delimiter.join(row) + end for row in quoted)


def json_lines(rows: Sequence[tuple[str, ...]]) -> str:
    people = (dict(zip(HEADER, row, strict=True)) for row in rows)
    return "".join(json.dumps(person, ensure_ascii=False) + "\n" for person in people)


def _table() -> pa.Table:
    columns = zip(*PEOPLE, strict=True)
    return pa.table(dict(zip(HEADER, map(list, columns), strict=True)))


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in [HEADER, *PEOPLE]:
        book.active.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(_table(), sink, row_group_size=4)
    return sink.getvalue()


def _arrow(make: Callable) -> bytes:
    sink = io.BytesIO()
    with make(sink, _table().schema) as writer:
        writer.write_table(_table(), max_chunksize=3)
    return sink.getvalue()


def zipped(text: bytes, name: str = "people.csv") -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return sink.getvalue()


def zstandard(text: bytes) -> bytes:
    return bytes(pa.compress(text, "zstd", asbytes=True))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstandard, "zip": zipped,
}  # fmt: skip
_PLAIN = csv_text(PEOPLE)
SEEDS: dict[str, bytes] = {
    "csv": _PLAIN.encode(),
    "marked.csv": csv_text(PEOPLE, end="\r\n").encode("utf-8-sig"),
    "western.csv": csv_text(PEOPLE, ";").encode("cp1252"),
    "cyrillic.csv": csv_text(CYRILLIC, ";").encode("cp1251"),
    "japanese.csv": csv_text(JAPANESE).encode("cp932"),
    "unicode.txt": csv_text(PEOPLE, "\t", "\r\n").encode("utf-16"),
    "titled.csv": ("sep=|\nPeople of 2026\n\n" + csv_text(PEOPLE, "|")).encode(),
    "tsv": csv_text(PEOPLE, "\t").encode(),
    "jsonl": json_lines(PEOPLE).encode(),
    "bib": BIBTEX.encode(),
    "ris": RIS.encode(),
    "nbib": MEDLINE.encode(),
    "ciw": WEB_OF_SCIENCE.encode(),
    "savedrecs.txt": WEB_OF_SCIENCE.encode("utf-8-sig"),
    "json": json.dumps(CSL, indent=1, ensure_ascii=False).encode(),
    "openalex.jsonl": "".join(json.dumps(work) + "\n" for work in OPENALEX).encode(),
    "scopus.csv": SCOPUS.encode("utf-8-sig"),
    "xlsx": _workbook(),
    "parquet": _parquet(),
    "arrow": _arrow(pa.ipc.new_file),
    "arrows": _arrow(pa.ipc.new_stream),
    **{f"csv.{ending}": pack(_PLAIN.encode()) for ending, pack in PACKERS.items()},
    "jsonl.gz": gzip.compress(json_lines(PEOPLE).encode()),
}
"""A file of each kind, by the end of its name."""
