"""What the operating system refuses is told by its own cause, each with its own remedy."""

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
    told = os_errors.describe(refusal(number, "/x/out.csv"))

    assert told.startswith(f"/x/out.csv: {os.strerror(number)}: ")
    assert remedy in told
    others = {other for other in os_errors.REMEDIES.values() if other not in told}
    assert len(others) >= len(set(os_errors.REMEDIES.values())) - 1
    assert "Errno" not in told


def test_cause_without_a_known_remedy_is_told_without_one():
    assert os_errors.describe(refusal(errno.EXDEV, "/x")) == f"/x: {os.strerror(errno.EXDEV)}"
    assert os_errors.describe(OSError("said by a library")) == "said by a library"


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
def test_hidden_file_is_told_as_the_one_that_it_becomes(refused: OSError, named: str | None):
    said = re.escape(os.strerror(refused.errno))
    as_out = os_errors.renamed(Path("/x/.out.part"), Path("/x/out"))
    with pytest.raises(OSError, match=said) as caught, as_out:
        raise refused

    assert (caught.value.errno, caught.value.filename) == (refused.errno, named)
    assert ".part" not in os_errors.describe(caught.value)
