"""A table of any length passes in the same memory."""

import json
import subprocess
import sys

import pytest

from gender_detection.model import store

ROWS = 300_000
SEND = """
import json, sys
from pathlib import Path
from gender_detection.api.wsgi import application, shared_state
from gender_detection.config import Settings

class Body:
    '''So many rows, each made when it is read.'''
    length = 0
    def __init__(self, rows):
        self.rows, self.at, self.text = rows, 0, b"name,id,note\\n"
    def read(self, size):
        while len(self.text) < size and self.at < self.rows:
            rows = range(self.at, min(self.at + 1000, self.rows))
            self.text += b"".join(b"Maria%d Rossi,%d,%s\\n" % (i % 97, i, b"x" * 80) for i in rows)
            self.at = rows.stop
        part, self.text = self.text[:size], self.text[size:]
        return part

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024

def send(rows):
    environ = {{
        "REQUEST_METHOD": "POST", "PATH_INFO": "/predict", "SERVER_NAME": "x",
        "SERVER_PORT": "80", "wsgi.url_scheme": "http", "wsgi.input": Body(rows),
        "wsgi.input_terminated": True, "CONTENT_TYPE": "text/csv",
    }}
    parts = wsgi(environ, lambda status, headers: None)
    answered = sum(part.count(b"\\n") for part in parts)
    parts.close()
    return answered

settings = Settings(model_dir={model_dir!r}, access_log=False)
wsgi = application(settings, shared_state(settings), 0).wsgi
peaks = [peak()]
answered = []
for rows in (20_000, {rows}):
    answered.append(send(rows))
    peaks.append(peak())
print(json.dumps([answered, peaks]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_long_table_takes_no_more_memory_than_a_short_one(tiny_artifact, tmp_path):
    store.publish(tmp_path / "model", tiny_artifact, "1")
    code = SEND.format(model_dir=str(tmp_path / "model"), rows=ROWS)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    answered, (before, short, long) = json.loads(run.stdout)

    assert answered == [20_001, ROWS + 1]
    # The table and its answers are of some 60 MB.
    assert long - short < 15
    assert long - before < 70
