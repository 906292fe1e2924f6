"""score, aggregate, evaluate and check read tables at addresses, by copies that are removed."""

import contextlib
import gzip
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gender_detection.cli.remote import Remote, fetched, path_or_address
from tests.cli.command_line import COMMANDS, assert_reported_in_one_line, run
from tests.cli.remote_people import CSV, parquet
from tests.cli.web_server import Answer, WebServer

DEADLINE = 60  # seconds, on a busy machine
SECRET = "SIGNATURE"
# Each command, and what it prints for CSV.
READERS = {
    "score": (["score", "IN", "-", "--jobs", "1"], "John,US,male,male"),
    "aggregate": (["aggregate", "IN"], "all       5         5"),
    "evaluate": (["evaluate", "IN", "--json"], '"n": 5'),
    "check": (["check", "IN"], "rows: 5\n"),
}
# score opens tables by itself; the others share what they do.
TWO_WAYS = ["score", "check"]

pytestmark = pytest.mark.usefixtures("published", "pandas_as_it_is", "temporary")


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer().running() as running:
        yield running


def command_for(reader: str, address: str) -> list[str]:
    return [address if part == "IN" else part for part in READERS[reader][0]]


@pytest.mark.parametrize("reader", READERS)
def test_table_on_a_web_server_is_read(capfd, server: WebServer, reader: str):
    server.answers["/people.csv"] = Answer(CSV)

    code, out, err = run(capfd, *command_for(reader, f"{server.address}/people.csv"))

    assert code == 0, err
    assert READERS[reader][1] in out


@pytest.mark.parametrize("reader", READERS)
def test_table_in_a_store_is_read(capfd, memory_store, reader: str):
    memory_store.pipe_file("/bucket/people.csv", CSV)

    code, out, err = run(capfd, *command_for(reader, "memory://bucket/people.csv"))

    assert code == 0, err
    assert READERS[reader][1] in out


@pytest.mark.parametrize("reader", TWO_WAYS)
@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("people.csv.gz", gzip.compress(CSV)),
        ("people.parquet", parquet()),
        ("people%2Eparquet?version=2.csv#part", parquet()),
        # Without a known ending.
        ("download?file=people", CSV),
        ("", CSV),
    ],
)
def test_format_is_told_by_the_path_of_the_address(
    capfd, server: WebServer, reader: str, name: str, body: bytes
):
    server.answers["/" + name.partition("?")[0]] = Answer(body)

    code, out, err = run(capfd, *command_for(reader, f"{server.address}/{name}"))

    assert code == 0, err
    assert READERS[reader][1] in out


def test_compressed_file_that_is_sent_as_compressed_text_is_read(capfd, server: WebServer):
    server.answers["/people.csv.gz"] = Answer(
        gzip.compress(CSV), headers={"Content-Encoding": "gzip", "Content-Type": "text/csv"}
    )

    code, out, err = run(capfd, "aggregate", f"{server.address}/people.csv.gz")

    assert code == 0, err
    assert "all       5" in out
    assert server.requests[0][1]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("reader", READERS)
