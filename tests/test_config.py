"""Settings come from the environment; an error names the invalid one and the remedy."""

import dataclasses
from pathlib import Path

import pytest

from gender_detection.config import PREFIX, Settings, misspelt, registered_model, without_password
from gender_detection.errors import ConfigError

GIVEN = {
    "home": ("/srv/names", Path("/srv/names")),
    "data_uri": ("s3a://bucket/data", "s3a://bucket/data"),
    "sources": ("a.toml:b.toml", "a.toml:b.toml"),
    "cache_dir": ("/tmp/cache", "/tmp/cache"),
    "data_rules": ("/srv/rules.toml", "/srv/rules.toml"),
    "accept_data_changes": ("0123456789ab", "0123456789ab"),
    "sample": ("0.25", 0.25),
    "data_version": ("a417e849370ff7d1", "a417e849370ff7d1"),
    "data_schedule": ("0 3 * * 1", "0 3 * * 1"),
    "training_schedule": ("0 5 1 * *", "0 5 1 * *"),
    "training_run": ("monday", "monday"),
    "tracking_uri": ("http://mlflow:5000", "http://mlflow:5000"),
    "artifacts_uri": ("s3://bucket/runs", "s3://bucket/runs"),
    "experiment": ("trial", "trial"),
    "model_name": ("names", "names"),
    "model_dir": ("/srv/model", "/srv/model"),
    "host": ("127.0.0.1", "127.0.0.1"),
    "port": ("8080", 8080),
    "workers": ("4", 4),
    "max_body_bytes": ("2048", 2048),
    "corrections": ("/srv/own.csv", "/srv/own.csv"),
    "people": ("/srv/people.csv", "/srv/people.csv"),
    "gate_rules": ("/srv/rules.toml", "/srv/rules.toml"),
    "auto_promote": ("no", False),
    "model_uri": ("models:/names@champion", "models:/names@champion"),
    "model_sha256": ("0123456789abcdef" * 4, "0123456789abcdef" * 4),
    "model_poll_seconds": ("5", 5.0),
    "shadow_share": ("0.1", 0.1),
    "max_table_bytes": ("4096", 4096),
    "max_instances": ("100", 100),
    "max_concurrency": ("16", 16),
    "max_connections": ("64", 64),
    "request_seconds": ("2.5", 2.5),
    "stop_seconds": ("3", 3.0),
    "api_keys": ("/srv/keys.json", "/srv/keys.json"),
    "rate_limit": ("100/second", "100/second"),
    "rate_limit_storage": ("redis://cache:6379", "redis://cache:6379"),
    "trusted_proxies": ("10.0.0.0/8", "10.0.0.0/8"),
    "max_spool_bytes": ("4000000000", 4_000_000_000),
    "table_rate": ("1000", 1000),
    "keep_versions": ("3", 3),
    "keep_rollbacks": ("2", 2),
    "failed_run_days": ("7.5", 7.5),
    "cors_origins": ("https://a.example", "https://a.example"),
    "access_log": ("no", False),
    "metrics_uri": ("http://gateway:9091", "http://gateway:9091"),
    "metrics_port": ("9102", 9102),
    "drift_seconds": ("60", 60.0),
    "auto_rollback": ("yes", True),
    "rollback_seconds": ("600", 600.0),
    "rollback_names": ("500", 500),
    "rollback_unknown": ("0.05", 0.05),
    "rollback_drift": ("0.3", 0.3),
}


def test_empty_environment_gives_the_defaults_below_home():
    settings = Settings.from_env({})

    home = Path("var").absolute()
    assert settings.home == home
    assert settings.data_uri == f"{home}/data"
    assert settings.cache_dir == f"{home}/downloads"
    assert settings.model_dir == f"{home}/model"
    assert settings.metrics_uri == f"{home}/metrics"
    assert settings.tracking_uri == f"sqlite:///{home}/mlflow/mlflow.db"
    assert (settings.port, settings.workers, settings.sample) == (5000, 2, 1.0)


def test_home_moves_every_default_path():
    settings = Settings.from_env({PREFIX + "HOME": "/srv/names"})

    made = (settings.data_uri, settings.cache_dir, settings.model_dir, settings.tracking_uri,
            settings.metrics_uri)  # fmt: skip
    assert all("/srv/names/" in location for location in made)


def test_every_setting_has_a_test_value():
    assert set(GIVEN) == {field.name for field in dataclasses.fields(Settings)}


@pytest.mark.parametrize("name", GIVEN)
def test_variable_sets_its_field(name: str):
    raw, expected = GIVEN[name]

    value = getattr(Settings.from_env({PREFIX + name.upper(): f" {raw} "}), name)

    assert value == expected
    assert type(value) is type(expected) or isinstance(value, Path)


