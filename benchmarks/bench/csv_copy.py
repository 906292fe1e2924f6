"""Read a CSV and write it again by pyarrow, with nothing done in between.

python -m benchmarks.bench.csv_copy whole|streamed IN OUT
"""

import sys

from pyarrow import csv


def whole(source: str, target: str) -> None:
    """Read all of it on all cores, then write it."""
    csv.write_csv(csv.read_csv(source), target)


def streamed(source: str, target: str) -> None:
    """Write each block when it is read."""
    with csv.open_csv(source) as reader, csv.CSVWriter(target, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


if __name__ == "__main__":
    {"whole": whole, "streamed": streamed}[sys.argv[1]](sys.argv[2], sys.argv[3])
