"""What is checked before workers start."""

import pytest

from gender_detection.config import Settings
from gender_detection.errors import ConfigError
from gender_detection.serving import worker


def test_server_that_is_installed_here_is_one_that_was_tried():
    worker.check_server(Settings())


@pytest.mark.parametrize("found", ["0.53.9", "0.55.0", "1.0"])
def test_server_of_another_version_is_named_with_the_remedy(monkeypatch, found):
    monkeypatch.setattr(worker, "version", lambda _: found)

    with pytest.raises(ConfigError, match=f"uvicorn {found} is installed.*install that"):
        worker.check_server(Settings())


def test_network_that_is_none_is_named_before_any_worker_starts():
    with pytest.raises(ConfigError, match=r"TRUSTED_PROXIES has proxy\.example"):
        worker.check_server(Settings(trusted_proxies="proxy.example"))


def test_worker_keeps_two_of_the_largest_tables_unless_told_otherwise():
    assert worker.limits_of(Settings(max_table_bytes=10**9)).spool_bytes == 2 * 10**9
    told = Settings(max_table_bytes=10**9, max_spool_bytes=3 * 10**9)
    assert worker.limits_of(told).spool_bytes == 3 * 10**9
