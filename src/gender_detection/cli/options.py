"""Options that several commands have, or their help texts."""

import argparse

from ..countries import code_of
from ..countries.report import HOW
from ..tables import Columns

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
    """Add the options that say which columns are read."""
    for part in ("name", "given-name", "family-name"):
        command.add_argument(
            f"--{part}-column", metavar="COLUMN", help=f"column of {part.replace('-', ' ')}s"
        )
    columns = command.add_mutually_exclusive_group()
    columns.add_argument("--country-column", metavar="COLUMN", help="column of countries")
    columns.add_argument("--no-country", action="store_true", help="ignore countries")


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


def country_code(code: str) -> str:
    """Return the alpha-2 code of a country; raise ArgumentTypeError if the text is not one."""
    alpha_2 = code_of(code)
    if alpha_2 is None:
        raise argparse.ArgumentTypeError(f"{code!r} is not a country: {HOW}")
    return alpha_2