def test_empty_variable_counts_as_unset():
    assert Settings.from_env({PREFIX + "PORT": "  "}).port == 5000


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("PORT", "http", "int"),
        ("PORT", "0", "1 to 65535"),
        ("PORT", "65536", "1 to 65535"),
        ("METRICS_PORT", "0", "1 to 65535"),
        ("METRICS_PORT", "65536", "1 to 65535"),
        ("METRICS_URI", "s3://bucket/metrics", "give a folder, or http://HOST:PORT"),
        ("METRICS_URI", "http:///metrics", "give a folder, or http://HOST:PORT"),
        ("MODEL_SHA256", "abc", "gender-detection model show"),
        ("WORKERS", "0", "at least 1"),
        ("WORKERS", "two", "int"),
        ("SAMPLE", "0", "above 0 and up to 1"),
        ("SAMPLE", "1.5", "above 0 and up to 1"),
        ("SAMPLE", "nan", "above 0 and up to 1"),
        ("SAMPLE", "half", "float"),
        ("SHADOW_SHARE", "1.5", "a share from 0 to 1"),
        ("SHADOW_SHARE", "-0.1", "a share from 0 to 1"),
        ("SHADOW_SHARE", "nan", "a share from 0 to 1"),
        ("ROLLBACK_UNKNOWN", "0", "above 0 and up to 1"),
        ("ROLLBACK_DRIFT", "1.5", "above 0 and up to 1"),
        ("ROLLBACK_NAMES", "5", "at least 20"),
        ("MAX_BODY_BYTES", "10", "at least 1024"),
        ("MAX_BODY_BYTES", "8M", "int"),
        ("MAX_INSTANCES", "10001", "from 1 to 10000"),
        ("MAX_CONCURRENCY", "0", "at least 1"),
        ("REQUEST_SECONDS", "nan", "at least 0.1"),
        ("PROXIES", "1", "TRUSTED_PROXIES"),
        ("MAX_SPOOL_BYTES", "5", "at least 2147483648, twice the largest table"),
        ("TABLE_RATE", "0", "at least 1"),
        ("ACCESS_LOG", "maybe", "true or false"),
    ],
)
def test_invalid_value_is_reported_with_the_remedy(name: str, value: str, remedy: str):
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({PREFIX + name: value})

    assert PREFIX + name in str(caught.value)
    assert value in str(caught.value)
    assert remedy in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("METRICS_URI", "http://user:correct-horse@gateway:9091"),
        ("METRICS_URI", "http://user:correct@horse@gateway:9091"),
        ("MODEL_URI", "https://user:correct-horse@models.example/names"),
    ],
)
def test_password_in_an_invalid_address_is_not_shown(name: str, value: str):
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({PREFIX + name: value})

    assert PREFIX + name in str(caught.value)
    assert value.rpartition("@")[2] in str(caught.value)
    assert "horse" not in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("postgresql://mlflow:horse@database/mlflow", "postgresql://database/mlflow"),
        ("redis://:horse@cache:6379", "redis://cache:6379"),
        ("https://token@mlflow.example/a@b", "https://mlflow.example/a@b"),
        ("abfss://container@account.example/data", "abfss://container@account.example/data"),
        ("sqlite:////home/a:b@c/mlflow.db", "sqlite:////home/a:b@c/mlflow.db"),
        ("http://mlflow:5000/a:b@c", "http://mlflow:5000/a:b@c"),
        ("/data/a:b@c", "/data/a:b@c"),
    ],
)
def test_address_is_shown_without_its_password(uri: str, shown: str):
    assert without_password(uri) == shown


def test_pushgateway_with_a_password_is_refused():
    with pytest.raises(ConfigError, match="asks for no password"):
        Settings.from_env({PREFIX + "METRICS_URI": "http://user:secret@gateway:9091"})


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


def test_reading_settings_creates_no_folder(tmp_path: Path):
    Settings.from_env({PREFIX + "HOME": str(tmp_path / "home")})

    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("model_uri", "name", "alias", "version"),
    [
        ("models:/names@champion", "names", "champion", ""),
        ("models:/my names/12", "my names", "", "12"),
    ],
)
def test_registered_model_is_named_by_an_alias_or_a_version(model_uri, name, alias, version):
    named = registered_model(model_uri)

    assert named is not None
    assert (named.name, named.alias, named.version) == (name, alias, version)
    assert str(named) == model_uri


@pytest.mark.parametrize("model_uri", ["", "/srv/artifact", "artifact", "./models:/x"])
def test_folder_is_not_a_registered_model(model_uri):
    assert registered_model(model_uri) is None


@pytest.mark.parametrize(
    "model_uri",
    ["models:/", "models:/names", "models:/names/Production", "models:/names@", "models:/@champion",
     "models:/a/b@c", "models:names@champion", "runs:/1/model", "s3://bucket/model",
     "http://host/model"],
)  # fmt: skip
def test_other_uri_is_refused_with_the_remedy(model_uri):
    with pytest.raises(ConfigError, match=r"MODEL_URI=.*models:/NAME@ALIAS"):
        Settings.from_env({PREFIX + "MODEL_URI": model_uri})


def test_misspelt_settings_are_named_with_what_was_meant():
    env = {
        f"{PREFIX}API_KEY": "keys.json",
        f"{PREFIX}SOMETHING_ELSE": "1",
        f"{PREFIX}PORT": "5001",
        f"{PREFIX}COMPILE": "no",
        "PATH": "/bin",
    }
    assert misspelt(env) == [
        f"{PREFIX}API_KEY is no setting, and has no effect: did you mean {PREFIX}API_KEYS?",
        f"{PREFIX}SOMETHING_ELSE is no setting, and has no effect",
    ]
