"""Metrics of the worker processes, and of the models that they serve."""

import importlib.metadata
import platform
from collections import Counter
from collections.abc import Iterator
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from gender_detection.telemetry.processes import Usage, usage

from .definitions import EXITED_WORKERS_CPU, HIGHEST_CPU_SHOWN, LAYOUT
from .shared_state import LoadedModelInfo, SharedState, WorkerInfo

P = "gender_detection_"


class WorkerMetrics(Collector):
    """Reads the shared facts about workers, and asks the system for their usage, at each scrape."""

    def __init__(self, shared: SharedState) -> None:
        self._shared = shared
        self._build = [importlib.metadata.version("gender-detection"), platform.python_version()]

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

    def _of_server(self, infos: dict[int, WorkerInfo]) -> Iterator[Metric]:
        ready = sum(info.model is not None for info in infos.values())
        yield _gauge("workers", "Running worker processes.", len(infos))
        yield _gauge("workers_wanted", "Configured worker processes.", self._shared.workers)
        yield _gauge("workers_ready", "Worker processes that have a model.", ready)
        text = "When the server was started, in Unix time."
        yield _gauge("server_start_time_seconds", text, self._shared.started)
        family = GaugeMetricFamily(
            P + "build_info", "1 for the version of this software.", labels=("version", "python")
        )
        family.add_metric(self._build, 1)
        yield family

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
        help_text = "CPU time of the workers, user and system, ended workers included."
        return CounterMetricFamily(P + "workers_cpu_seconds", help_text, value=total)


def _of_processes(infos: dict[int, WorkerInfo], used: dict[int, Usage]) -> Iterator[Metric]:
    started = {slot: info.started for slot, info in infos.items()}
    memory = {slot: process.resident_bytes for slot, process in used.items()}
    files = {slot: process.open_files for slot, process in used.items()}
    for name, text, values in (
        ("start_time_seconds", "When the worker was started, in Unix time.", started),
        ("resident_memory_bytes", "Memory of the worker, shared pages included.", memory),
        ("open_fds", "Open files and connections of the worker.", files),
    ):
        family = GaugeMetricFamily(f"{P}worker_{name}", text, labels=("worker",))
        for slot, value in values.items():
            family.add_metric([str(slot)], value)
        yield family


def _of_models(models: list[LoadedModelInfo]) -> Iterator[Metric]:
    info = GaugeMetricFamily(
        P + "model_info", "1 for a model in service.", labels=("name", "version", "data_version")
    )
    serving = GaugeMetricFamily(
        P + "model_workers", "Workers that serve this version.", labels=("version",)
    )
    for name, version, data_version in {(m.name, m.version, m.data_version) for m in models}:
        info.add_metric([name, version, data_version], 1)
    for version, workers in Counter(model.version for model in models).items():
        serving.add_metric([version], workers)
    yield info
    yield serving
    trained = [model.trained for model in models if model.trained is not None]
    for metric, text, values, choose in (
        (
            "model_load_seconds",
            "Time that the slowest worker took for its last load.",
            [model.load_seconds for model in models],
            max,
        ),
        (
            "model_loaded_timestamp_seconds",
            "When a worker last loaded a model, in Unix time.",
            [model.loaded for model in models],
            max,
        ),
        (
            "model_trained_timestamp_seconds",
            "When the model in service was trained, in Unix time; the oldest if there are several.",
            trained,
            min,
        ),
    ):
        if values:
            yield _gauge(metric, text, choose(values))


def _gauge(name: str, text: str, value: Any) -> GaugeMetricFamily:
    return GaugeMetricFamily(P + name, text, value=value)
