"""A job killed with SIGKILL and run again ends as if nothing had happened."""

import re
import shutil

import pytest

from tests.spark import kill_at_random
from tests.spark.pipeline_fixtures import JOBS, SAMPLE, environment

# A job writes in its second half, whose moments are shares of its duration; the command
# kill_at_random.py covers whole jobs, and all four.
TRIALS = {"vectors": [0.8431]}


@pytest.fixture(scope="module")
def home(made, tmp_path_factory):
    """A home of its own with a copy of the DAG's data."""
    folder = tmp_path_factory.mktemp("killed")
    shutil.copytree(made.home / "data", folder / "data")
    return folder


@pytest.fixture(scope="module")
def seconds(made):
    """The duration of each job in the DAG, by stage."""
    took = [float(s) for s in re.findall(r": +done in ([\d.]+) s", made.printed)]
    # The tasks of the training follow.
    return dict(zip(JOBS, took[: len(JOBS)], strict=True))


@pytest.mark.parametrize(("stage", "moments"), TRIALS.items(), ids=TRIALS)
def test_killed_job_run_again_gives_the_same_bytes_and_complete_versions(
    made, home, seconds, stage, moments
):
    env = environment(home, sample=SAMPLE)
    after = [moment * seconds[stage] for moment in moments]
    trial = kill_at_random.kill_and_run_again(made.home / "data", home, stage, after, env)
    assert trial.faults == []
    assert trial.same_bytes
    assert kill_at_random.OLD in trial.seen
