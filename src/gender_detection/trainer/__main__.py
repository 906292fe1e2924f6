"""Run a step of a training as a task of Airflow, up to the model with its card.

    GENDER_DETECTION_TRAINING_RUN=monday python -m gender_detection.trainer fit --iterations=14

The training is the one that the setting TRAINING_RUN names. A step that is done is run again, and
the results of those after it are removed.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial

from ..config import Settings
from ..jobs import run_task, say
from ..telemetry.reports import Attempt
from .choices import Choices
from .training import Training
from .workspace import UNCHANGED, named

STEPS = ("fit", "calibrate", "assemble", "evaluate", "card")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a step with the settings of the environment; return its exit code."""
    options = read_arguments(arguments)
    return run_task(options.step, partial(_run, options=options), Settings.from_env, UNCHANGED)


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options; exit with one line if they are wrong."""
    parser = argparse.ArgumentParser("python -m gender_detection.trainer")
    parser.add_argument("step", choices=STEPS)
    fit = parser.add_argument_group("of the step fit")
    fit.add_argument("--data-version", default="", help="default: that of the settings")
    fit.add_argument("--l2", type=float, default=Choices.l2)
    fit.add_argument("--iterations", type=int, default=Choices.iterations)
    fit.add_argument("--error-allowed", type=float, default=Choices.error_allowed)
    return parser.parse_args(arguments)


def _run(settings: Settings, _: Attempt, *, options: argparse.Namespace) -> None:
    """Run the step of the options, and say what came of it; no dataset is published."""
    step = options.step
    name = named(settings)
    begins = step == STEPS[0]
    training = (
        Training(settings, name, _choices(settings, options)) if begins else Training.of(settings)
    )
    training.kept.forget(step)
    if step == "fit":
        say(f"data version {training.versions['vectors'].name}")
        wanted = training.choices.iterations
        training.fit(lambda at, loss: say(f"iteration {at} of {wanted}: loss {loss:.4f}"))
    elif step == "calibrate":
        training.calibrate()
        say(f"threshold {training.threshold:.3f}")
    else:
        {"assemble": training.assemble, "evaluate": training.evaluate, "card": training.card}[
            step
        ]()


def _choices(settings: Settings, options: argparse.Namespace) -> Choices:
    data_version = options.data_version or settings.data_version
    return Choices(data_version, options.l2, options.iterations, options.error_allowed)


if __name__ == "__main__":
    sys.exit(main())
