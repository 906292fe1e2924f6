"""Metrics of the pipeline, kept for Prometheus after the process has ended.

A task, or a run of the DAG, has two groups of metrics: one for its last attempt, one for its last
success. A group is replaced as a whole, so a failure keeps the rows and the time of the last
success. A group is a file in a folder, or a group of a Pushgateway.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from prometheus_client import push_to_gateway
from prometheus_client.core import Metric

from . import textfiles
from .pipeline_metrics import ATTEMPTS, ROWS_IN, ROWS_OUT, ROWS_REJECTED

JOB = "pipeline"
# Timeout of a request to a Pushgateway.
PUSH_SECONDS = 5.0


@dataclass
class Attempt:
    """An attempt at a task, filled in while it runs.

    manifests are those of the datasets that it published, made are other metrics of what it did;
    set failed if it fails without raising.
    """

    manifests: list[Mapping[str, Any]] = field(default_factory=list)
    made: list[Metric] = field(default_factory=list)
    failed: bool = False


@contextmanager
def attempt(uri: str, task: str, warn: Callable[[str], None]) -> Iterator[Attempt]:
    """Report the block as an attempt at a task when it ends; as failed if it raises.

    An attempt that the user interrupts (Ctrl-C) is not reported.
    """
    started = time.monotonic()
    current = Attempt()
    interrupted, ended = False, False
    try:
        yield current
        ended = True
    except (KeyboardInterrupt, asyncio.CancelledError):
        interrupted = True
        raise
    finally:
        if not interrupted:
            seconds = time.monotonic() - started
            failed = current.failed or not ended
            families = [*datasets(current.manifests), *current.made]
            report(uri, "task", task, seconds, failed=failed, made=families, warn=warn)


def report(
    uri: str,
    kind: str,
    name: str,
    seconds: float | None,
    *,
    failed: bool,
    warn: Callable[[str], None],
    ended: float | None = None,
    made: Iterable[Metric] = (),
) -> None:
    """Report the result of an attempt at a task or of a run of a DAG (kind: "task" or "dag").

    ended is in seconds since 1970, by default now; made are metrics of what it made. If reporting
    fails, the job goes on, and warn gets a line with the reason.
    """
    groups = _groups(kind, name, seconds, failed, time.time() if ended is None else ended, made)
    try:
        for group, families in groups.items():
            _publish(uri, group, families)
    # ValueError: a URI that urllib cannot parse.
    except (OSError, HTTPException, ValueError) as err:
        warn(f"metrics not reported to {uri}: {err}")


def _groups(
    kind: str, name: str, seconds: float | None, failed: bool, ended: float, made: Iterable[Metric]
) -> dict[str, list[Metric]]:
    """Return the metrics by group."""
    described = ATTEMPTS[kind]
    attempt_metrics = [
        described.attempted.metric([((name,), ended)]),
        described.failed.metric([((name,), failed)]),
    ]
    if seconds is not None:
        attempt_metrics.append(described.seconds.metric([((name,), seconds)]))
    groups = {f"{kind}_{name}_attempt": attempt_metrics}
    if not failed:
        succeeded = described.succeeded.metric([((name,), ended)])
        groups[f"{kind}_{name}_success"] = [succeeded, *made]
    return groups


def datasets(manifests: Iterable[Mapping[str, Any]]) -> list[Metric]:
    """Return metrics of the rows in, out and rejected (by reason) of datasets."""
    found = list(manifests)
    families = (
        ROWS_IN.metric(((each["stage"],), each["rows_in"]) for each in found),
        ROWS_OUT.metric(((each["stage"],), each["rows_out"]) for each in found),
        ROWS_REJECTED.metric(
            ((each["stage"], reason), rows)
            for each in found
            for reason, rows in sorted(by_reason(each["rejected"]).items())
        ),
    )
    return [family for family in families if family.samples]


def by_reason(rejected: Mapping[str, Any]) -> Counter[str]:
    """Return counts by reason, summed over nested dictionaries whose innermost keys are reasons."""
    counts: Counter[str] = Counter()
    for name, value in rejected.items():
        counts.update(by_reason(value) if isinstance(value, Mapping) else {name: value})
    return counts


def is_gateway(uri: str) -> bool:
    """Return whether a URI is that of a Pushgateway instead of a folder."""
    return re.match("https?://", uri) is not None


def _publish(uri: str, group: str, families: list[Metric]) -> None:
    if not is_gateway(uri):
        textfiles.write(Path(uri), group, families)
        return
    # The label instance separates groups; text files have no such label.
    # PUT replaces the group, so reasons that no longer occur disappear.
    push_to_gateway(
        uri,
        job=JOB,
        registry=textfiles.Families(families),
        grouping_key={"instance": group},
        timeout=PUSH_SECONDS,
    )
