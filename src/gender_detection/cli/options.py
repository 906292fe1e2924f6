"""Options that several commands have, or their help texts."""

import argparse

from ..countries import code_of
from ..countries.report import HOW
from ..tables import Columns
from ..tables.text_layout import DELIMITER_WORDS, TextOptions

THRESHOLD_HELP = "lowest probability for an answer, from 0.5 to 1 (default: that of the model)"
FEMALE_SHARE_HELP = "share of women among these people, if known"


def add_family_name_first(command: argparse.ArgumentParser) -> None:
    """Add the option for names that have the family name first."""
    command.add_argument(
        "--family-name-first",
        action="store_true",
        help="full names without a comma have the family name first, unless they show another "
        "order themselves",
    )


def add_columns(command: argparse.ArgumentParser) -> None:
    """Add the options that say which columns are read, and how text or a workbook is laid out."""
    for part in ("name", "given-name", "family-name"):
        command.add_argument(
            f"--{part}-column", metavar="COLUMN", help=f"column of {part.replace('-', ' ')}s"
        )
    columns = command.add_mutually_exclusive_group()
    columns.add_argument("--country-column", metavar="COLUMN", help="column of countries")
    columns.add_argument("--no-country", action="store_true", help="ignore countries")
    command.add_argument(
        "--several",
        metavar="SEPARATOR",
        help="names hold several people, with this between them, such as ';' or 'and': make a row "
        "for each person",
    )
    command.add_argument(
        "--encoding",
        metavar="NAME",
        help="encoding of a file of text, such as windows-1252 (default: found out)",
    )
    command.add_argument(
        "--delimiter",
        metavar="SIGN",
        help="what separates the cells of CSV, such as ';' or tab (default: found out)",
    )
    command.add_argument(
        "--no-header",
        action="store_true",
        help="the first row of CSV is a person; name columns by number, as in --name-column 1",
    )
    command.add_argument(
        "--sheet",
        metavar="TITLE",
        help="sheet of a workbook, or its number, from 1 (default: the first that is not hidden)",
    )


def add_country(command: argparse.ArgumentParser) -> None:
    """Add the option for the country of rows without one."""
    command.add_argument(
        "--country", type=country_code, help="country of rows without one, such as IT"
    )


def chosen_columns(arguments: argparse.Namespace) -> Columns:
    """Return the columns that the options of add_columns name."""
    return Columns(
        arguments.name_column,
        arguments.given_name_column,
        arguments.family_name_column,
        arguments.country_column,
    )


def text_options(arguments: argparse.Namespace) -> TextOptions:
    """Return what the options of add_columns say of a file of text, or of a workbook."""
    return TextOptions(
        arguments.encoding,
        DELIMITER_WORDS.get(arguments.delimiter, arguments.delimiter),
        has_header=not arguments.no_header,
        several=arguments.several,
        sheet=arguments.sheet,
    )


def country_code(code: str) -> str:
    """Return the alpha-2 code of a country; raise ArgumentTypeError if the text is not one."""
    alpha_2 = code_of(code)
    if alpha_2 is None:
        raise argparse.ArgumentTypeError(f"{code!r} is not a country: {HOW}")
    return alpha_2
