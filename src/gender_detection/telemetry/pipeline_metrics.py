"""Every metric of the pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .described import Described

PREFIX = "gender_detection_pipeline_"


@dataclass(frozen=True)
class Attempts:
    """What is reported of the attempts at a task, or of the runs of a DAG."""

    seconds: Described
    failed: Described
    attempted: Described
    succeeded: Described


def _attempts(kind: str, what: str) -> Attempts:
    def gauge(name: str, text: str) -> Described:
        return Described(f"{PREFIX}{kind}_{name}", text.format(what), {kind: ()})

    return Attempts(
        seconds=gauge("duration_seconds", "Seconds that the last attempt at {} took."),
        failed=gauge("failed", "1 if the last attempt at {} failed, otherwise 0."),
        attempted=gauge(
            "last_attempt_timestamp_seconds", "When the last attempt at {} ended, in Unix time."
        ),
        succeeded=gauge(
            "last_success_timestamp_seconds",
            "When the last successful attempt at {} ended, in Unix time.",
        ),
    )


ATTEMPTS: Mapping[str, Attempts] = MappingProxyType(
    {
        "task": _attempts("task", "the task, a Spark job, the training or the upkeep,"),
        "dag": _attempts("dag", "running the DAG"),
    }
)
ROWS_IN = Described(
    f"{PREFIX}rows_in",
    "Rows read for the version of the stage's dataset that was published last.",
    {"stage": ()},
)
ROWS_OUT = Described(
    f"{PREFIX}rows_out",
    "Rows of the version of the stage's dataset that was published last.",
    {"stage": ()},
)
ROWS_REJECTED = Described(
    f"{PREFIX}rows_rejected",
    "Rows left out of the version of the stage's dataset that was published last, by reason.",
    {"stage": (), "reason": ()},
)
GATE_PASSED = Described(
    f"{PREFIX}gate_passed",
    "1 if the gate let the version that was trained last become champion, otherwise 0.",
)
GATE_REFUSALS = Described(
    f"{PREFIX}gate_refusals",
    "What the gate found against the version that was trained last, by rule; none if it passed.",
    {"rule": ()},
)
# What the upkeep removes: versions of the model with their files, training runs with theirs, copies
# of models that were published to be served, and versions of the datasets.
KINDS = ("version", "run", "copy", "data")
UPKEEP_REMOVED = Described(
    f"{PREFIX}upkeep_removed",
    "Versions of the model (version), training runs (run), published copies (copy) or versions of "
    "datasets (data) that the last upkeep removed.",
    {"kind": KINDS},
)
UPKEEP_REMOVED_BYTES = Described(
    f"{PREFIX}upkeep_removed_bytes",
    "Bytes of the files that the last upkeep removed, by kind.",
    {"kind": KINDS},
)
UPKEEP_KEPT_BYTES = Described(
    f"{PREFIX}upkeep_kept_bytes",
    "Bytes of the files that the last upkeep kept, by kind.",
    {"kind": KINDS},
)
UNREADABLE_FILES = Described(
    f"{PREFIX}unreadable_files",
    "Metrics files left out, as they could not be read or contradict others; 1 if the folder could "
    "not be read.",
)

PIPELINE = (
    ROWS_IN,
    ROWS_OUT,
    ROWS_REJECTED,
    *(
        metric
        for kind in ATTEMPTS.values()
        for metric in (kind.seconds, kind.failed, kind.attempted, kind.succeeded)
    ),
    GATE_PASSED,
    GATE_REFUSALS,
    UPKEEP_REMOVED,
    UPKEEP_REMOVED_BYTES,
    UPKEEP_KEPT_BYTES,
    UNREADABLE_FILES,
)
