"""Run one of the last steps of a training as a task of Airflow.

    GENDER_DETECTION_TRAINING_RUN=monday python -m gender_detection.release register

The training is the one that the setting TRAINING_RUN names. A step that is done is run again.
new_data ends with the code SKIPPED if a version was trained on the data of the training already.
"""

import argparse
import logging
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

from prometheus_client.core import Metric

from ..config import Settings
from ..gate import Verdict, headline
from ..jobs import MARKER, run_task, say
from ..registry import limit_waiting
from ..telemetry.pipeline_metrics import GATE_PASSED, GATE_REFUSALS
from ..telemetry.reports import Attempt
from ..trainer import Training
from ..trainer.workspace import named
from .release import Release

# What to look at after an interruption: the version may be champion.
SEE = "'gender-detection model list' says which version is champion"
STEPS = NEW_DATA, REGISTER, GATE = "new_data", "register", "gate"
# Airflow shows a task of its BashOperator that ends with this code as skipped.
SKIPPED = 99


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a step with the settings of the environment; return its exit code."""
    parser = argparse.ArgumentParser("python -m gender_detection.release")
    parser.add_argument("step", choices=STEPS)
    step = parser.parse_args(arguments).step
    trained: list[str] = []
    work = partial(_run, step=step, trained=trained)
    told = logging.StreamHandler(sys.stdout)
    told.setFormatter(logging.Formatter(f"{MARKER} warning: %(message)s"))
    ours = logging.getLogger("gender_detection")
    ours.addHandler(told)
    try:
        code = run_task(step, work, Settings.from_env, SEE)
    finally:
        ours.removeHandler(told)
    return SKIPPED if trained and code == 0 else code


def _run(settings: Settings, under_way: Attempt, *, step: str, trained: list[str]) -> None:
    """Run a step, and say what came of it; no dataset is published.

    trained gets the version that was trained on the same data.
    """
    name = named(settings)
    limit_waiting()
    training = Training(settings, name) if step == NEW_DATA else Training.of(settings)
    release = Release(training)
    if step == NEW_DATA:
        if version := release.trained_before():
            trained.append(version)
            say(f"version {version} was trained on the same data: nothing is trained")
        return
    # The gate has judged once: what may be missing is that the champion is published.
    training.kept.forget(step if step == REGISTER else "publish")
    if step == REGISTER:
        say(f"version {release.register().version}")
    else:
        verdict = release.gate()
        under_way.made = [*metrics_of(verdict)]
        say(headline(verdict))


def metrics_of(verdict: Verdict) -> Iterator[Metric]:
    """Yield what is reported of a verdict: whether it passed and, if not, the refusals by rule."""
    yield GATE_PASSED.value(verdict.passed)
    by_rule = Counter(finding.rule for finding in verdict.refusals)
    if by_rule:
        yield GATE_REFUSALS.metric(((rule,), found) for rule, found in sorted(by_rule.items()))


if __name__ == "__main__":
    sys.exit(main())
