"""The tables of people that a command reads: a file, standard input, or all tables of a folder."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from ..errors import InvalidInput, naming
from ..tables import are_plain, described, is_table
from ..tables.people_table import PeopleTable
from .options import chosen_columns, text_options

FORMATS = """\
People are read from a table (.csv, .tsv, .txt, .jsonl, .parquet, .xlsx, .arrow, .feather, .arrows)
or from a bibliography, with a row for each author (.bib, .ris, .nbib, .ciw, .json). Text may be
compressed (.gz, .bz2, .zst, .xz, .zip). - is CSV from standard input. If PEOPLE is a folder, its
tables, also those in subfolders, are read as one. A file with another ending is read as CSV. Rows
that cannot be read are counted, and a warning says how many.
"""
COLUMNS = """\
  name      or given_name and family_name, also under headers in many languages and of many programs
  country   for example IT, ITA, 380 or Italy; may be empty or absent
"""


def tables_below(folder: Path) -> list[Path]:
    """Return the tables and bibliographies in a folder and its subfolders; raise InvalidInput if
    there is none.

    Hidden files and folders, and Spark's own, are left out; a note tells other files.
    """
    hidden = (".", "_")
    seen = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(hidden) for part in path.relative_to(folder).parts)
    ]
    files = list(filter(is_table, seen))
    others = [path.name for path in seen if path.suffix.lower() in (".txt", ".json")]
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


class PeopleTables:
    """The tables of people that the arguments of a command name, read one after the other.

    The arguments are people and those of add_columns.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        """Find the tables; raise InvalidInput if a folder has none."""
        people: Path = arguments.people
        self.is_folder = people.is_dir()
        self._paths = tables_below(people) if self.is_folder else [people]
        self._chosen, self._without_country = chosen_columns(arguments), arguments.no_country
        self._text = text_options(arguments)
        self._now: PeopleTable | None = None
        self._done = 0
        self._last_remark = ""

    def __iter__(self) -> Iterator[tuple[Path, PeopleTable]]:
        """Yield each path with its open table, which is closed afterwards.

        What the user should know of the table is printed to stderr. Raise InvalidInput, which names
        the file, if it cannot be read.
        """
        for path in self._paths:
            with (
                naming(path),
                PeopleTable(
                    path, self._chosen, without_country=self._without_country, text=self._text
                ) as table,
            ):
                self._now = table
                self._print_remark(path, table)
                yield path, table
                if table.skipped_content:
                    print(f"{path}: {table.skipped_content}", file=sys.stderr)
            self._done += 1

    def _print_remark(self, path: Path, table: PeopleTable) -> None:
        """Print which columns were guessed and any note, unless the table before had the same."""
        columns = None if are_plain(table.roles) else f"reading {described(table.roles)}"
        remark = "; ".join(filter(None, [columns, table.note]))
        if remark and remark != self._last_remark:
            print(f"{path}: {remark}", file=sys.stderr)
        self._last_remark = remark

    @property
    def share_read(self) -> float | None:
        """The share that is read, None if it is not known; all files count alike."""
        share = self._now.share_read if self._now and self._done < len(self._paths) else 0.0
        return None if share is None else (self._done + share) / len(self._paths)


def warn_of_bad_rows(people: Path, bad: int, rows: int, effect: str) -> None:
    """Print a warning if rows could not be read; effect says what becomes of them."""
    if bad:
        print(
            f"warning: {people}: {bad:,} of {rows:,} rows cannot be read and {effect}: give each "
            "row all its cells, and quote cells with the delimiter",
            file=sys.stderr,
        )
