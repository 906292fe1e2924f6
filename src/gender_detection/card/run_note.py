"""The name and the note of a training run in MLflow."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from .markdown import bullets, paragraph, percent

Facts = Mapping[str, Any]
SHORTENED = 8  # characters of a data version


def run_name(manifest: Facts, day: date) -> str:
    """Return the name of a run that trains, such as "data 5015d32d, 2025-01-31"."""
    return f"data {manifest['data_version'][:SHORTENED]}, {day.isoformat()}"


def run_note(manifest: Facts, report: str) -> str:
    """Return in Markdown what was trained on which data, how often it is right, and what to read.

    Uses name, data_version, metrics and data of the manifest, as render() does, and leaves out
    missing figures. report is the file of the executed notebook.
    """
    data = manifest.get("data", {})
    trained = f"""Trains *{manifest["name"]}* from version `{manifest["data_version"]}` of the
        dataset *vectors*{_named(data)}."""
    if data.get("outside_sample"):
        trained += " **A first look**: it is trained on a sample."
    further = f"""The executed notebook is `{report}`, in the folder of the models that are served
        (`GENDER_DETECTION_MODEL_DIR`), until the next training replaces it. The model card is
        `card.md`, in the artifacts."""
    return "\n\n".join([paragraph(trained), headlines(manifest["metrics"]), paragraph(further)])


def _named(data: Facts) -> str:
    if not data:
        return ""
    return f": {data['rows']['vectors']:,} names of {', '.join(sorted(data['sources']))}"


def headlines(metrics: Facts) -> str:
    """Return in Markdown how often the version is right; figures that are missing are left out."""
    return bullets(_headlines(metrics)) or "It was not evaluated."


def _headlines(metrics: Facts) -> list[str]:
    lines = []
    if (unseen := metrics.get("unseen", {})) and unseen.get("n"):
        at = unseen["at_threshold"]
        lines.append(
            f"""**Names never seen** ({unseen["n"]:,}): {percent(unseen["forced"]["errorCoded"])}
            wrong if every answer is forced. At the threshold {unseen["threshold"]:g},
            {percent(1 - at["naCoded"])} are answered, and {percent(at["errorCodedWithoutNA"])} of
            these are wrong."""
        )
    if known := metrics.get("known"):
        world = known["world"]
        lines.append(
            f"""**Known names**, expected from the evidence: {percent(world["error"])} wrong if
            every answer is forced."""
        )
    if (people := metrics.get("people", {})) and people.get("n"):
        lines.append(
            f"""**Labelled people** ({people["n"]:,}): {percent(people["forced"]["errorCoded"])}
            wrong if every answer is forced."""
        )
    return lines
