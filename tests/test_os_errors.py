"""Errors of the operating system are reported with their cause and remedy."""

import errno
import os
import re
from pathlib import Path

import pytest

from gender_detection import os_errors


def refusal(number: int, path: object = None) -> OSError:
    return OSError(number, os.strerror(number), path)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EACCES, "allow access"),
        (errno.EROFS, "can be written to"),
        (errno.ENOENT, "check the path"),
        (errno.EMFILE, "ulimit -n"),
        (errno.ENAMETOOLONG, "a shorter name"),
    ],
)
def test_each_cause_has_its_remedy(number: int, remedy: str):
    message = os_errors.describe(refusal(number, "/x/out.csv"))

    assert message.startswith(f"/x/out.csv: {os.strerror(number)}: ")
    assert remedy in message
    others = {other for other in os_errors.REMEDIES.values() if other not in message}
    assert len(others) >= len(set(os_errors.REMEDIES.values())) - 1
    assert "Errno" not in message


def test_cause_without_a_known_remedy_is_reported_without_one():
    assert os_errors.describe(refusal(errno.EXDEV, "/x")) == f"/x: {os.strerror(errno.EXDEV)}"
    assert os_errors.describe(OSError("message of a library")) == "message of a library"


@pytest.mark.parametrize(
    ("refused", "named"),
    [
        (refusal(errno.EACCES, "/x/.out.part"), "/x/out"),
        (refusal(errno.ENOENT, "/x/.out.part/a/b.csv"), "/x/out/a/b.csv"),
        (refusal(errno.ENOSPC), "/x/out"),
        (refusal(errno.EMFILE), None),
        (refusal(errno.EACCES, "/elsewhere"), "/elsewhere"),
        (OSError(errno.ENOSPC, "Error writing '/x/.out.part'", "/x/.out.part"), "/x/out"),
    ],
)
def test_temporary_file_is_reported_under_its_final_path(refused: OSError, named: str | None):
    assert refused.errno is not None
    message = re.escape(os.strerror(refused.errno))
    reported_as_out = os_errors.renamed(Path("/x/.out.part"), Path("/x/out"))
    with pytest.raises(OSError, match=message) as caught, reported_as_out:
        raise refused

    assert (caught.value.errno, caught.value.filename) == (refused.errno, named)
    assert ".part" not in os_errors.describe(caught.value)
