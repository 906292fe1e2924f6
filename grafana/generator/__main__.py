"""Write the dashboards and Prometheus's recording rules: `make dashboards`."""

from pathlib import Path

from . import DASHBOARDS, recording_rules
from .frame import text_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "grafana" / "provisioning" / "dashboards"
RULES = ROOT / "prometheus" / "rules" / "recording.yml"


def main() -> None:
    """Write each file over the one before."""
    for name, build in DASHBOARDS.items():
        (FOLDER / f"{name}.json").write_text(text_of(build()), encoding="utf-8")
    RULES.write_text(recording_rules.text(), encoding="utf-8")


if __name__ == "__main__":
    main()
