"""What the living workers are: processes, and the models that they serve."""

import importlib.metadata
import platform
from collections import Counter
from collections.abc import Iterator
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from gender_detection.telemetry.processes import Usage, usage

from .definitions import CPU_OF_THE_DEAD, CPU_SHOWN, LAYOUT
from .shared_state import LoadedModelInfo, SharedState, WorkerInfo

P = "gender_detection_"


class WorkerMetrics(Collector):
    """Reads the notes of the workers, and asks the system about them, whenever Prometheus asks."""

    def __init__(self, shared: SharedState) -> None:
        self._shared = shared
        self._build = [importlib.metadata.version("gender-detection"), platform.python_version()]

    def collect(self) -> Iterator[Metric]:
        """Yield facts of the workers, and of the models that they serve."""
        notes = self._shared.workers_alive()
        used = {slot: told for slot, n in notes.items() if (told := usage(n.pid)) is not None}
        yield from self._of_server(notes)
        yield from _of_processes(notes, used)
        yield self._cpu(used)
        yield from _of_models([note.model for note in notes.values() if note.model is not None])

    def _of_server(self, notes: dict[int, WorkerInfo]) -> Iterator[Metric]:
        ready = sum(note.model is not None for note in notes.values())
        yield _gauge("workers", "Worker processes that live.", len(notes))
        yield _gauge(
            "workers_wanted", "Worker processes that there should be.", self._shared.workers
        )
        yield _gauge("workers_ready", "Worker processes that have a model.", ready)
        told = "When the server was started, in Unix time."
        yield _gauge("server_start_time_seconds", told, self._shared.started)
        family = GaugeMetricFamily(
            P + "build_info", "1 for the version of this software.", labels=("version", "python")
        )
        family.add_metric(self._build, 1)
        yield family

    def _cpu(self, used: dict[int, Usage]) -> Metric:
        """Return the CPU time of all workers, dead ones included; it never goes backwards.

        Between a worker's end and its burial its time is neither here nor there: then what was told
        before still holds.
        """
        own, shown = self._shared.own, LAYOUT.at(CPU_SHOWN)
        recorded = own.get(LAYOUT.at(CPU_OF_THE_DEAD))
        total = max(own.get(shown), recorded + sum(one.cpu_seconds for one in used.values()))
        own.set(shown, total)
        help_text = "CPU time of the workers, user and system, dead workers included."
        return CounterMetricFamily(P + "workers_cpu_seconds", help_text, value=total)


def _of_processes(notes: dict[int, WorkerInfo], used: dict[int, Usage]) -> Iterator[Metric]:
    started = {slot: note.started for slot, note in notes.items()}
    memory = {slot: one.resident_bytes for slot, one in used.items()}
    files = {slot: one.open_files for slot, one in used.items()}
    for name, text, values in (
        ("start_time_seconds", "When the worker was started, in Unix time.", started),
        ("resident_memory_bytes", "Memory of the worker, with what it shares.", memory),
        ("open_fds", "Files and connections that the worker has open.", files),
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
            "Time that the latest load took, of the slowest worker.",
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
            "When the model in service was trained, the oldest if there are two; in Unix time.",
            trained,
            min,
        ),
    ):
        if values:
            yield _gauge(metric, text, choose(values))


def _gauge(name: str, text: str, value: Any) -> GaugeMetricFamily:
    return GaugeMetricFamily(P + name, text, value=value)
