"""What stands on the terminal once the API answers."""

import pytest

from gender_detection.config import Settings
from gender_detection.serving.startup_message import warning


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_who_listens_to_all_without_keys_is_told_so_in_one_line(host: str):
    said = warning(Settings(host=host))

    assert said.count("\n") == 1
    assert "all addresses" in said
    assert "GENDER_DETECTION_API_KEYS" in said


@pytest.mark.parametrize(
    "settings", [Settings(host="127.0.0.1"), Settings(host="0.0.0.0", api_keys="keys.json")]
)
def test_others_are_told_nothing(settings: Settings):
    assert warning(settings) == ""
