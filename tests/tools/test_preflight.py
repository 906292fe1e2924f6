import ast
import errno
import os
import socket
from collections import namedtuple

import preflight
import pytest

DiskUsage = namedtuple("DiskUsage", "total used free")


@pytest.fixture
def fake_java(tmp_path):
    def make(banner, code=0):
        folder = tmp_path / "jdk" / "bin"
        folder.mkdir(parents=True)
        java = folder / "java"
        java.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{banner}\nEND\nexit {code}\n")
        java.chmod(0o755)
        return {"JAVA_HOME": str(folder.parent), "PATH": os.environ["PATH"]}

    return make


@pytest.fixture
def taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield str(taken.getsockname()[1])


@pytest.mark.parametrize(
    ("banner", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_362"', 8),
        ('Picked up _JAVA_OPTIONS: -Xmx1g\nopenjdk version "21" 2023-09-19', 21),
        ('openjdk version "25-ea" 2025-09-16', 25),
        ("No Java runtime present, requesting install.", None),
    ],
)
def test_java_version_is_read_from_its_output(banner, major):
    assert preflight.java_major(banner) == major


def test_java_17_is_accepted(fake_java):
    assert preflight.java_problem(fake_java('openjdk version "17.0.1"')) is None


def test_java_8_is_too_old_and_the_line_says_what_to_install(fake_java):
    line = preflight.java_problem(fake_java('java version "1.8.0_362"'))
    assert line is not None
    assert "Java 8" in line
    assert "too old" in line
    assert "openjdk-17" in line


def test_missing_java_is_one_line_with_a_remedy(tmp_path):
    line = preflight.java_problem({"PATH": str(tmp_path)})
    assert line is not None
    assert line.startswith("no Java found")
    assert "openjdk-17" in line
    assert "\n" not in line


def test_java_home_without_a_java_is_named(tmp_path):
    line = preflight.java_problem({"JAVA_HOME": str(tmp_path), "PATH": os.environ["PATH"]})
    assert line is not None
    assert f"JAVA_HOME={tmp_path}" in line


def test_java_that_does_not_start_is_reported(fake_java):
    line = preflight.java_problem(fake_java("Unable to locate a Java Runtime.", code=1))
    assert line is not None
    assert line.startswith("no Java that runs")


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EADDRINUSE, "stop the program that listens there"),
        (errno.EACCES, "choose a port above 1023"),
        (errno.EADDRNOTAVAIL, "set GENDER_DETECTION_HOST"),
    ],
)
def test_refused_port_is_reported_with_the_remedy_for_its_cause(monkeypatch, number, remedy):
    class Refused(socket.socket):
        def bind(self, address):
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket, "socket", Refused)
    line = preflight.port_problem("127.0.0.1", "80", "GENDER_DETECTION_PORT")
    assert line is not None
    assert os.strerror(number).lower() in line
    assert remedy in line


def test_taken_port_is_named_with_its_setting(taken_port):
    line = preflight.port_problem("127.0.0.1", taken_port, "GENDER_DETECTION_PORT")
    assert line is not None
    assert f"port {taken_port}" in line
    assert "GENDER_DETECTION_PORT=" in line


def test_free_port_is_accepted(taken_port):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = str(probe.getsockname()[1])
    assert preflight.port_problem("127.0.0.1", free, "GENDER_DETECTION_PORT") is None


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_value_that_is_not_a_port_is_refused(port):
    line = preflight.port_problem("127.0.0.1", port, "GENDER_DETECTION_PORT")
    assert line is not None
    assert line.startswith(f"GENDER_DETECTION_PORT={port} is not a port:")


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)])
def test_old_python_is_refused_with_its_version(version):
    line = preflight.python_problem(version)
    assert line is not None
    assert line.startswith(f"Python {version[0]}.{version[1]} is too")


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0, 0)])
def test_new_python_is_accepted(version):
    assert preflight.python_problem(version) is None


@pytest.mark.parametrize("script", ["preflight", "bootstrap", "compiling"])
def test_an_old_python_can_read_the_scripts_that_refuse_it(script):
    source = (preflight.ROOT / "tools" / f"{script}.py").read_text()
    tree = ast.parse(source, feature_version=(3, 6))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    arguments = [argument for function in functions for argument in function.args.args]
    annotations = [node.annotation for node in arguments] + [node.returns for node in functions]
    # It evaluates annotations that are not in quotes, and has neither list[str] nor str | None.
    evaluated = {type(annotation).__name__ for annotation in annotations}
    assert evaluated <= {"Name", "Constant", "NoneType"}


def test_full_disk_is_reported_before_work_starts(tmp_path):
    line = preflight.disk_problem(
        tmp_path / "not" / "yet", 2 * preflight.GB, lambda place: DiskUsage(9, 9, preflight.GB)
    )
    assert line is not None
    assert line.startswith("disk full: 1.0 GB free")
    assert str(tmp_path) in line


def test_disk_with_room_is_accepted(tmp_path):
    usage = DiskUsage(9, 0, 2 * preflight.GB)
    assert preflight.disk_problem(tmp_path, 2 * preflight.GB, lambda place: usage) is None


def test_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "var").write_text("")
    assert str(tmp_path / "var") in str(preflight.folder_problem(tmp_path / "var" / "data"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    assert str(tmp_path) in str(preflight.folder_problem(tmp_path / "var"))


def test_missing_catalogue_is_named(tmp_path):
    here = tmp_path / "mine.toml"
    here.write_text("")
    line = preflight.sources_problem(f"{here}:/nowhere/theirs.toml")
    assert line is not None
    assert "/nowhere/theirs.toml" in line
    assert str(here) not in line


def test_permissive_is_not_taken_for_a_missing_catalogue(tmp_path):
    assert preflight.sources_problem("permissive") is None
    assert "/nowhere/mine.toml" in str(preflight.sources_problem("permissive:/nowhere/mine.toml"))


def test_missing_prometheus_and_a_taken_port_are_both_reported(tmp_path, taken_port):
    env = {
        "PATH": str(tmp_path),
        "GENDER_DETECTION_HOME": str(tmp_path),
        "PROMETHEUS_PORT": taken_port,
    }
    lines = preflight.problems("prometheus", env)
    assert any("apt install prometheus" in line for line in lines)
    assert any(f"PROMETHEUS_PORT={int(taken_port) + 1}" in line for line in lines)


def test_taken_port_of_jupyter_is_named_with_its_setting(tmp_path, taken_port):
    env = {"GENDER_DETECTION_HOME": str(tmp_path), "JUPYTER_PORT": taken_port}
    lines = preflight.problems("notebook", env)
    assert any(f"JUPYTER_PORT={int(taken_port) + 1}" in line for line in lines)


def test_all_problems_of_a_command_are_reported_at_once(tmp_path, taken_port):
    env = {
        "PATH": str(tmp_path),
        "GENDER_DETECTION_HOME": str(tmp_path),
        "GENDER_DETECTION_HOST": "127.0.0.1",
        "GENDER_DETECTION_PORT": taken_port,
    }
    lines = preflight.problems("run", env)
    assert any("Java" in line for line in lines)
    assert any(taken_port in line for line in lines)
