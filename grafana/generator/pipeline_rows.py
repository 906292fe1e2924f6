"""The dashboard Pipeline: rows by stage."""

from .frame import Panel
from .palette import BLUE, GREY, STAGES
from .panels import About, Query, bars, lines

P = "gender_detection_pipeline_"
NEVER = "no run recorded"
# One query per stage and side: the bars are in the order of the stages, not of the alphabet.
IN_AND_OUT = [
    Query(f'max({P}rows_{side}{{stage="{stage}"}})', f"{stage}, {side}")
    for stage in STAGES
    for side in ("in", "out")
]


def _rows_in_and_out() -> Panel:
    return bars(
        About(
            "Rows in and out",
            "Rows read (grey) and written (blue) by each stage, for the version published last.",
            "clean writes fewer rows than it reads; transformed has one row per name.",
            "a stage without rows stops the run; a stage much smaller than before has lost a"
            " source.",
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
            "Rows rejected by stage and reason, for the version published last.",
            "the same reasons and similar numbers as in the previous run.",
            "a new reason, or ten times as many rows: check the source that they come from"
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
