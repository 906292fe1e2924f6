"""Read a CSV with pyarrow and write it again unchanged.

python -m benchmarks.bench.csv_copy whole|streamed IN OUT
"""

import sys

from pyarrow import csv


def whole(source: str, target: str) -> None:
    """Read the whole file on all cores, then write it."""
    csv.write_csv(csv.read_csv(source), target)


def streamed(source: str, target: str) -> None:
    """Write each block as soon as it is read."""
    with csv.open_csv(source) as reader, csv.CSVWriter(target, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


if __name__ == "__main__":
    {"whole": whole, "streamed": streamed}[sys.argv[1]](sys.argv[2], sys.argv[3])
