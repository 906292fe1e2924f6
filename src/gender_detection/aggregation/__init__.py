"""The share of women in groups of people, with the error of names and that of sampling.

A GroupCounts takes the answers in, however many; summarise tells of each group and of all together.
"""

from .group_counts import (
    COUNTRY,
    MAX_GROUPED_BY,
    MAX_GROUPS,
    MAX_VALUE_CHARACTERS,
    GroupCounts,
    Value,
)
from .shares import shares_of_women
from .summary import MEANINGS, Caution, Summary, Unanswered, summarise
from .table_groups import add_answers, count_table, grouped_by

__all__ = [
    "COUNTRY",
    "MAX_GROUPED_BY",
    "MAX_GROUPS",
    "MAX_VALUE_CHARACTERS",
    "MEANINGS",
    "Caution",
    "GroupCounts",
    "Summary",
    "Unanswered",
    "Value",
    "add_answers",
    "count_table",
    "grouped_by",
    "shares_of_women",
    "summarise",
]
