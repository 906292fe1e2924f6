"""The dashboard Model: evaluation of the champion, loading, the registry."""

from .frame import Panel
from .palette import GENDERS, OUTCOMES
from .panels import About, Query, bars, lines

P = "gender_detection_"
RATE = "[$__rate_interval]"
FIGURES = "From the evaluation stored with the model in service."
NONE = "the model has no such figure"


def _errors() -> Panel:
    return bars(
        About(
            "Errors",
            f"{FIGURES} unseen: names held out from training; known: names with evidence;"
            " people: labelled people.",
            "as in the model card.",
            "worse than the previous version: gender-detection model rollback.",
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
            " observed shares.",
            "below 2 %.",
            "above: probabilities, and the shares that aggregate computes from them, are"
            " overconfident.",
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
            "Number of workers that serve each version.",
            "one version; a change takes a second.",
            "several for longer: some workers cannot load the new version.",
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
            "Versions that workers loaded, or refused because they were damaged or incompatible.",
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
            "Polls of the registry that published a version, refused one, or failed.",
            "a bar when the champion changes.",
            "failed: check that the registry runs; refused: the version there is damaged or"
            " incompatible.",
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
