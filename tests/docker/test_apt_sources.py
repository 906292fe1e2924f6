"""A stand-in image is made from the source of this machine's Debian packages."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.docker import apt_sources

SCRIPT = Path(__file__).with_name("stand_in_python.sh")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
LINES = """\
# deb http://commented.example/debian bookworm main
deb-src http://source.example/debian bookworm main
deb cdrom:[Debian_12]/ bookworm main
deb http://contrib.example/debian bookworm contrib non-free
deb [arch=amd64 signed-by=/usr/a.gpg] http://lines.example/debian/ bookworm main contrib # here
deb   https://lines.example/debian-security\tbookworm-security main
deb http://second.example/debian bookworm main
deb
"""
PARAGRAPHS = """\
# Types: deb
Types: deb
URIs: http://switched-off.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm
Components: main

Types: deb deb-src
# a comment within
URIs: mirror+file:/etc/apt/mirrors
  http://paragraphs.example/debian
Suites: bookworm
 bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc: def
 -----END PGP PUBLIC KEY BLOCK-----
\t
types: deb
uris: http://paragraphs.example/debian-security
suites: bookworm-security
components: main
"""


@pytest.fixture
def apt(tmp_path: Path) -> Path:
    """A folder like /etc/apt, without a source."""
    (tmp_path / "apt" / "sources.list.d").mkdir(parents=True)
    return tmp_path / "apt"


def as_lines(apt: Path) -> str:
    (apt / "sources.list").write_text(LINES)
    return "lines.example"


def as_lines_in_a_part(apt: Path) -> str:
    (apt / "sources.list.d" / "a.list").write_text(LINES)
    return "lines.example"


def as_paragraphs(apt: Path) -> str:
    (apt / "sources.list.d" / "debian.sources").write_text(PARAGRAPHS)
    return "paragraphs.example"


@pytest.mark.parametrize("write", [as_lines, as_lines_in_a_part, as_paragraphs])
def test_addresses_come_from_the_sources_of_the_machine(apt: Path, write):
    host = write(apt)
    scheme = "https" if host == "lines.example" else "http"

    assert apt_sources.address_of("bookworm", apt) == f"http://{host}/debian"
    security = apt_sources.address_of("bookworm-security", apt)
    assert security == f"{scheme}://{host}/debian-security"


@pytest.mark.parametrize("suite", ["trixie", "trixie-security"])
def test_address_of_another_release_is_accepted(apt: Path, suite: str):
    as_lines(apt)

    expected = (
        "https://lines.example/debian-security" if "-" in suite else "http://lines.example/debian"
    )
    assert apt_sources.address_of(suite, apt) == expected


@pytest.mark.parametrize("ending", ["list.disabled", "sources.save", "txt"])
def test_files_that_apt_ignores_are_ignored(apt: Path, ending: str):
    (apt / "sources.list.d" / f"debian.{ending}").write_text(LINES + PARAGRAPHS)

    with pytest.raises(apt_sources.NoSource, match="names no http"):
        apt_sources.address_of("bookworm", apt)


def run_script(
    tmp_path: Path, apt: Path, image: str = "python:3.11-slim-bookworm"
) -> subprocess.CompletedProcess[str]:
    """Make the stand-in, with a debootstrap and an engine that only record their arguments."""
    programs = tmp_path / "bin"
    programs.mkdir()
    noted, listed = tmp_path / "debootstrap", tmp_path / "sources.list"
    texts = {
        "debootstrap": f"""#!/bin/sh
echo "$@" >{noted}
while [ "$1" != bookworm ]; do shift; done
cd "$2"
mkdir -p usr/bin usr/local/bin usr/lib/python3.11
mkdir -p etc/apt/apt.conf.d etc/dpkg/dpkg.cfg.d etc/ssl/certs
touch usr/bin/python3.11
echo "deb $3 bookworm main" >etc/apt/sources.list
""",
        "docker": f"#!/bin/sh\ntar -x -O ./etc/apt/sources.list >{listed}\n",
    }
    for name, text in texts.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    own = {"PATH": path, "APT_FOLDER": str(apt), "DEBOOTSTRAP_CACHE": str(tmp_path / "cache")}
    return subprocess.run(
        [str(SCRIPT), image], env={**os.environ, **own}, capture_output=True, text=True, timeout=60
    )


@pytest.mark.skipif(not CERTIFICATES.exists(), reason="needs a machine with Debian's certificates")
def test_image_is_made_from_those_addresses_and_keeps_them(tmp_path: Path, apt: Path):
    as_paragraphs(apt)

    done = run_script(tmp_path, apt)

    assert done.returncode == 0, done.stderr
    arguments = (tmp_path / "debootstrap").read_text().split()
    assert arguments[-1] == "http://paragraphs.example/debian"
    assert (tmp_path / "sources.list").read_text().splitlines() == [
        "deb http://paragraphs.example/debian bookworm main",
        "deb http://paragraphs.example/debian-security bookworm-security main",
    ]


@pytest.mark.parametrize("missing", ["bookworm", "bookworm-security"])
def test_machine_without_such_a_source_gets_a_message_on_what_to_add(
    tmp_path: Path, apt: Path, missing: str
):
    there = {"bookworm", "bookworm-security"} - {missing}
    lines = "".join(f"deb http://lines.example/x {suite} main\n" for suite in there)
    (apt / "sources.list").write_text(lines)

    done = run_script(tmp_path, apt)

    assert done.returncode == 1
    assert f"names no http(s) source of Debian's {missing} main: add a line" in done.stderr
    assert str(apt / "sources.list") in done.stderr
    assert not (tmp_path / "debootstrap").exists()


def test_release_without_that_python_is_refused(tmp_path: Path, apt: Path):
    as_lines(apt)

    done = run_script(tmp_path, apt, "python:3.99-slim-bookworm")

    assert done.returncode == 1
    assert "Debian's bookworm has no Python 3.99" in done.stderr
