"""The checks before workers start."""

import pytest

from gender_detection.config import Settings
from gender_detection.errors import ConfigError
from gender_detection.serving import worker


def test_installed_version_of_uvicorn_is_a_tested_one():
    worker.check_server(Settings())


@pytest.mark.parametrize("installed", ["0.53.9", "0.55.0", "1.0"])
def test_untested_version_of_uvicorn_is_named_with_the_remedy(monkeypatch, installed):
    monkeypatch.setattr(worker, "version", lambda _: installed)

    with pytest.raises(ConfigError, match=f"uvicorn {installed} is installed.*install that"):
        worker.check_server(Settings())


def test_invalid_network_is_named_before_any_worker_starts():
    with pytest.raises(ConfigError, match=r"TRUSTED_PROXIES: invalid network proxy\.example"):
        worker.check_server(Settings(trusted_proxies="proxy.example"))


def test_worker_keeps_two_of_the_largest_tables_by_default():
    assert worker.limits_of(Settings(max_table_bytes=10**9)).spool_bytes == 2 * 10**9
    given = Settings(max_table_bytes=10**9, max_spool_bytes=3 * 10**9)
    assert worker.limits_of(given).spool_bytes == 3 * 10**9
