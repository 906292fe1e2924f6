import errno
import hashlib
import json
import os
from contextlib import suppress
from itertools import count

import pytest

from gender_detection.errors import DownloadError, DownloadInterrupted
from gender_detection.sources import transfer
from gender_detection.sources.fetch import fetch
from tests.sources.scripted_server import cut_off_after, range_of, respond

BODY = b"".join(b"Name%d,F,%d\n" % (i, i) for i in range(20_000))
SHA256 = hashlib.sha256(BODY).hexdigest()
ETAG = '"v1"'


def test_file_is_downloaded_with_its_checksum_and_etag(server, get, dest):
    server.script = [respond(200, BODY, ETag=ETAG, Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")]
    reports = []
    fetched = get(sha256=SHA256, progress=lambda done, total: reports.append((done, total)))
    assert dest.read_bytes() == BODY
    assert (fetched.sha256, fetched.etag, fetched.size) == (SHA256, ETAG, len(BODY))
    assert fetched.last_modified == "Mon, 01 Jan 2024 00:00:00 GMT"
    assert reports[-1] == (len(BODY), len(BODY))
    assert sorted(p.name for p in dest.parent.iterdir()) == ["names.txt", "names.txt.json"]


def test_progress_is_reported_periodically_and_at_the_end(server, get):
    server.script = [respond(200, BODY * 20)]
    reports = []
    get(progress=lambda done, total: reports.append(done))
    assert reports == sorted(set(reports))
    assert len(reports) == len(BODY) * 20 // 2_000_000 + 1
    assert reports[-1] == len(BODY) * 20


def test_file_without_content_length_is_downloaded(server, get, dest):
    def chunked(handler):
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for start in range(0, len(BODY), 50_000):
            piece = BODY[start : start + 50_000]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = True

    server.script = [chunked]
    get()
    assert dest.read_bytes() == BODY


def test_server_error_is_retried_with_growing_delays(server, get, dest, slept):
    server.script = [respond(500), respond(503), respond(500), respond(200, BODY)]
    get()
    assert dest.read_bytes() == BODY
    assert len(slept) == 3
    assert 0.5 <= slept[0] <= 1.0 <= slept[1] <= 2.0 <= slept[2] <= 4.0


def test_retry_after_of_the_server_is_respected(server, get, slept):
    server.script = [respond(429, Retry_After="17"), respond(200, BODY)]
    get()
    assert slept == [17.0]


def test_lasting_server_error_is_reported_after_the_last_retry(server, get, dest, slept):
    server.script = [respond(500)]
    with pytest.raises(DownloadError, match=r"HTTP 500 .*tried 3 times.*download it yourself"):
        get(retries=2)
    assert len(server.requests) == 3
    assert len(slept) == 2
    assert not dest.exists()


@pytest.mark.parametrize(("status", "hint"), [(404, "moved"), (403, "block programs")])
def test_missing_or_forbidden_file_is_not_retried(server, get, slept, status, hint):
    server.script = [respond(status)]
    with pytest.raises(DownloadError, match=f"{server.url()}: HTTP {status}.*{hint}"):
        get()
    assert len(server.requests) == 1
    assert slept == []


def test_unreachable_server_is_retried_and_then_named(tmp_path, server, slept):
    url = server.url()
    server.stop()
    with pytest.raises(DownloadError, match=rf"{url}: the connection failed.*\(tried 2 times\)"):
        fetch(url, tmp_path / "f", max_bytes=9, retries=1, sleep=slept.append)
    assert len(slept) == 1


def test_invalid_address_is_named(tmp_path):
    with pytest.raises(DownloadError, match="the URL cannot be requested"):
        fetch("http://", tmp_path / "f", max_bytes=9)


def test_interrupted_download_is_resumed_where_it_stopped(server, get, dest):
    server.script = [cut_off_after(100_000, BODY, ETag=ETAG), range_of(BODY, ETag=ETAG)]
    get(sha256=SHA256)
    assert dest.read_bytes() == BODY
    assert server.requests[1]["Range"] == "bytes=100000-"
    assert server.requests[1]["If-Range"] == ETAG


def test_download_is_resumed_by_a_later_run(server, get, dest):
    server.script = [cut_off_after(100_000, BODY, ETag=ETAG), range_of(BODY, ETag=ETAG)]
    with pytest.raises(DownloadError, match="was interrupted"):
        get(retries=0)
    assert not dest.exists()
    get()
    assert dest.read_bytes() == BODY
    assert "Range" in server.requests[1]


def test_download_restarts_if_the_server_ignores_the_range(server, get, dest):
    server.script = [cut_off_after(100_000, BODY, ETag=ETAG), respond(200, BODY, ETag=ETAG)]
    get(sha256=SHA256)
    assert "Range" in server.requests[1]
    assert dest.read_bytes() == BODY


def test_download_restarts_if_the_server_continues_at_the_wrong_place(server, get, dest):
    wrong = respond(206, BODY[7:], Content_Range=f"bytes 7-{len(BODY) - 1}/{len(BODY)}")
    server.script = [cut_off_after(100_000, BODY, ETag=ETAG), wrong, respond(200, BODY)]
    get()
    assert "Range" not in server.requests[2]
    assert dest.read_bytes() == BODY


def test_partial_file_longer_than_the_current_one_is_discarded(server, get, dest):
    server.script = [
        cut_off_after(100_000, BODY, ETag=ETAG),
        respond(416),
        respond(200, b"Ann,F,1"),
    ]
    get()
    assert dest.read_bytes() == b"Ann,F,1"


def test_file_without_a_strong_validator_is_not_resumed(server, get, dest):
    server.script = [cut_off_after(100_000, BODY, ETag='W/"v1"'), respond(200, BODY)]
    get()
    assert "Range" not in server.requests[1]
    assert dest.read_bytes() == BODY


def test_incomplete_download_never_appears_as_a_file(server, get, dest):
    server.script = [cut_off_after(100_000, BODY)]
    with pytest.raises(DownloadError, match=r"tried 2 times"):
        get(retries=1)
    assert not dest.exists()


def test_unchanged_file_is_not_downloaded_again(server, get, dest):
    server.script = [respond(200, BODY, ETag=ETAG), respond(304)]
    first = get()
    assert get() == first
    assert server.requests[1]["If-None-Match"] == ETAG
    assert dest.read_bytes() == BODY


def test_changed_file_replaces_the_old_one(server, get, dest):
    server.script = [respond(200, BODY, ETag=ETAG), respond(200, b"Ann,F,1", ETag='"v2"')]
    get()
    assert get().etag == '"v2"'
    assert dest.read_bytes() == b"Ann,F,1"


def test_file_with_the_expected_checksum_is_not_requested_again(server, get):
    server.script = [respond(200, BODY)]
    assert get(sha256=SHA256) == get(sha256=SHA256)
    assert len(server.requests) == 1


def test_file_damaged_on_disk_is_downloaded_again(server, get, dest):
    server.script = [respond(200, BODY, ETag=ETAG)]
    get()
    dest.write_bytes(BODY[:-1])
    get()
    assert dest.read_bytes() == BODY
    assert "If-None-Match" not in server.requests[1]


def test_partly_written_record_counts_as_missing(server, get, dest):
    server.script = [respond(200, BODY, ETag=ETAG)]
    get()
    record = dest.with_name("names.txt.json")
    record.write_text(record.read_text()[:20])
    get()
    assert json.loads(record.read_text())["sha256"] == SHA256


def test_manually_placed_file_is_used(server, get, dest):
    dest.parent.mkdir()
    dest.write_bytes(BODY)
    assert get().sha256 == SHA256
    assert server.requests == []


def test_wrong_checksum_is_reported_with_both_values_and_leaves_no_file(server, get, dest):
    server.script = [respond(200, b"Mary,M,1")]
    with pytest.raises(DownloadError, match=f"catalogue says {SHA256}.*update the entry"):
        get(sha256=SHA256)
    assert list(dest.parent.iterdir()) == []


def test_wrong_checksum_keeps_the_previous_good_file(server, get, dest):
    server.script = [respond(200, BODY), respond(200, b"altered")]
    get(sha256=SHA256)
    with pytest.raises(DownloadError):
        get(sha256="0" * 64)
    assert dest.read_bytes() == BODY


def test_oversized_content_length_is_refused_before_reading(server, get, dest):
    server.script = [respond(200, BODY)]
    with pytest.raises(DownloadError, match=r"allows 1000: .*raise max_bytes"):
        get(max_bytes=1000)
    assert list(dest.parent.iterdir()) == []


def test_oversized_download_without_content_length_is_stopped(server, get, dest):
    def long_winded(handler):
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):  # the client hangs up
            handler.wfile.write(BODY * 20)

    server.script = [long_winded]
    with pytest.raises(DownloadError, match="allows 1000000"):
        get(max_bytes=1_000_000)
    assert list(dest.parent.iterdir()) == []


def test_very_slow_server_is_given_up(server, get, slept):
    ticks = count(0, 10)  # every look at the clock finds ten seconds gone

    def crawl(handler):
        respond(200, b"Ma", Content_Length="2000000", ETag=ETAG)(handler)
        for _ in range(100):
            if server.released.wait(0.001):
                return
            handler.wfile.write(b"ry")

    server.script = [crawl]
    with pytest.raises(DownloadError, match="too slow"):
        get(clock=lambda: next(ticks), retries=1, deadline=100_000)
    assert len(slept) == 1


def test_server_that_stops_sending_is_retried(server, get, dest):
    def fall_silent(handler):
        respond(200, BODY[:500], Content_Length=str(len(BODY)))(handler)
        server.released.wait(5)

    server.script = [fall_silent, respond(200, BODY)]
    get(timeout=0.1)
    assert dest.read_bytes() == BODY


def test_deadline_ends_the_retries(server, get, slept):
    server.script = [respond(500)]
    with pytest.raises(DownloadError, match="tried 1 times"):
        get(deadline=0.1)
    assert slept == []


def test_deadline_ends_a_transfer(server, get, monkeypatch):
    ticks = count(0, 10)
    monkeypatch.setattr(transfer, "MIN_BYTES_PER_SECOND", 0)
    server.script = [respond(200, BODY)]
    with pytest.raises(DownloadError, match="took too long"):
        get(clock=lambda: next(ticks), deadline=35)


def test_unwritable_folder_is_named(server, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadError, match=r"cannot be written.*DETECTION_CACHE_DIR") as caught:
        fetch(server.url(), tmp_path / "file" / "names.txt", max_bytes=10)
    assert "free" not in str(caught.value)
    assert not isinstance(caught.value, DownloadInterrupted)


@pytest.mark.parametrize(
    ("number", "remedy", "may_pass"),
    [
        (errno.ENOSPC, "free some space", True),
        (errno.EMFILE, "ulimit -n", True),
        (errno.EACCES, "allow access", False),
        (errno.EROFS, "can be written to", False),
    ],
)
def test_unwritable_file_is_reported_with_the_remedy_for_its_cause(
    server, get, dest, monkeypatch, number, remedy, may_pass
):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number), str(dest) + ".part")

    server.script = [respond(200, BODY)]
    monkeypatch.setattr(transfer, "_receive", refuse)
    with pytest.raises(DownloadError, match=remedy) as caught:
        get()
    assert os.strerror(number) in str(caught.value)
    assert ".part" not in str(caught.value)
    assert isinstance(caught.value, DownloadInterrupted) is may_pass


@pytest.mark.parametrize(
    ("answer", "keys", "may_pass"),
    [
        (respond(500), {}, True),
        (cut_off_after(100_000, BODY), {}, True),
        (respond(404), {}, False),
        (respond(200, BODY), {"sha256": "0" * 64}, False),
        (respond(200, BODY), {"max_bytes": 10}, False),
    ],
)
def test_temporary_failures_differ_from_final_ones(server, get, answer, keys, may_pass):
    server.script = [answer]
    with pytest.raises(DownloadError) as caught:
        get(retries=0, **keys)
    assert isinstance(caught.value, DownloadInterrupted) is may_pass


def test_unrequested_compressed_transfer_is_refused(server, get):
    server.script = [respond(200, b"\x1f\x8b", Content_Encoding="gzip")]
    with pytest.raises(DownloadError, match="sends it only as gzip"):
        get()
    assert server.requests[0]["Accept-Encoding"] == "identity"
