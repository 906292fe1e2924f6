"""The content of the Dockerfile and the compose file; these tests need no engine."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from gender_detection.sources import PackageSource, load_catalogue

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
WRITTEN = (
    "Dockerfile",
    ".dockerignore",
    "docker-compose.yml",
    "docker/pipeline.yml",
    "docker/pipeline.env",
    "docker/postgresql.yml",
    "docker/postgresql.env",
)
PIPELINE = ("--env-file", "docker/pipeline.env")
POSTGRESQL = ("--env-file", "docker/postgresql.env")
DEFAULT = ("api", "pipeline", "prometheus", "secrets", "grafana")
# Services that run once.
COMMANDS = ("keys", "secrets")


# The base image, and the images that are pulled.
IMAGES = [
    re.findall(r"^ARG PYTHON_IMAGE=(\S+)", (ROOT / "Dockerfile").read_text(), re.M)[0],
    *re.findall(r"image: \$\{(?:PROM|GRAF)\w+:-(.+)\}", (ROOT / "docker-compose.yml").read_text()),
    *re.findall(r"image: \$\{\w+:-(.+)\}", (ROOT / "docker/postgresql.yml").read_text()),
]
needs_compose = pytest.mark.skipif(
    not shutil.which("docker-compose"), reason="no docker-compose on this machine"
)


def _config(*options: str) -> dict:
    command = ["docker-compose", *options, "config"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return dict(yaml.safe_load(ran.stdout))


@pytest.mark.parametrize("name", WRITTEN)
def test_no_file_names_a_stand_in_or_a_package_index(name: str):
    text = (ROOT / name).read_text()
    assert not re.search(r"stand.?in|debootstrap|index-url|find-links|ca-certificates", text, re.I)


def test_only_three_ports_are_published(services: dict[str, dict]):
    published = {name: one["ports"] for name, one in services.items() if one.get("ports")}
    inside = {name: ports[0].rpartition(":")[2] for name, ports in published.items()}
    assert inside == {"api": "5000", "prometheus": "9090", "grafana": "3000"}
    assert all(len(ports) == 1 for ports in published.values())


def test_ports_are_only_on_loopback_by_default(services: dict[str, dict]):
    ports = [port for one in services.values() for port in one.get("ports", ())]
    assert all(re.match(r"\$\{(API|MONITORING)_ADDRESS:-127\.0\.0\.1\}:", port) for port in ports)


@pytest.mark.parametrize("image", IMAGES, ids=["python", "prometheus", "grafana", "postgresql"])
def test_version_of_an_image_is_defined_in_one_place(image: str):
    assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+\S*", image)
    listed = subprocess.run(
        ["git", "grep", "--untracked", "-lF", image], cwd=ROOT, capture_output=True, text=True
    )
    assert listed.stdout.split() in (
        ["Dockerfile"],
        ["docker-compose.yml"],
        ["docker/postgresql.yml"],
    )


def _reached(services: dict[str, dict], name: str) -> set[str]:
    """Return the services that share a network with a service."""
    own = set(services[name].get("networks", ()))
    return {n for n, one in services.items() if own & set(one.get("networks", ()))} - {name}


@needs_compose
@pytest.mark.parametrize(
    ("options", "reached"),
    [
        ((), {"pipeline", "prometheus"}),
        (PIPELINE, {"pipeline", "prometheus", "mlflow", "airflow"}),
        (POSTGRESQL, {"pipeline", "prometheus", "mlflow", "airflow"}),
    ],
)
def test_api_shares_a_network_only_with_services_that_it_needs(
    options: tuple[str, ...], reached: set[str]
):
    services = _config(*options)["services"]
    assert _reached(services, "api") == reached
    assert not _reached(services, "secrets")
    assert not _reached(services, "keys") if "keys" in services else True


@needs_compose
def test_each_secret_is_mounted_only_where_it_is_needed():
    services = _config(*POSTGRESQL)["services"]
    mounted: dict[str, set[str]] = {}
    for name, one in services.items():
        for volume in one.get("volumes", ()):
            mounted.setdefault(volume.partition(":")[0], set()).add(name)
    assert mounted["mlflow-passwords"] == {"secrets", "mlflow"}
    assert mounted["registry-reader"] == {"secrets", "api"}
    assert mounted["registry-writer"] == {"secrets", "airflow"}
    cluster = {"spark-master", "spark-worker-1", "spark-worker-2", "airflow"}
    assert mounted["spark-secret"] == {"secrets", *cluster}
    assert mounted["grafana-password"] == {"secrets", "grafana"}
    assert mounted["database-password"] == {"secrets", "database", "mlflow"}
    # A volume gets the owner of the folder in the image.
    made = re.search(r"cd /run && install -d -o app -g app (.*?\n.*)", DOCKERFILE)
    assert made is not None
    for volume in services["secrets"]["volumes"]:
        target = volume.split(":")[1].removeprefix("/run/")
        assert target in made[1].split() or target == "/first_start.py"


def test_every_service_is_hardened_and_limited(services: dict[str, dict]):
    for name, one in services.items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert one["deploy"]["resources"]["limits"]["memory"], name
        assert one["restart"] == ("no" if name in COMMANDS else "always"), name


def test_pipeline_services_are_only_in_the_profile(services: dict[str, dict]):
    assert {name for name, one in services.items() if not one.get("profiles")} == set(DEFAULT)
    others = {n: one["profiles"] for n, one in services.items() if n not in DEFAULT}
    assert others.pop("keys") == ["keys"]
    assert all(profiles == ["pipeline"] for profiles in others.values())


def test_targets_of_prometheus_and_the_data_source_are_services(services: dict[str, dict]):
    scraped = yaml.safe_load((ROOT / "prometheus/prometheus.yml").read_text())["scrape_configs"]
    targets = {t for one in scraped for group in one["static_configs"] for t in group["targets"]}
    hosts = {target.partition(":")[0] for target in targets} - {"prometheus.view"}
    source = (ROOT / "grafana/provisioning/datasources/prometheus.yml").read_text()
    hosts |= set(re.findall(r"url: http://([a-z]+):", source))
    assert hosts <= set(services)


def test_grafana_takes_its_password_from_a_file_and_opens_a_dashboard_that_exists(
    services: dict[str, dict],
):
    env = services["grafana"]["environment"]
    assert "GF_SECURITY_ADMIN_PASSWORD" not in env
    assert env["GF_SECURITY_ADMIN_PASSWORD__FILE"] == "/run/password/grafana"
    assert env["GF_AUTH_ANONYMOUS_ENABLED"] == "${GRAFANA_ANONYMOUS:-false}"
    home = env["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (ROOT / home.replace("/etc/grafana/", "grafana/")).is_file()


def test_prometheus_retention_covers_the_error_budget(services: dict[str, dict]):
    assert "--storage.tsdb.retention.time=31d" in services["prometheus"]["command"]


@needs_compose
def test_only_mlflow_reaches_the_database():
    services = _config(*POSTGRESQL)["services"]
    assert _reached(services, "database") == {"mlflow"}
    assert "ports" not in services["database"]
    assert services["mlflow"]["depends_on"]["database"] == {"condition": "service_healthy"}


@needs_compose
def test_database_is_hardened_and_limited_as_the_other_services():
    services = _config(*POSTGRESQL)["services"]
    one, other = services["database"], services["mlflow"]
    for name in ("restart", "read_only", "cap_drop", "security_opt", "logging", "profiles"):
        assert one[name] == other[name], name
    assert one["deploy"]["resources"]["limits"]["memory"]
    assert one["user"] not in ("root", "0", "0:0")


@needs_compose
def test_password_of_the_database_is_in_no_variable_and_no_option():
    services = _config(*POSTGRESQL)["services"]
    backend = services["mlflow"]["environment"]["MLFLOW_BACKEND_STORE_URI"]
    assert re.fullmatch(r"postgresql\+psycopg://\w+@database/\w+", backend)
    given = services["database"]["environment"]
    assert {name for name in given if "PASSWORD" in name} == {"POSTGRES_PASSWORD_FILE"}
    assert f"{given['POSTGRES_USER']}@database/{given['POSTGRES_DB']}" in backend
    assert "backend-store-uri" not in str(services["mlflow"]["command"])
    # The file that is written, read by PostgreSQL, and read by MLflow is one.
    assert given["POSTGRES_PASSWORD_FILE"] == "/run/secrets/database/mlflow"
    assert given["POSTGRES_PASSWORD_FILE"] in (ROOT / "docker/mlflow_login.py").read_text()


def test_postgresql_is_added_to_the_same_system():
    lines = {
        name: re.findall(r"^\w+=.*", (ROOT / f"docker/{name}.env").read_text(), re.M)
        for name in ("pipeline", "postgresql")
    }
    files, *others = lines["pipeline"]
    assert lines["postgresql"] == [f"{files}:docker/postgresql.yml", *others]


@needs_compose
@pytest.mark.parametrize("options", [(), PIPELINE, POSTGRESQL])
def test_compose_accepts_its_files(options: tuple[str, ...]):
    api = _config(*options)["services"]["api"]
    follows = "models:/" in json.dumps(api["environment"])
    assert follows is bool(options)


def test_build_context_has_everything_the_dockerfile_copies():
    allowed = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.M)
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.M):
        for source in line.split():
            top = source.partition("/")[0].replace("artifac[t]", "artifact")
            assert top in allowed, source
            assert top == "artifact" or (ROOT / source).exists(), source


def test_notice_names_every_enabled_source_with_its_licence():
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    enabled = [entry for entry in load_catalogue().values() if entry.enabled]
    label = " AND ".join(["MIT", "GPL-3.0-only", "GFDL-1.2-or-later"])
    assert {entry.licence for entry in enabled} == set(label.split(" AND "))
    assert f"({label})" in notice
    assert (ROOT / "Dockerfile").read_text().count(label) == 2
    for entry in enabled:
        assert isinstance(entry, PackageSource)
        assert entry.distribution in notice
        assert entry.version in notice
    for named in re.findall(r"LICENSES/\S+\.txt", notice):
        assert (ROOT / named).is_file()
