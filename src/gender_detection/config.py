"""Settings of the entry points, read once from the environment.

Only entry points (command line, scripts, notebook, API) call Settings.from_env(); library
functions take arguments.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .errors import ConfigError

PREFIX = "GENDER_DETECTION_"


@dataclass(frozen=True)
class Settings:
    """Every setting of the system; the variable is the field's name, prefixed and upper-cased.

    home         folder of all that is made here: data, models, MLflow, Airflow, logs
    data_uri     where the four datasets live; any URI that Spark can write to
    sources      catalogue files of your own, separated by ':' (merged over the built-in one)
    cache_dir    where downloaded sources are kept
    sample       read only names whose key hashes into this share of 1 (tests, first looks)
    tracking_uri MLflow tracking and registry address
    experiment   MLflow experiment
    model_name   name of the registered model
    model_dir    folder that holds the artifacts served
    host, port, workers  of the API
    max_body_bytes       largest request body the API reads
    people       labelled people, a file, that each trained version is evaluated on ("": none)
    """

    home: Path = Path("var")
    data_uri: str = ""
    sources: str = ""
    cache_dir: str = ""
    sample: float = 1.0
    tracking_uri: str = ""
    experiment: str = "gender-detection"
    model_name: str = "gender-detection"
    model_dir: str = ""
    host: str = "0.0.0.0"  # noqa: S104 - an API that others call; loopback by configuration
    port: int = 5000
    workers: int = 2
    max_body_bytes: int = 8 * 1024 * 1024
    people: str = ""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Return the settings that the environment asks for; raise ConfigError on a bad value."""
        env = os.environ if env is None else env
        given: dict[str, Any] = {}
        for field in fields(cls):
            variable = PREFIX + field.name.upper()
            if raw := env.get(variable, "").strip():
                given[field.name] = _parse(variable, raw, field.type)
        settings = cls(**given)
        settings._check()
        return settings._with_derived_defaults()

    def _check(self) -> None:
        if not 0 < self.sample <= 1:
            raise ConfigError(f"{PREFIX}SAMPLE={self.sample}: give a share above 0 and up to 1")
        if not 0 < self.port < 65536:
            raise ConfigError(f"{PREFIX}PORT={self.port}: give a port from 1 to 65535")
        if self.workers < 1:
            raise ConfigError(f"{PREFIX}WORKERS={self.workers}: give at least 1")
        if self.max_body_bytes < 1024:
            raise ConfigError(f"{PREFIX}MAX_BODY_BYTES={self.max_body_bytes}: give at least 1024")

    def _with_derived_defaults(self) -> "Settings":
        home = self.home.absolute()
        derived: dict[str, Any] = {
            "home": home,
            "data_uri": self.data_uri or str(home / "data"),
            "cache_dir": self.cache_dir or str(home / "downloads"),
            "tracking_uri": self.tracking_uri or f"sqlite:///{home}/mlflow/mlflow.db",
            "model_dir": self.model_dir or str(home / "model"),
        }
        return Settings(
            **{f.name: derived.get(f.name, getattr(self, f.name)) for f in fields(self)}
        )


def _parse(variable: str, raw: str, kind: Any) -> Any:
    try:
        return kind(raw)
    except ValueError as err:
        raise ConfigError(f"{variable}={raw}: expected {kind.__name__}") from err
