"""What a request says of its table: which columns are read, and how its text is laid out."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from flask import request

from gender_detection.tables import Columns, find_columns
from gender_detection.tables.csv_table import BLOCK_BYTES, SHOWN_CHARACTERS
from gender_detection.tables.text_layout import (
    DELIMITER_WORDS,
    OpenedText,
    TextOptions,
    chosen_columns,
    open_text,
)

from .bodies import ABSENT, CHARSET, HEADER, TableBody
from .queries import QueryOptions, invalid_option
from .schemas import CSV


@dataclass(frozen=True)
class TableReading:
    """How a table is read: chosen columns are used, the others are found by their names.

    without_country: whether countries are ignored. text is how CSV is laid out.
    """

    chosen: Columns
    without_country: bool
    text: TextOptions

    @classmethod
    def taken_from(cls, options: QueryOptions) -> "TableReading":
        """Return what a request says, and remove it from the options in its query.

        Raise Problem 422 for an option that does not apply.
        """
        roles = Columns.__dataclass_fields__
        chosen = Columns(**{role: options.pop(f"{role}_column", None) for role in roles})
        without_country = options.pop("no_country", False)
        if without_country and chosen.country is not None:
            raise invalid_option("no_country", "there is a country_column: give one of the two")
        delimiter = options.pop("delimiter", None)
        if delimiter is not None and request.mimetype != CSV:
            raise invalid_option("delimiter", f"only for {CSV}: leave it out")
        parameters = request.mimetype_params
        text = TextOptions(
            parameters.get(CHARSET),
            DELIMITER_WORDS.get(delimiter, delimiter),
            has_header=parameters.get(HEADER, "").lower() != ABSENT,
            columns=tuple(chosen.used()),
            option=f"{CHARSET}=",
        )
        return cls(chosen, without_country, text)

    def opened(self, body: TableBody) -> OpenedText:
        """Return the CSV table in a request's body: in the charset of its content type, otherwise
        in the encoding that it shows.

        Raise InvalidInput as open_text does. Not more is looked at than a first block of rows has.
        """
        return open_text(body, self.text, BLOCK_BYTES)

    def columns(self, names: Sequence[str]) -> Columns:
        """Return the columns to read among those of the table; raise InvalidInput as find_columns
        and chosen_columns do."""
        chosen = self.chosen
        if request.mimetype == CSV:
            chosen = chosen_columns(chosen, self.text, len(names))
        found = find_columns(names, chosen)
        return replace(found, country=None) if self.without_country else found


def header_of(columns: Columns) -> str:
    """Return the names of the columns that are read, shortened, by role, as JSON in ASCII."""
    used = asdict(columns).items()
    return json.dumps({role: name[:SHOWN_CHARACTERS] for role, name in used if name is not None})
