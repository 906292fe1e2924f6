"""The versions of the datasets that belong together: those that one of vectors was made from.

Each manifest names the version of its input, so the version of vectors is enough to find the
others, also when newer ones have been published since. While the pipeline runs, the newest versions
of its stages do not belong together.
"""

from pyspark.sql import SparkSession

from ..config import Settings
from ..errors import DatasetError
from .datasets import Version
from .stages import ORIGINS, STAGES, stage_dataset


def training_versions(spark: SparkSession, settings: Settings) -> dict[str, Version]:
    """Return the version of each stage of STAGES and of ORIGINS that belongs to one of vectors.

    That is the version data_version of the settings or, if it is empty, the newest. Raise
    DatasetError if it is not kept, or one that it was made from is not.
    """
    raw, clean, transformed, vectors = (stage_dataset(spark, settings, s) for s in STAGES)
    wanted = settings.data_version
    found = {STAGES[-1]: vectors.version(wanted) if wanted else vectors.current()}
    for stage, dataset in zip(STAGES[-2::-1], (transformed, clean, raw), strict=True):
        after = STAGES[STAGES.index(stage) + 1]
        found[stage] = dataset.version(_input(found[after], stage))
    found[ORIGINS] = _origins(spark, settings, found["clean"])
    return {stage: found[stage] for stage in (*STAGES, ORIGINS)}


def _origins(spark: SparkSession, settings: Settings, clean: Version) -> Version:
    """Return the newest version of the dataset of origins that was made from a version of clean."""
    dataset = stage_dataset(spark, settings, ORIGINS)
    for version in dataset.kept():
        if _input(version, "clean") == clean.name:
            return version
    raise DatasetError(
        f"{dataset.uri} has no version that was made from {clean.uri}: run 'make data' again"
    )


def _input(version: Version, stage: str) -> str:
    """Return the version of a stage that a version was made from."""
    try:
        return str(version.manifest["input"][stage])
    except (KeyError, TypeError) as err:
        raise DatasetError(
            f"{version.uri}/manifest.json does not say which version of {stage} it was made from: "
            "run 'make data' again"
        ) from err
