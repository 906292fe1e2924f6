"""A table of people, as it is put on servers and in stores."""

import io

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = [("Maria", "IT", "female")] * 3 + [("John", "US", "male")] * 2
CSV = "\n".join(map(",".join, [("name", "country", "gender"), *ROWS, ""])).encode()


def parquet() -> bytes:
    """Return the table as Parquet."""
    columns = dict(
        zip(["name", "country", "gender"], map(list, zip(*ROWS, strict=True)), strict=True)
    )
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()
