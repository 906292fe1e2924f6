"""Settings of the entry points, read once from the environment.

Only entry points (command line, scripts, notebook, API) call Settings.from_env(). Library functions
take arguments.
"""

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
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
    "rollback_seconds": 1.0,
    "rollback_names": 20,
    "keep_versions": 1,
    "keep_rollbacks": 1,
    "failed_run_days": 0.0,
}
# Variables with our prefix that are not settings of the library: setup.py, and one that a server
# sets for its workers.
_OTHERS = ("compile", "shared_folder", "proxies")
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


def setting(default: Any, meaning: str) -> Any:
    """Return a field of Settings; the meaning is for its users, in Markdown."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """All settings. The variable of a field is its name in upper case, after the prefix.

    What each means is beside it, in Markdown for docs/configuration.md.
    """

    home: Path = setting(
        Path("var"),
        "folder of everything that is made: data, models, MLflow, Airflow, logs",
    )
    data_uri: str = setting(
        "",
        "where the datasets are: any URI that Spark can write to",
    )
    sources: str = setting(
        "",
        "your own catalogues, separated by `:`, and the word `permissive` to use only "
        "sources that let you pass the model on freely",
    )
    cache_dir: str = setting(
        "",
        "where downloaded sources are kept",
    )
    data_rules: str = setting(
        "",
        "TOML file of your own rules on how much a source may change between two runs",
    )
    accept_data_changes: str = setting(
        "",
        "the name of a list of such changes that you have looked at and mean, as the stopped "
        "run printed it",
    )
    sample: float = setting(
        1.0,
        "share of the names to build with, also of your own tables, for a first look",
    )
    data_version: str = setting(
        "",
        "version of the dataset *vectors* to train on, as `model show` prints it, at least its "
        "first 6 digits. The default is the newest",
    )
    data_schedule: str = setting(
        "",
        "when Airflow's scheduler runs the data pipeline by itself: a cron expression in UTC, such "
        "as `0 3 * * 1`",
    )
    training_schedule: str = setting(
        "",
        "when it also looks for data, or a release of this project, that no version was trained "
        "with, and trains: a cron expression in UTC",
    )
    training_run: str = setting(
        "",
        "name of the training that the notebook shows; the DAG sets it. By default the notebook "
        "trains by itself",
    )
    tracking_uri: str = setting(
        "",
        "MLflow's tracking and registry. The files of runs are beside an SQLite file, so you "
        "can copy or move `$HOME`",
    )
    artifacts_uri: str = setting(
        "",
        "folder or URI of the files of runs, if `TRACKING_URI` is a database such as PostgreSQL. "
        "A server has a place of its own for them, and so has SQLite",
    )
    experiment: str = setting(
        "gender-detection",
        "MLflow experiment",
    )
    model_name: str = setting(
        "gender-detection",
        "name of the registered model",
    )
    model_dir: str = setting(
        "",
        "folder of the artifacts that are served. If neither this nor `MODEL_URI` is set and "
        "it has none, an installed model is served",
    )
    host: str = setting(
        "0.0.0.0",  # noqa: S104 - an API that others call; loopback by configuration
        "address that the API listens on",
    )
    port: int = setting(
        5000,
        "port that the API listens on",
    )
    workers: int = setting(
        2,
        "worker processes of the API",
    )
    max_body_bytes: int = setting(
        8 * 1024 * 1024,
        "largest request body, except tables",
    )
    corrections: str = setting(
        "",
        "table of your own corrections, which come before the evidence of the model",
    )
    people: str = setting(
        "",
        "file of labelled people, in the form that `evaluate` reads. Each trained version is "
        "evaluated on them",
    )
    gate_rules: str = setting(
        "",
        "file of your own rules for what a new version may become champion with "
        "([rules](models.md#how-a-new-version-becomes-champion))",
    )
    auto_promote: bool = setting(
        True,
        "whether a version that the gate lets pass becomes champion at once. `false` leaves it "
        "challenger, which the shadow asks, until `model promote`; a first version is promoted all "
        "the same",
    )
    model_uri: str | None = setting(
        "",
        "the model that is served: empty for the one published in `MODEL_DIR`, "
        "`models:/gender-detection@champion` for that of the registry, or the folder of an "
        "artifact",
    )
    model_sha256: str = setting(
        "",
        "SHA-256 of the manifest of the model that is served, as `model show` prints it. Any "
        "other model is refused",
    )
    model_poll_seconds: float = setting(
        30.0,
        "how often the registry is asked for a new version",
    )
    shadow_share: float = setting(
        0.0,
        "share of the JSON requests to `POST /predict`, from 0 to 1, after which the challenger is "
        "asked too, to count how often it differs ([shadow](models.md#ask-the-challenger-as-well))",
    )
    keep_versions: int = setting(
        10,
        "newest versions of the model that `clean-old` keeps, with their runs and data "
        "([what is kept](models.md#remove-old-versions))",
    )
    keep_rollbacks: int = setting(
        3,
        "rollbacks in a row whose versions `clean-old` keeps, from each alias",
    )
    failed_run_days: float = setting(
        30.0,
        "days after which `clean-old` removes training runs that failed or never ended",
    )
    max_table_bytes: int = setting(
        1024 * 1024 * 1024,
        "largest CSV or Arrow table in a request",
    )
    max_instances: int = setting(
        10_000,
        "most instances in a request",
    )
    max_spool_bytes: int = setting(
        0,
        "most bytes of request bodies that a worker keeps in the temporary folder. One "
        "caller gets at most half of what the others leave free. 0 means twice "
        "`MAX_TABLE_BYTES`",
    )
    table_rate: int = setting(
        125_000,
        "average bytes per second at which a table must arrive, after the first `REQUEST_SECONDS`",
    )
    max_concurrency: int = setting(
        64,
        "requests in progress per worker, running or waiting. More are refused with 503",
    )
    max_connections: int = setting(
        512,
        "open connections per worker",
    )
    request_seconds: float = setting(
        30.0,
        "time that a client has to send a request, and to take each part of the answer",
    )
    stop_seconds: float = setting(
        10.0,
        "time that requests in progress have to finish when the server stops",
    )
    api_keys: str = setting(
        "",
        "file of hashed API keys. Without one, no key is needed",
    )
    rate_limit: str = setting(
        "",
        "names per key or address, such as `1000/second` (rate limits)",
    )
    rate_limit_storage: str = setting(
        "",
        "where they are counted, such as `redis://cache:6379`. The default is this machine",
    )
    trusted_proxies: str = setting(
        "",
        "networks of the proxies whose `X-Forwarded-For` is trusted, such as "
        "`10.0.0.0/8,192.0.2.7`",
    )
    cors_origins: str = setting(
        "",
        "origins that browsers may call from, separated by commas",
    )
    access_log: bool = setting(
        True,
        "whether each request is logged, as a line of JSON without names",
    )
    metrics_uri: str = setting(
        "",
        "where the pipeline reports its metrics: a folder, or the `http://…` address of a "
        "Pushgateway",
    )
    metrics_port: int = setting(
        5002,
        "port at which `gender-detection metrics` serves the reports in the folder to Prometheus",
    )
    drift_seconds: float = setting(
        300.0,
        "seconds of traffic that are compared with the data that the model was made for",
    )
    auto_rollback: bool = setting(
        False,
        "whether the champion before is made champion again if the answers of a new one are "
        "beyond the limits below ([how](models.md#roll-back-by-itself)). Needs "
        "`MODEL_URI=models:/NAME@ALIAS`",
    )
    rollback_seconds: float = setting(
        3600.0,
        "how long the answers of a new champion are compared with those of the one before",
    )
    rollback_names: int = setting(
        200,
        "fewest names that are compared at a time",
    )
    rollback_unknown: float = setting(
        0.1,
        "how far the share of unknown answers may rise, as a share of 1",
    )
    rollback_drift: float = setting(
        0.1,
        "how far genders or probabilities may drift from those of the champion before "
        "(Jensen-Shannon divergence, 0 to 1)",
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Return the settings from the environment; raise ConfigError for an invalid value."""
        env = os.environ if env is None else env
        given: dict[str, Any] = {}
        for known in fields(cls):
            variable = PREFIX + known.name.upper()
            if raw := env.get(variable, "").strip():
                given[known.name] = _parse(variable, raw, known.type)
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
        self._check_shares()
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
        if self.data_version and not re.fullmatch("[0-9a-f]{6,16}", self.data_version):
            raise ConfigError(
                f"{PREFIX}DATA_VERSION={self.data_version}: give 6 to 16 hexadecimal digits, as "
                "'gender-detection model show VERSION' prints them"
            )
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

    def _check_shares(self) -> None:
        if not 0 < self.sample <= 1:
            raise ConfigError(f"{PREFIX}SAMPLE={self.sample}: give a share above 0 and up to 1")
        if not 0 <= self.shadow_share <= 1:
            raise ConfigError(f"{PREFIX}SHADOW_SHARE={self.shadow_share}: give a share from 0 to 1")
        for name in ("rollback_unknown", "rollback_drift"):
            if not 0 < (limit := getattr(self, name)) <= 1:
                raise ConfigError(
                    f"{PREFIX}{name.upper()}={limit}: give a number above 0 and up to 1"
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


def misspelt(env: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable of env with our prefix that is no setting."""
    known = [name.upper() for name in (*(field.name for field in fields(Settings)), *_OTHERS)]
    sentences = []
    for name in sorted(env):
        given = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and given not in known:
            near = difflib.get_close_matches(given, known, n=1, cutoff=0.8)
            meant = f": did you mean {PREFIX}{near[0]}?" if near else ""
            sentences.append(f"{name} is no setting, and has no effect{meant}")
    return sentences


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
