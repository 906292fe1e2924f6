"""Load from wrk (Debian package wrk), which uses little processor time."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("wrk_bodies.lua")


@dataclass(frozen=True)
class Round:
    """Requests a second, and latencies in seconds."""

    rate: float
    p50: float
    p99: float
    failed: int


def load_by_wrk(
    port: int, bodies: Path, connections: int, seconds: float, path: str = "/predict"
) -> Round:
    """Send the bodies in a file, one a line, in rotation to a path of a server on this machine."""
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "-s", str(SCRIPT),
         f"http://127.0.0.1:{port}", "--", str(bodies), path],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = json.loads(done.stdout.strip().splitlines()[-1])
    return Round(said["requests"] / said["seconds"], said["p50"], said["p99"], said["failed"])
