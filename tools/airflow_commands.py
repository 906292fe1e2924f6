"""Run Airflow commands one after another in one process, which takes seconds to start.

    python tools/airflow_commands.py '["db", "migrate"]' '["dags", "test", "data_pipeline"]'

Each argument is a command in JSON. A line tells which one begins. The first one that fails ends the
process with its exit code.
"""

import json
import sys

from airflow.cli.cli_parser import get_parser
from airflow_env import BEGINS


def main(commands: list[str]) -> int:
    """Run the commands and return 0."""
    parser = get_parser()
    for command in commands:
        print(BEGINS + command, flush=True)
        options = parser.parse_args(json.loads(command))
        options.func(options)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
