"""The committed Prometheus configuration for this machine: other targets, or faster alerts.

`make prometheus` uses it, and tests in which alerts must fire within seconds.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMITTED = ROOT / "prometheus"
RETENTION = "31d"  # the error budget looks 30 days back
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_PART = re.compile(r"(\d+)(ms|[smhdw])")


def with_targets(
    text: str,
    *,
    api: str,
    pipeline: str,
    prometheus: str = "localhost:9090",
    rules: str = "rules/*.yml",
    interval: str = "",
) -> str:
    """Return a configuration with these targets (HOST:PORT), rule files and, if given, interval.

    Raise ValueError if a committed target is not in the text exactly once.
    """
    for old, new in (
        ('"prometheus.view:9090"', f'"{prometheus}"'),
        ('"api:5000"', f'"{api}"'),
        ('"pipeline:5002"', f'"{pipeline}"'),
        ("- rules/*.yml", f"- {rules}"),
    ):
        if text.count(old) != 1:
            raise ValueError(f"the configuration names {old} {text.count(old)} times, not once")
        text = text.replace(old, new)
    if interval:
        text = re.sub(r"(?m)^(\s*(?:scrape|evaluation)_interval:).*$", rf"\1 {interval}", text)
    return text


def speed_up(rules: str, *, times: float, windows: bool = False) -> str:
    """Return rules with the durations `for`, `keep_firing_for` and `interval` divided by times.

    With windows, also ranges such as [5m]. The shortest duration is 1 s, the shortest range 5 s.
    """
    text = re.sub(
        r"(?m)^(\s*(?:for|keep_firing_for|interval): )(\w+)$",
        lambda found: found[1] + _divided(found[2], times, least=1),
        rules,
    )
    if windows:
        text = re.sub(r"\[(\w+)\]", lambda found: f"[{_divided(found[1], times, least=5)}]", text)
    return text


def _divided(duration: str, times: float, least: int) -> str:
    total = sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(duration))
    return f"{max(round(total / times), least * 1000)}ms"


def write_configuration(
    folder: Path,
    *,
    api: str,
    pipeline: str,
    prometheus: str = "localhost:9090",
    interval: str = "",
    times: float = 1,
    windows: bool = False,
) -> Path:
    """Write the committed configuration with these changes into folder; return the file.

    It reads the repository's rule files, or faster copies in folder if times is not 1.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rules = COMMITTED / "rules"
    if times != 1:
        faster = folder / "rules"
        faster.mkdir(exist_ok=True)
        for path in rules.glob("*.yml"):
            text = speed_up(path.read_text(), times=times, windows=windows)
            (faster / path.name).write_text(text)
        rules = faster
    text = with_targets(
        (COMMITTED / "prometheus.yml").read_text(),
        api=api,
        pipeline=pipeline,
        prometheus=prometheus,
        rules=f"{rules.absolute()}/*.yml",
        interval=interval,
    )
    file = folder / "prometheus.yml"
    file.write_text(text)
    return file


def prometheus_command(configuration: Path, data: Path, address: str) -> list[str]:
    """Return the command that starts Prometheus on address (HOST:PORT), with its data in data."""
    return [
        "prometheus",
        f"--config.file={configuration}",
        f"--storage.tsdb.path={data}",
        f"--storage.tsdb.retention.time={RETENTION}",
        f"--web.listen-address={address}",
    ]
