"""The dashboard Pipeline: what the gate said of the versions that were trained."""

from .frame import Panel
from .palette import BAD, GOOD
from .panels import About, Query, states, table_of

P = "gender_detection_pipeline_"
NEVER = "nothing was trained yet"
WORDS = {"0": ("refused", BAD), "1": ("passed", GOOD)}


def _verdicts() -> Panel:
    return states(
        About(
            "Verdicts",
            "Whether the version that was trained last became champion, over time.",
            "passed.",
            "refused: the champion before it stays in service; the table has the rules.",
            NEVER,
        ),
        [Query(f"max({P}gate_passed)", "version trained last")],
        WORDS,
        size=(12, 6),
    )


def _refusals() -> Panel:
    return table_of(
        About(
            "Rules that refused it",
            "What the gate found against the version that was trained last, by rule.",
            "empty.",
            "gender-detection model show challenger has the reasons in words.",
            "it passed",
        ),
        {"Findings": f"max by (rule) ({P}gate_refusals)"},
        labels={"rule": "Rule"},
        size=(12, 6),
    )


GATE = (_verdicts, _refusals)
