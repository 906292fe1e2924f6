"""Tables of people: a row is a person, or names several of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import GenderDetectionError, InvalidInput
from .column_roles import Columns, NoNames, find_columns
from .formats import Format, format_to_read
from .readers import CsvSource, Source, open_source
from .rows import Rows, rows_of
from .several import SeveralSource
from .text_layout import TextOptions, chosen_columns

# Columns of a text that are padded to the same width.
_ALIGNED = re.compile(r"\S {2,}\S")


def open_table(path: Path, form: Format, chosen: Columns, text: TextOptions) -> Source:
    """Open a table of people, with a row for each person if text.several is given.

    Raise InvalidInput if it cannot be read, or has no column to divide.
    """
    source = open_source(path, form, replace(text, columns=tuple(chosen.used())))
    if text.several is None:
        return source
    try:
        return SeveralSource(source, columns_to_read(source, chosen, text).name, text.several)
    except GenderDetectionError:
        source.close()
        raise


def columns_to_read(source: Source, chosen: Columns, text: TextOptions) -> Columns:
    """Return the columns of names and countries; raise InvalidInput as find_columns does, and also
    say what helps if the text has no header, or no columns."""
    try:
        return find_columns(source.columns, chosen_columns(chosen, text, len(source.columns)))
    except NoNames as err:
        if not isinstance(source, CsvSource):
            raise
        raise InvalidInput(f"{err}; {_other_remedy(source.columns)}") from err


def _other_remedy(columns: Sequence[str]) -> str:
    if len(columns) == 1 and _ALIGNED.search(columns[0]):
        return (
            "the columns seem to be aligned by blanks (fixed width): put tabs or ; between them "
            "instead, for example by opening the text in a spreadsheet"
        )
    return (
        "if the first row is a person, add --no-header and the numbers of columns: --no-header "
        "--name-column 1, or --no-header --given-name-column 1 --family-name-column 2"
        if len(columns) > 1
        else "if the first row is a person, add --no-header --name-column 1"
    )


class PeopleTable:
    """An open table of people, to be closed; also a context manager.

    columns    the names of all its columns
    roles      those to read for names and countries
    has_nulls  as in Format
    note       a remark on the file for the user, or None
    """

    def __init__(
        self,
        path: Path,
        chosen: Columns | None = None,
        *,
        without_country: bool = False,
        text: TextOptions | None = None,
    ) -> None:
        """Open a table in any format that format_to_read knows.

        chosen columns are used, the others are found by their names. without_country: whether
        countries are ignored. text is how a file of text is laid out. Raise InvalidInput if the
        table cannot be read, or has no names.
        """
        form = format_to_read(path)
        chosen, text = chosen or Columns(), text or TextOptions()
        self._source = open_table(path, form, chosen, text)
        self.has_nulls, self.note = form.has_nulls, self._source.note
        self.columns = self._source.columns
        try:
            roles = columns_to_read(self._source, chosen, text)
        except GenderDetectionError:
            self.close()
            raise
        self.roles = replace(roles, country=None) if without_country else roles

    def __enter__(self) -> "PeopleTable":
        """Return the table."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def blocks(self, wanted: Sequence[str]) -> Iterator[Rows]:
        """Yield the rows; as rows_of."""
        return rows_of(self._source, self.roles, wanted)

    @property
    def skipped_content(self) -> str | None:
        """What was skipped in the file so far, None if nothing."""
        return self._source.skipped_content

    @property
    def share_read(self) -> float | None:
        """The share of the file that is read, None if it is not known."""
        return self._source.share_read

    def close(self) -> None:
        """Close the file."""
        self._source.close()
