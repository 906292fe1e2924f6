"""Options that several commands have, or their help texts."""

import argparse

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