def test_user_password_and_signature_are_used_and_not_shown(capfd, server: WebServer, reader: str):
    server.answers["/people.csv"] = Answer(
        CSV.replace(b"name", b"Full Name") + b"too,many,cells,x\n"
    )
    query = f"?X-Sig={SECRET}%2Bx%3D&b=c+d"
    address = f"http://me:{SECRET}@{server.host}/people.csv{query}#{SECRET}"

    code, out, err = run(capfd, *command_for(reader, address))

    assert code == 0, err
    assert f"{server.address}/people.csv: reading" in err
    assert SECRET not in out + err
    ((line, headers),) = server.requests
    assert line == f"/people.csv{query}"
    assert headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(status=404), "no file ADDRESS: check the address"),
        (Answer(status=403), "no permission: ADDRESS cannot be read: log in"),
        (Answer(status=401), "no permission: ADDRESS cannot be read: log in"),
        (Answer(status=410), "ADDRESS cannot be read (410 Gone): check the address"),
        (Answer(status=503), "(503 Service Unavailable): try again later"),
        (Answer(status=599), "(599): try again later"),
        (
            Answer(CSV, length=1_000_000),
            "ADDRESS cannot be read (the connection was cut): try again",
        ),
        (Answer(CSV, length=10**17), "no space for a copy of it in TEMPORARY: free some"),
        (
            Answer(status=302, headers={"Location": "file:///etc/passwd"}),
            "ADDRESS cannot be read (the server leads away from http): check the address",
        ),
        (
            Answer(status=302, headers={"Location": "/people.csv"}),
            "ADDRESS cannot be read (the server leads in circles): check the address",
        ),
        (Answer(b"PAR1"), "ADDRESS: no column holds names"),
        (Answer(b""), "ADDRESS: "),
    ],
)
@pytest.mark.parametrize("reader", TWO_WAYS)
def test_what_cannot_be_read_is_reported_in_one_line_without_secrets(
    capfd, server: WebServer, temporary: Path, reader: str, answer: Answer, message: str
):
    server.answers["/people.csv"] = answer
    address = f"http://me:{SECRET}@{server.host}/people.csv?sig={SECRET}"

    result = run(capfd, *command_for(reader, address))

    expected = message.replace("ADDRESS", f"{server.address}/people.csv")
    assert_reported_in_one_line(result, expected.replace("TEMPORARY", str(temporary)))
    assert SECRET not in result[2]
    assert "table-people" not in result[2]


def test_redirection_to_another_page_is_followed(capfd, server: WebServer):
    server.answers["/latest.csv"] = Answer(status=302, headers={"Location": "/7/people"})
    server.answers["/7/people"] = Answer(CSV)

    code, out, _ = run(capfd, "aggregate", f"{server.address}/latest.csv")

    assert code == 0
    assert "all       5" in out


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (
            "https://HOST/people.csv",
            "https://HOST/people.csv cannot be read (no secure connection)",
        ),
        ("memory://bucket/none.csv", "no file memory://bucket/none.csv: check the address"),
        ("memory://bucket/*.csv", "without *; a folder of a store is read whole"),
        ("smoke://bucket/people.csv", "smoke://bucket/people.csv: no such kind of address: use"),
    ],
)
def test_address_that_leads_nowhere_is_reported(capfd, server, address: str, message: str):
    host = server.host
    result = run(capfd, "aggregate", address.replace("HOST", host) + f"?sig={SECRET}")

    assert_reported_in_one_line(result, message.replace("HOST", host))
    assert SECRET not in result[2]


def test_server_that_is_not_there_is_reported(capfd):
    with WebServer().running() as stopped:
        address = f"{stopped.address}/people.csv"

    assert_reported_in_one_line(
        run(capfd, "aggregate", address), f"{address} cannot be read (Connection refused)"
    )


@pytest.mark.parametrize(
    ("missing", "address", "remedy"),
    [
        ("fsspec", "https://host/people.csv", "pip install 'gender-detection[remote]'\""),
        ("aiohttp", "https://host/people.csv", "pip install 'gender-detection[remote]'\""),
        ("s3fs", "s3://bucket/people.csv", "pip install 'gender-detection[remote]' s3fs\""),
        ("gcsfs", "gs://bucket/people.csv", "pip install 'gender-detection[remote]' gcsfs\""),
        ("adlfs", "az://bucket/people.csv", "pip install 'gender-detection[remote]' adlfs\""),
        ("paramiko", "sftp://host/people.csv", 'requires "paramiko" to be installed'),
    ],
)
@pytest.mark.parametrize("reader", TWO_WAYS)
def test_missing_package_is_named(
    capfd, monkeypatch: pytest.MonkeyPatch, reader: str, missing: str, address: str, remedy: str
):
    # An entry of None makes an import fail as if the package were not installed.
    monkeypatch.setitem(sys.modules, missing, None)
    # What other tests have imported already.
    known = sys.modules["fsspec.registry"].__dict__["_registry"]
    monkeypatch.delitem(known, address.partition(":")[0], raising=False)
    monkeypatch.delitem(sys.modules, "fsspec.implementations.http", raising=False)

    result = run(capfd, *command_for(reader, f"{address}?sig={SECRET}"))

    assert_reported_in_one_line(result, f"{address} needs packages that are not installed", remedy)
    assert SECRET not in result[2]


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("file://host/people.csv", "write file:/// and the whole path"),
        ("zip://people.csv::memory://a.zip", "addresses within others (::) are not read"),
    ],
)
def test_address_of_no_file_is_a_wrong_argument(capfd, address: str, message: str):
    code, _, err = run(capfd, "aggregate", address)

    assert code == 2
    assert message in err


