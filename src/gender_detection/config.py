"""Settings of the entry points, read once from the environment.

Only entry points (command line, scripts, notebook, API) call Settings.from_env(). Library functions
take arguments.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .errors import ConfigError

PREFIX = "GENDER_DETECTION_"
# The smallest value that each of these settings may have.
MINIMUM = {
    "workers": 1,
    "max_body_bytes": 1024,
    "max_table_bytes": 1024,
    "model_poll_seconds": 0.1,
    "max_concurrency": 1,
    "max_connections": 8,
    "request_seconds": 0.1,
    "stop_seconds": 0.1,
    "drift_seconds": 1.0,
    "table_rate": 1,
}
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True)
class RegisteredModel:
    """A model in the registry, named by an alias or a version; the other one is empty."""

    name: str
    alias: str
    version: str

    def __str__(self) -> str:
        """Return the URI that MLflow uses for it."""
        return f"models:/{self.name}" + (f"@{self.alias}" if self.alias else f"/{self.version}")


@dataclass(frozen=True)
class Settings:
    """All settings. The variable of a field is its name in upper case, after the prefix.

    home         folder of everything that is made: data, models, MLflow, Airflow, logs
    data_uri     where the four datasets are: any URI that Spark can write to
    sources      your own catalogue files, separated by ':' (merged over the built-in one), and the
                 word permissive: only sources that let you pass the model on freely
    cache_dir    where downloaded sources are kept
    sample       share of the names to build with, chosen by a hash of the key
    tracking_uri address of MLflow's tracking and registry
    experiment   MLflow experiment
    model_name   name of the registered model
    model_dir    folder of the artifacts that are served
    host, port, workers  of the API
    max_body_bytes       largest request body, except tables
    corrections  table of your own corrections, which come before the evidence of the served model
                 ("": none)
    people       file of labelled people that each trained version is evaluated on ("": none)
    model_uri    the model that is served: "" for the one published in model_dir;
                 models:/NAME@ALIAS or models:/NAME/VERSION of the registry, copied into model_dir;
                 the folder of an artifact; or None, where neither this nor model_dir is set, for
                 the one published in model_dir, else that of the installed model package
    model_sha256 digest that the served model must have, as model show prints it ("": any)
    model_poll_seconds   how often the registry is asked for a new version
    max_table_bytes      largest CSV or Arrow table in a request
    max_instances        most instances in one request
    max_spool_bytes      most bytes of bodies that a worker keeps in the temporary folder; a client
                 gets at most half of what the others leave free (0: twice max_table_bytes)
    table_rate           average bytes per second at which a table must arrive, after the first
                 request_seconds
    max_concurrency      requests in progress per worker, running or waiting; more get a 503
    max_connections      open connections per worker
    request_seconds      time that a client has to send a request, and to read each chunk of the
                 answer
    stop_seconds         time that requests in progress have to finish when the server stops
    api_keys             file of hashed API keys ("": none needed)
    rate_limit           names per key or address, such as 1000/second ("": no limit)
    rate_limit_storage   where they are counted, a URI of the library limits ("": this machine)
    trusted_proxies      networks of the proxies whose X-Forwarded-For is trusted, such as
                 10.0.0.0/8,192.0.2.7 ("": none)
    cors_origins         origins that browsers may call from, separated by commas ("": none)
    access_log           whether each request is logged, as a line of JSON
    metrics_uri  where the pipeline reports its metrics: a folder, or http(s)://… of a Pushgateway
    metrics_port of the server of the reports in the folder
    drift_seconds of traffic that are compared with the data that the model was made for
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
    corrections: str = ""
    people: str = ""
    model_uri: str | None = ""
    model_sha256: str = ""
    model_poll_seconds: float = 30.0
    max_table_bytes: int = 1024 * 1024 * 1024
    max_instances: int = 10_000
    max_spool_bytes: int = 0
    table_rate: int = 125_000
    max_concurrency: int = 64
    max_connections: int = 512
    request_seconds: float = 30.0
    stop_seconds: float = 10.0
    api_keys: str = ""
    rate_limit: str = ""
    rate_limit_storage: str = ""
    trusted_proxies: str = ""
    cors_origins: str = ""
    access_log: bool = True
    metrics_uri: str = ""
    metrics_port: int = 5002
    drift_seconds: float = 300.0

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Return the settings from the environment; raise ConfigError for an invalid value."""
        env = os.environ if env is None else env
        given: dict[str, Any] = {}
        for field in fields(cls):
            variable = PREFIX + field.name.upper()
            if raw := env.get(variable, "").strip():
                given[field.name] = _parse(variable, raw, field.type)
        if not given.get("model_dir"):
            given.setdefault("model_uri", None)
        if env.get(f"{PREFIX}PROXIES", "").strip() not in ("", "0"):
            raise ConfigError(
                f"{PREFIX}PROXIES is no longer supported: set {PREFIX}TRUSTED_PROXIES to the "
                "networks of the proxies, such as 10.0.0.0/8"
            )
        settings = cls(**given)
        settings._check()
        return settings._with_derived_defaults()

    def _check(self) -> None:
        if not 0 < self.sample <= 1:
            raise ConfigError(f"{PREFIX}SAMPLE={self.sample}: give a share above 0 and up to 1")
        for name in ("port", "metrics_port"):
            if not 0 < (port := getattr(self, name)) < 65536:
                raise ConfigError(f"{PREFIX}{name.upper()}={port}: give a port from 1 to 65535")
        if not 1 <= self.max_instances <= 10_000:
            raise ConfigError(
                f"{PREFIX}MAX_INSTANCES={self.max_instances}: give a number from 1 to 10000"
            )
        # One client gets half of an empty spool.
        min_spool = 2 * max(self.max_table_bytes, self.max_body_bytes)
        if self.max_spool_bytes and self.max_spool_bytes < min_spool:
            raise ConfigError(
                f"{PREFIX}MAX_SPOOL_BYTES={self.max_spool_bytes}: give at least {min_spool}, "
                "twice the largest table or body"
            )
        registered_model(self.model_uri)
        if self.model_sha256 and not re.fullmatch("[0-9a-f]{64}", self.model_sha256):
            raise ConfigError(
                f"{PREFIX}MODEL_SHA256={self.model_sha256}: give the 64 hexadecimal digits, in "
                "lower case, that 'gender-detection model show' prints"
            )
        _check_metrics_uri(self.metrics_uri)
        for name, minimum in MINIMUM.items():
            if not getattr(self, name) >= minimum:
                raise ConfigError(
                    f"{PREFIX}{name.upper()}={getattr(self, name)}: give at least {minimum}"
                )

    def _with_derived_defaults(self) -> "Settings":
        home = self.home.absolute()
        derived: dict[str, Any] = {
            "home": home,
            "data_uri": self.data_uri or str(home / "data"),
            "cache_dir": self.cache_dir or str(home / "downloads"),
            "tracking_uri": self.tracking_uri or f"sqlite:///{home}/mlflow/mlflow.db",
            "model_dir": self.model_dir or str(home / "model"),
            "metrics_uri": self.metrics_uri or str(home / "metrics"),
        }
        return Settings(
            **{f.name: derived.get(f.name, getattr(self, f.name)) for f in fields(self)}
        )


def registered_model(model_uri: str | None) -> RegisteredModel | None:
    """Return the registered model in model_uri, None for a folder, "" or None.

    Raise ConfigError for any other URI.
    """
    if not model_uri or not re.match(r"[a-z][a-z0-9+.-]*:", model_uri):
        return None
    if named := re.fullmatch(r"models:/([^/@:]+)(?:@([^/@:]+)|/([0-9]+))", model_uri):
        return RegisteredModel(named[1], named[2] or "", named[3] or "")
    raise ConfigError(
        f"{PREFIX}MODEL_URI={without_password(model_uri)}: give models:/NAME@ALIAS, "
        "models:/NAME/VERSION, or the folder of an artifact"
    )


def without_password(uri: str) -> str:
    """Return a URI without the user and the password before its host, for messages."""
    # abfss:// has a container before the host, which is no secret; http may have a token.
    return re.sub(r"^(https?://)[^/]*@|^([a-z][a-z0-9+.-]*://)[^/@]*:[^/]*@", r"\1\2", uri)


def _check_metrics_uri(metrics_uri: str) -> None:
    # A password would be logged if the gateway did not answer.
    gateway = re.fullmatch(r"https?://[^\s/@]+(/[^\s@]*)?", metrics_uri)
    if re.match(r"[a-z][a-z0-9+.-]*:", metrics_uri) and not gateway:
        raise ConfigError(
            f"{PREFIX}METRICS_URI={without_password(metrics_uri)}: give a folder, or "
            "http://HOST:PORT of a Pushgateway that asks for no password"
        )


def _parse(variable: str, raw: str, kind: Any) -> Any:
    if kind is bool:
        if raw.lower() not in _BOOLEANS:
            raise ConfigError(f"{variable}={raw}: expected true or false")
        return _BOOLEANS[raw.lower()]
    try:
        return kind(raw) if isinstance(kind, type) else raw  # a text or None
    except ValueError as err:
        raise ConfigError(f"{variable}={raw}: expected {kind.__name__}") from err
