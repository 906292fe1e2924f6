"""gender-detection metrics: serve the pipeline's metrics to Prometheus."""

import argparse
import signal
import threading
from pathlib import Path

from ..config import PREFIX, Settings
from ..errors import ConfigError
from ..interrupts import ending_at_once


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    metrics = commands.add_parser("metrics", help="serve the pipeline's metrics to Prometheus")
    metrics.set_defaults(command=_metrics)


def _metrics(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve the files in the folder of metrics until SIGINT or SIGTERM; return 0."""
    # Imported here: only this command needs them.
    with ending_at_once():
        from prometheus_client import CollectorRegistry, start_http_server

        from ..serving.address import cannot_listen, reachable
        from ..telemetry.reports import is_gateway
        from ..telemetry.textfiles import TextFiles

    if is_gateway(settings.metrics_uri):
        raise ConfigError(
            f"{PREFIX}METRICS_URI={settings.metrics_uri} is a Pushgateway, not a folder: let "
            "Prometheus scrape the Pushgateway, or set the variable to a folder"
        )
    registry = CollectorRegistry()
    registry.register(TextFiles(Path(settings.metrics_uri)))
    try:
        server, thread = start_http_server(settings.metrics_port, settings.host, registry)
    except OSError as err:
        message = cannot_listen(settings.host, settings.metrics_port, err, "METRICS_PORT")
        raise ConfigError(message) from err
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    host = reachable(settings.host)
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.metrics_port}/metrics"
    message = f"The pipeline's metrics, from {settings.metrics_uri}, are at {url}"
    print(f"{message} (press Ctrl-C to stop)", flush=True)
    stop.wait()
    server.shutdown()
    server.server_close()
    thread.join()
    return 0
