"""One Spark job on local[2], in this process: read Parquet, score it or not, write Parquet.

Its time is that of reading, working and writing; the session is started before.
"""

import functools
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

# For PySpark's launcher; without PYSPARK_PYTHON, workers run the first python3 on the path.
VARIABLES = {
    "PYSPARK_PYTHON": sys.executable,
    "PYSPARK_SUBMIT_ARGS": "--master local[2] --driver-memory 2g "
    "--conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 pyspark-shell",
}


def run(work: str, paths: list[str], out: str, columns: dict[str, str], model: str) -> float:
    """Return the seconds that a job takes; work is copy, score or guess.

    columns are the columns of names by the parameter of score. The job reads these and id.
    """
    from gender_detection.spark.session import session

    with session(f"bench {work}") as spark:
        start = time.perf_counter()
        frame = spark.read.parquet(*paths).select("id", *columns.values())
        done = {"copy": _copy, "score": _score, "guess": _guess}[work](frame, columns, model)
        done.write.parquet(out)
        took = time.perf_counter() - start
        assert spark.read.parquet(out).count() == frame.count()
    return took


def _copy(frame: Any, columns: dict[str, Any], model: str) -> Any:
    return frame


def _score(frame: Any, columns: dict[str, Any], model: str) -> Any:
    from gender_detection.model import store
    from gender_detection.spark import score

    return score(frame, str(store.current(Path(model))), **columns)


def _guess(frame: Any, columns: dict[str, Any], model: str) -> Any:
    from pyspark.sql.functions import pandas_udf

    guess: Any = pandas_udf(guesses, "string")  # type: ignore[call-overload]
    return frame.withColumn("gender", guess(*columns.values()))


def guesses(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
    """Yield gender-guesser's answers, as a user's pandas UDF would; each process loads it once."""
    get_gender = _get_gender()
    for names in batches:
        yield names.map(get_gender)


@functools.cache
def _get_gender() -> Callable[[str], str]:
    import gender_guesser.detector as gender

    get_gender: Callable[[str], str] = gender.Detector(case_sensitive=False).get_gender
    return get_gender
