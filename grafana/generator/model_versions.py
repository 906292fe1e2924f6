"""The dashboard Model: the champion's evaluation, loads, the registry."""

from .frame import Panel
from .palette import GENDERS, OUTCOMES
from .panels import About, Query, bars, lines

P = "gender_detection_"
RATE = "[$__rate_interval]"
FIGURES = "Shares of 1, from the evaluation that the model in service brings along."
NONE = "the model brings no such figure"


def _errors() -> Panel:
    return bars(
        About(
            "Errors",
            f"{FIGURES} unseen: names that training did not see; known: names with evidence;"
            " people: real persons.",
            "as the model card says.",
            "worse than the version before: gender-detection model rollback.",
            NONE,
        ),
        [Query(f'max by (figure) ({P}model_figure{{figure=~".*(error|share)"}})', "{{figure}}")],
        "percentunit",
        colours={"/share/": GENDERS["unknown"]},
        size=(12, 7),
    )


def _calibration() -> Panel:
    return bars(
        About(
            "Calibration",
            f"{FIGURES} Expected calibration error: how far the probabilities are from the"
            " shares that are right.",
            "below 2 %.",
            "above: probabilities, and what aggregate makes of them, promise too much.",
            NONE,
        ),
        [Query(f'max by (figure) ({P}model_figure{{figure=~".*ece"}})', "{{figure}}")],
        "percentunit",
        size=(12, 7),
    )


def _workers_by_version() -> Panel:
    return lines(
        About(
            "Workers by version",
            "How many workers serve which version.",
            "all the same; a change takes a second.",
            "mixed for longer: some cannot load the new one.",
            "no worker has a model",
        ),
        [Query(f"sum by (version) ({P}model_workers)", "version {{version}}")],
        "none",
        stacked=True,
    )


def _loads_by_outcome() -> Panel:
    return lines(
        About(
            "Loads by outcome",
            "Versions that workers loaded, or refused because they were damaged.",
            "a bar of loads at each start and each new version.",
            "refused: docs/runbook.md, ModelRefused.",
        ),
        [Query(f"sum by (outcome) (increase({P}model_reloads_total{RATE}))", "{{outcome}}")],
        "none",
        colours=OUTCOMES,
        bars=True,
    )


def _fetches_from_the_registry() -> Panel:
    return lines(
        About(
            "Fetches from the registry",
            "Polls of the registry that brought a version, one that was refused, or failed.",
            "a bar when the champion changes.",
            "failed: is the registry up? refused: the version there is damaged.",
            "no registry is followed",
        ),
        [Query(f"sum by (outcome) (increase({P}registry_fetches_total{RATE}))", "{{outcome}}")],
        "none",
        colours=OUTCOMES,
        bars=True,
    )


EVALUATION = (
    _errors,
    _calibration,
)
LOADS = (
    _workers_by_version,
    _loads_by_outcome,
    _fetches_from_the_registry,
)
