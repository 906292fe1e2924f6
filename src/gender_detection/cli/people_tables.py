"""The tables of people that a command reads: a file, standard input, or all tables of a folder."""

import argparse
import sys
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ..errors import InvalidInput, naming
from ..tables import are_plain, described, is_table
from ..tables.people_table import PeopleTable
from .options import chosen_columns, text_options
from .remote import Given, Remote, check_packages, fetched, file_name, files_below, is_folder

FORMATS = """\
People are read from a table (.csv, .tsv, .txt, .jsonl, .parquet, .arrow, .feather, .arrows, .xlsx,
.xls, .xlsb, .xlsm, .ods) or from a bibliography, with a row for each author (.bib, .ris, .nbib,
.ciw, .json). Text may be compressed (.gz, .bz2, .zst, .xz, .zip). - is CSV from standard input. If
PEOPLE is a folder, its tables that score could also write, also those in subfolders, are read as
one. A file with another ending is read as CSV. Rows that cannot be read are counted, and a warning
says how many. PEOPLE may also be an address: of a file on a web server (https://), or of a file or
folder in a store (s3://, gs://, az://).
"""
COLUMNS = """\
  name      or given_name and family_name, also under headers in many languages and of many programs
  country   for example IT, ITA, 380 or Italy; may be empty or absent
"""


def tables_below(folder: Given) -> list[tuple[Given, Path]]:
    """Return the tables and bibliographies in a folder and its subfolders, each with its path below
    the folder; raise InvalidInput if there is none.

    Hidden files and folders, and Spark's own, are left out; a note tells other files.
    """
    hidden = (".", "_")
    seen = [
        (file, name)
        for file, name in _files_below(folder)
        if not any(part.startswith(hidden) for part in name.parts)
    ]
    files = [(file, name) for file, name in seen if is_table(name)]
    others = [name.name for _, name in seen if name.suffix.lower() in (".txt", ".json")]
    if files and others:
        print(
            f"note: {folder}: {len(others)} .txt and .json files are left out (the first: "
            f"{others[0]}): name each one if it is a table or a bibliography",
            file=sys.stderr,
        )
    if not files:
        raise InvalidInput(
            f"{folder} has no tables: name a folder with .csv, .parquet or other tables, or a file"
        )
    return files


def _files_below(folder: Given) -> Iterator[tuple[Given, Path]]:
    if isinstance(folder, Remote):
        yield from ((file, Path(name)) for file, name in files_below(folder))
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.relative_to(folder)


@dataclass(frozen=True)
class ReadFile:
    """A file that is read: as it was given, its path on this machine, and its path in the folder
    that was given."""

    given: Given
    path: Path
    name: Path

    def naming(self) -> AbstractContextManager[None]:
        """Let an InvalidInput that is raised in the block name it as it was given."""
        return naming(self.path, self.given)


class PeopleTables:
    """The tables of people that the arguments of a command name, read one after the other; a
    context manager.

    The arguments are people and those of add_columns.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        """Find the tables; raise InvalidInput if a folder has none."""
        people: Given = arguments.people
        check_packages(people)
        self.is_folder = is_folder(people)
        self._files = tables_below(people) if self.is_folder else [(people, file_name(people))]
        self._chosen, self._without_country = chosen_columns(arguments), arguments.no_country
        self._text = text_options(arguments)
        self._reading: Generator[tuple[ReadFile, PeopleTable]] | None = None
        self._now: PeopleTable | None = None
        self._done = 0
        self._last_remark = ""

    def __enter__(self) -> "PeopleTables":
        """Return the tables."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the table that is read, and remove its copy if there is one."""
        if self._reading is not None:
            self._reading.close()

    def __iter__(self) -> Iterator[tuple[ReadFile, PeopleTable]]:
        """Yield each file with its open table, which is closed afterwards.

        What the user should know of the table is printed to stderr. Raise InvalidInput, which names
        the file, if it cannot be read.
        """
        self._reading = self._tables()
        return self._reading

    def _tables(self) -> Generator[tuple[ReadFile, PeopleTable]]:
        for given, name in self._files:
            with fetched(given) as path, naming(path, given), self._opened(path) as table:
                self._now = table
                self._print_remark(given, table)
                yield ReadFile(given, path, name), table
                if table.skipped_content:
                    print(f"{given}: {table.skipped_content}", file=sys.stderr)
            self._done += 1

    def _opened(self, path: Path) -> PeopleTable:
        return PeopleTable(
            path, self._chosen, without_country=self._without_country, text=self._text
        )

    def _print_remark(self, file: Given, table: PeopleTable) -> None:
        """Print which columns were guessed and any note, unless the table before had the same."""
        columns = None if are_plain(table.roles) else f"reading {described(table.roles)}"
        remark = "; ".join(filter(None, [columns, table.note]))
        if remark and remark != self._last_remark:
            print(f"{file}: {remark}", file=sys.stderr)
        self._last_remark = remark

    @property
    def share_read(self) -> float | None:
        """The share that is read, None if it is not known; all files count alike."""
        share = self._now.share_read if self._now and self._done < len(self._files) else 0.0
        return None if share is None else (self._done + share) / len(self._files)


def warn_of_bad_rows(people: Given, bad: int, rows: int, effect: str) -> None:
    """Print a warning if rows could not be read; effect says what becomes of them."""
    if bad:
        print(
            f"warning: {people}: {bad:,} of {rows:,} rows cannot be read and {effect}: give each "
            "row all its cells, and quote cells with the delimiter",
            file=sys.stderr,
        )
