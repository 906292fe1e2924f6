"""Write the dashboards to grafana/provisioning/dashboards: `make dashboards`."""

from pathlib import Path

from . import DASHBOARDS
from .frame import text_of

FOLDER = Path(__file__).resolve().parents[1] / "provisioning" / "dashboards"


def main() -> None:
    """Write each dashboard over the one before."""
    for name, build in DASHBOARDS.items():
        (FOLDER / f"{name}.json").write_text(text_of(build()), encoding="utf-8")


if __name__ == "__main__":
    main()
