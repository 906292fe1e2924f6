"""The message on the terminal once the API answers."""

import pytest

from gender_detection.config import Settings
from gender_detection.serving.startup_message import open_access_warning


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_open_api_without_keys_gets_a_warning_of_one_line(host: str):
    message = open_access_warning(Settings(host=host))

    assert message.count("\n") == 1
    assert "all addresses" in message
    assert "GENDER_DETECTION_API_KEYS" in message


@pytest.mark.parametrize(
    "settings", [Settings(host="127.0.0.1"), Settings(host="0.0.0.0", api_keys="keys.json")]
)
def test_api_on_loopback_or_with_keys_gets_no_warning(settings: Settings):
    assert open_access_warning(settings) == ""
