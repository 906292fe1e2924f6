"""Run one measurement in this process, and write its result to a file.

    python -m benchmarks.bench.child < order.json

The order holds a function as module:name, its arguments, the core to run on (or null), and the file
to write.
"""

import importlib
import json
import os
import sys
from pathlib import Path


def main() -> int:
    """Run the order on standard input; return the exit code."""
    order = json.load(sys.stdin)
    if order["core"] is not None:
        # Before any library counts the cores.
        os.sched_setaffinity(0, {order["core"]})
        _one_thread_of_arrow()
    module, _, name = order["function"].partition(":")
    found = getattr(importlib.import_module(module), name)(**order["arguments"])
    Path(order["answer"]).write_text(json.dumps(found), encoding="utf-8")
    return 0


def _one_thread_of_arrow() -> None:
    import pyarrow as pa

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)


if __name__ == "__main__":
    sys.exit(main())
