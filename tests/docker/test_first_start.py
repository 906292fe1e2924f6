"""Secrets are created once, each in its own volume."""

import configparser
import stat
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docker"))

import first_start

FOLDERS = ("admin", "database", "mlflow", "registry-reader", "registry-writer", "spark")


@pytest.fixture
def volumes(tmp_path: Path) -> Path:
    """Empty volumes."""
    for name in FOLDERS:
        (tmp_path / name).mkdir()
    return tmp_path


def _files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_second_start_changes_nothing(volumes: Path):
    first_start.make(volumes)
    before = _files(volumes)
    first_start.make(volumes)
    assert _files(volumes) == before


def test_only_a_lost_file_is_created_again(volumes: Path):
    first_start.make(volumes)
    before = _files(volumes)
    (volumes / "spark" / "spark-defaults.conf").unlink()
    first_start.make(volumes)
    changed = {name for name, text in _files(volumes).items() if text != before[name]}
    assert changed == {"spark/spark-defaults.conf"}


def test_clients_of_mlflow_get_the_passwords_of_the_server(volumes: Path):
    first_start.make(volumes)
    for user, home in (("api", "registry-reader"), ("pipeline", "registry-writer")):
        config = configparser.ConfigParser()
        config.read(volumes / home / "credentials")
        assert config["mlflow"]["mlflow_tracking_username"] == user
        password = (volumes / "mlflow" / user).read_text()
        assert config["mlflow"]["mlflow_tracking_password"] == password
        assert len(password) >= 24


def test_files_are_private_to_their_owner_unless_another_user_reads_them(volumes: Path):
    first_start.make(volumes)
    modes = {name: stat.S_IMODE((volumes / name).stat().st_mode) for name in _files(volumes)}
    assert modes.pop("admin/grafana") == 0o644
    assert modes.pop("database/mlflow") == 0o644
    assert set(modes.values()) == {0o600}


def test_unwritable_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(first_start, "FOLDER", tmp_path / "none")
    assert first_start.main() == 1
    assert f"{tmp_path / 'none' / 'admin'}" in capsys.readouterr().err
