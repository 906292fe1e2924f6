"""The dashboard Pipeline: what the upkeep keeps and removes."""

from .frame import Panel
from .panels import About, Query, lines, table_of

P = "gender_detection_pipeline_"
NEVER = "gender-detection clean-old has not run"
KINDS = {
    "version": "versions of the model",
    "run": "training runs",
    "copy": "published copies",
    "data": "data",
}


def _by_kind(metric: str) -> list[Query]:
    return [Query(f'max({P}{metric}{{kind="{kind}"}})', name) for kind, name in KINDS.items()]


def _last_upkeep() -> Panel:
    return table_of(
        About(
            "Last upkeep",
            "What gender-detection clean-old kept and removed when it last ran: versions of the"
            " model, training runs, copies that were published, and data.",
            "something is removed each time, once there are more versions than KEEP_VERSIONS.",
            "when it last ran is in Last attempts; docs/models.md, Remove old versions.",
            NEVER,
        ),
        {
            "Kept": f"max by (kind) ({P}upkeep_kept_bytes)",
            "Removed": f"max by (kind) ({P}upkeep_removed_bytes)",
            "Number removed": f"max by (kind) ({P}upkeep_removed)",
        },
        units={"Kept": "bytes", "Removed": "bytes"},
        labels={"kind": "Kind"},
        size=(8, 8),
    )


def _kept() -> Panel:
    return lines(
        About(
            "Kept",
            "Bytes of the files that the last upkeep kept: versions of the model, their runs,"
            " published copies, and datasets.",
            "level once there are more versions than KEEP_VERSIONS.",
            "a rise: gender-detection clean-old --why says why each thing is kept.",
            NEVER,
        ),
        _by_kind("upkeep_kept_bytes"),
        "bytes",
        stacked=True,
        size=(8, 8),
    )


def _removed() -> Panel:
    return lines(
        About(
            "Removed",
            "Bytes of the files that the last upkeep removed.",
            "a step for each version that was trained since the one before.",
            "always 0: there are fewer versions than KEEP_VERSIONS.",
            NEVER,
        ),
        _by_kind("upkeep_removed_bytes"),
        "bytes",
        stacked=True,
        size=(8, 8),
    )


UPKEEP = (_last_upkeep, _kept, _removed)
