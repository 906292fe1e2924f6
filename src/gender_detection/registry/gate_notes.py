"""The gate's words at the beginning of a version's description, before those of its card."""

BEGINNING = "**Gate:** "
END = "\n\n---\n\n"
CUT = " …"


def with_summary(summary: str, description: str, longest: int) -> str:
    """Return a description that begins with a summary, in place of an earlier one.

    summary begins with BEGINNING. The result has at most longest characters: the summary gets up to
    half of them, and the end of the description is cut.
    """
    summary = _cut(summary, longest // 2)
    rest = without_summary(description)
    return summary + _cut(END + rest, longest - len(summary)) if rest else summary


def summary_of(description: str) -> str:
    """Return the summary that a description begins with, "" if it has none."""
    if not description.startswith(BEGINNING):
        return ""
    return description.partition(END)[0]


def without_summary(description: str) -> str:
    """Return a description without the summary that it begins with, if any."""
    if not description.startswith(BEGINNING):
        return description
    return description.partition(END)[2]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - len(CUT)] + CUT
