"""The dashboard Pipeline: where rows go."""

from .frame import Panel
from .palette import BLUE, GREY, STAGES
from .panels import About, Query, bars, lines

P = "gender_detection_pipeline_"
NEVER = "never run here"
# One query a stage and side: bars in the order that the rows go, not that of the alphabet.
IN_AND_OUT = [
    Query(f'max({P}rows_{side}{{stage="{stage}"}})', f"{stage}, {side}")
    for stage in STAGES
    for side in ("in", "out")
]


def _rows_in_and_out() -> Panel:
    return bars(
        About(
            "Rows in and out",
            "Rows that went into each stage (grey) and came out (blue), of the version"
            " published last.",
            "fewer out than in at clean; transformed counts names, not statements.",
            "an empty stage stops the run; a stage much smaller than before lost a source.",
            NEVER,
        ),
        IN_AND_OUT,
        "short",
        colours={"/in$/": GREY, "/out$/": BLUE},
        size=(8, 11),
    )


def _rejected_by_reason() -> Panel:
    return bars(
        About(
            "Rejected by reason",
            "Rows rejected by stage and reason, of the version published last.",
            "the same reasons as in the run before, about as many.",
            "a new reason, or ten times as many: look at the source that it comes from"
            " (manifest.json of the stage).",
            NEVER,
        ),
        [Query(f"sort_desc(max by (stage, reason) ({P}rows_rejected))", "{{stage}}: {{reason}}")],
        "short",
        size=(8, 11),
    )


def _rows_by_stage_over_time() -> Panel:
    return lines(
        About(
            "Rows by stage over time",
            "Rows of the version published last, by stage.",
            "steps of a few per cent.",
            "a step down: compare the manifests of the two versions.",
            NEVER,
        ),
        [Query(f"max by (stage) ({P}rows_out)", "{{stage}}")],
        "short",
        colours=STAGES,
        size=(8, 11),
    )


ROWS = (
    _rows_in_and_out,
    _rejected_by_reason,
    _rows_by_stage_over_time,
)
