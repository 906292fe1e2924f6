"""The share of women in groups of people, with an interval for errors of sampling and of names.

GroupCounts counts the answers of any number of people; summarise returns a summary of each group
and of all people.
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
from .summary import MEANINGS, Caution, Summary, Unanswered, summarise, value_text
from .table_groups import add_answers, count_answers, count_table, group_column, grouped_by

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
    "count_answers",
    "count_table",
    "group_column",
    "grouped_by",
    "shares_of_women",
    "summarise",
    "value_text",
]
