"""Metrics of the worker processes, and of the models that they serve."""

import importlib.metadata
import platform
from collections import Counter
from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.registry import Collector

from gender_detection.telemetry.processes import Usage, usage

from .definitions import (
    BUILD,
    EXITED_WORKERS_CPU,
    HIGHEST_CPU_SHOWN,
    LAYOUT,
    MODEL_LOAD,
    MODEL_LOADED,
    MODEL_TRAINED,
    MODEL_WORKERS,
    MODELS,
    SERVER_STARTED,
    SHADOW_WORKERS,
    WORKER_FILES,
    WORKER_MEMORY,
    WORKER_STARTED,
    WORKERS,
    WORKERS_CPU,
    WORKERS_READY,
    WORKERS_WANTED,
)
from .shared_state import LoadedModelInfo, SharedState, WorkerInfo


class WorkerMetrics(Collector):
    """Reads the shared facts about workers, and asks the system for their usage, at each scrape."""

    def __init__(self, shared: SharedState) -> None:
        self._shared = shared
        self._build = (importlib.metadata.version("gender-detection"), platform.python_version())

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of the workers, and of the models that they serve."""
        infos = self._shared.worker_infos()
        used = {}
        for slot, info in infos.items():
            if (process := usage(info.pid)) is not None:
                used[slot] = process
        yield from self._of_server(infos)
        yield from _of_processes(infos, used)
        yield self._cpu(used)
        yield from _of_models([info.model for info in infos.values() if info.model is not None])
        asking = Counter(info.challenger for info in infos.values() if info.challenger)
        yield SHADOW_WORKERS.metric(((version,), workers) for version, workers in asking.items())

    def _of_server(self, infos: dict[int, WorkerInfo]) -> Iterator[Metric]:
        yield WORKERS.value(len(infos))
        yield WORKERS_WANTED.value(self._shared.workers)
        yield WORKERS_READY.value(sum(info.model is not None for info in infos.values()))
        yield SERVER_STARTED.value(self._shared.started)
        yield BUILD.metric([(self._build, 1)])

    def _cpu(self, used: dict[int, Usage]) -> Metric:
        """Return the CPU time of all workers, ended ones included; it never decreases.

        After a worker has ended and before the parent has recorded it, its time is missing: until
        then the highest total shown so far is repeated.
        """
        row, highest = self._shared.parent_row, LAYOUT.at(HIGHEST_CPU_SHOWN)
        exited = row.get(LAYOUT.at(EXITED_WORKERS_CPU))
        running = sum(process.cpu_seconds for process in used.values())
        total = max(row.get(highest), exited + running)
        row.set(highest, total)
        return WORKERS_CPU.value(total)


def _of_processes(infos: dict[int, WorkerInfo], used: dict[int, Usage]) -> Iterator[Metric]:
    yield WORKER_STARTED.metric(((str(slot),), info.started) for slot, info in infos.items())
    yield WORKER_MEMORY.metric(((str(slot),), one.resident_bytes) for slot, one in used.items())
    yield WORKER_FILES.metric(((str(slot),), one.open_files) for slot, one in used.items())


def _of_models(models: list[LoadedModelInfo]) -> Iterator[Metric]:
    versions = {(model.name, model.version, model.data_version) for model in models}
    yield MODELS.metric((version, 1) for version in versions)
    serving = Counter(model.version for model in models)
    yield MODEL_WORKERS.metric(((version,), workers) for version, workers in serving.items())
    if models:
        yield MODEL_LOAD.value(max(model.load_seconds for model in models))
        yield MODEL_LOADED.value(max(model.loaded for model in models))
    if trained := [model.trained for model in models if model.trained is not None]:
        yield MODEL_TRAINED.value(min(trained))