def test_file_address_is_the_path(capfd, tmp_path: Path):
    path = tmp_path / "two words.csv"
    path.write_bytes(CSV)

    assert path_or_address(path.as_uri()) == path
    assert path_or_address("people:today/x.csv") == Path("people:today/x.csv")
    assert run(capfd, "aggregate", path.as_uri())[0] == 0


@pytest.mark.parametrize(
    ("address", "shown", "name"),
    [
        ("HTTPS://me:pw@host:1/a/p%20b.csv?sig=x#y", "https://host:1/a/p%20b.csv", "p b.csv"),
        ("https://token@host/p.csv", "https://host/p.csv", "p.csv"),
        ("https://host?key=x", "https://host", "host"),
        ("http://[::1]:80/p.csv", "http://[::1]:80/p.csv", "p.csv"),
        ("s3://bucket/a#1%20b.csv?versionId=2", "s3://bucket/a#1%20b.csv", "a#1%20b.csv"),
        ("abfs://box@account.host/p.csv", "abfs://box@account.host/p.csv", "p.csv"),
        ("sftp://me:pw@host/p.csv", "sftp://host/p.csv", "p.csv"),
    ],
)  # fmt: skip
def test_address_is_shown_without_what_may_be_secret(address: str, shown: str, name: str):
    remote = path_or_address(address)

    assert (str(remote), remote.name) == (shown, name)
    assert repr(remote) == f"Remote({shown!r})"


def test_copy_is_private_and_complete(memory_store, temporary: Path):
    memory_store.pipe_file("/people.csv.gz", CSV)

    with fetched(Remote("memory://people.csv.gz")) as copy:
        assert copy.read_bytes() == CSV
        assert copy.suffixes == [".csv", ".gz"]
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
        assert copy.parent.parent == temporary


def test_name_in_a_store_cannot_lead_out_of_the_temporary_folder(memory_store, temporary: Path):
    for name in ("..", "a\\..\\b", "x" * 300 + ".csv", "%2F..%2Fx.csv"):
        memory_store.store[f"/{name}"] = memory_store.open("/made", "wb")
        with fetched(Remote(f"memory://{name}")) as copy:
            assert copy.resolve().parent.parent == temporary.resolve()


@pytest.mark.parametrize("reader", READERS)
def test_ctrl_c_leaves_no_copy(server: WebServer, temporary: Path, reader: str):
    server.answers["/people.csv"] = Answer(CSV, length=1_000_000, waits=True)
    command = [*COMMANDS["module"], *command_for(reader, f"{server.address}/people.csv")]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert server.waiting.wait(DEADLINE)
        assert len(list(temporary.iterdir())) == 1
        os.killpg(process.pid, signal.SIGINT)
        printed = process.communicate(timeout=DEADLINE)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    assert (process.returncode, *printed) == (130, "", "")
    assert not list(temporary.iterdir())


def test_score_with_worker_processes_reads_an_address(server: WebServer, tmp_path: Path):
    server.answers["/people.csv"] = Answer(CSV)
    out = tmp_path / "out.csv"

    done = subprocess.run(
        [*COMMANDS["module"], "score", f"{server.address}/people.csv", str(out), "--jobs", "2"],
        capture_output=True, text=True, timeout=DEADLINE,
    )  # fmt: skip

    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    assert out.read_text().count("\n") == 6


def test_packages_for_addresses_are_not_imported_for_a_path(tmp_path: Path):
    (tmp_path / "people.csv").write_bytes(CSV)
    program = (
        "import sys; from gender_detection.cli import main; "
        f"main(['aggregate', {str(tmp_path / 'people.csv')!r}]); "
        "print(sorted({'fsspec', 'aiohttp'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=DEADLINE
    )

    assert done.stdout.splitlines()[-1] == "[]"
