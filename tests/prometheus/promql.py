"""What a PromQL expression asks for: its metrics, and the labels that it matches or keeps.

Enough of the language for the rules and the dashboards of this repository, Grafana's variables
included; whether an expression is right is for promtool to say.
"""

import re
from collections.abc import Iterator

KEYWORDS = frozenset(
    "and or unless bool by on ignoring without group_left group_right offset start end inf nan "
    "atan2".split()
)
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`')
_COMMENT = re.compile(r"#[^\n]*")
_RANGE = re.compile(r"\[[^\]]*\]")
_VARIABLE = re.compile(r"\$\{[^}]*\}|\$\w+")
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)", re.I)
# Not within a number or a duration, such as the d of 3d.
_NAME = re.compile(r"(?<![\w:.])[a-zA-Z_:][\w:]*")
_MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")


def metrics_of(expression: str) -> set[str]:
    """Return the names of the metrics that an expression reads, recorded ones included."""
    text = re.sub(r"\{[^}]*\}", " {} ", _GROUPING.sub(" ", _bare(expression)))
    return {name for name, rest in _names(text) if not rest.startswith("(")}


def labels_of(expression: str) -> set[tuple[str, str]]:
    """Return the pairs of a metric and a label that a selector of it matches."""
    text = _bare(expression)
    found = set()
    for selector in re.finditer(r"([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}", text):
        found |= {(selector[1], label) for label in _MATCHER.findall(selector[2])}
    return found


def grouped_by(expression: str) -> set[str]:
    """Return the labels that an expression groups or joins by."""
    listed = ",".join(_GROUPING.findall(_bare(expression)))
    return {label.strip() for label in listed.split(",") if label.strip()}


def _bare(expression: str) -> str:
    """Return the expression without what may look like a name and is none."""
    # Strings first: a comment's sign may stand in one.
    text = _COMMENT.sub(" ", _STRING.sub('""', expression))
    return _RANGE.sub(" ", _VARIABLE.sub("0", text))


def _names(text: str) -> Iterator[tuple[str, str]]:
    for found in _NAME.finditer(text):
        if found[0].lower() not in KEYWORDS:
            yield found[0], text[found.end() :].lstrip()
