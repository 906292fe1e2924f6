"""The parts of the code and their imports; `python tools/architecture.py` draws them.

The picture is docs/images/architecture.svg. tests/test_layering.py holds the code to LAYERS, and
tests/tools/test_architecture.py holds the picture to the code.
"""

import ast
import functools
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "gender_detection"
PICTURE = ROOT / "docs" / "images" / "architecture.svg"

# From the lowest to the highest: a module imports from its own layer and from those below, and no
# two parts import each other, directly or through others.
LAYERS = (
    {"errors", "os_errors", "error_boundary", "interrupts", "compiled", "missing", "whole_files"},
    {
        "config",
        "countries",
        "api_keys",
        "key_uses",
        "name_limits",
        "telemetry",
        "artifact_location",
        "jobs",
    },
    {"features", "dataset_files", "dataset_retention"},
    {"names"},
    {"sources", "evidence", "origins", "pattern", "bibliographies"},
    {"model"},
    {"tables"},
    {"scoring"},
    {"training", "evaluation", "drift", "aggregation"},
    {"card", "plots", "share_plot", "lineage"},
    {"registry", "rollback", "spark"},
    {"library", "model_sync", "airflow_callbacks", "gate", "upkeep"},
    {"serving", "trainer", "release"},
    {"api"},
    # What a user starts.
    {"cli", "scripts", "dags"},
)
# Every part may use these; arrows to them would hide the others.
BASE = LAYERS[0] | LAYERS[1]
WIDTH, ROW, BOX_WIDTH, BOX_HEIGHT, MARGIN = 1000, 72, 128, 34, 20

Graph = dict[str, set[str]]


def python_files(*folders: str) -> list[Path]:
    """Return all Python files below folders of the repository, each once."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    # src/gender_detection/api is a link to the folder api.
    return sorted(path for path in found if not path.is_relative_to(PACKAGE / "api"))


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """Return the parsed source of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> str:
    """Return the dotted name that a file is imported by; scripts and dags by their folder."""
    for root in (ROOT / "src", ROOT / "airflow", ROOT):
        if path.is_relative_to(root):
            parts = path.relative_to(root).with_suffix("").parts
            if parts[0] == "api":
                parts = ("gender_detection", *parts)
            return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    raise ValueError(f"{path} is not in this repository")


def imports_of(path: Path) -> Iterator[str]:
    """Yield the dotted names of all that a file imports, anywhere in it, relative ones resolved."""
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            prefix = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{prefix}.{alias.name}" for alias in node.names)


def mentioned_in(path: Path, modules: Container[str]) -> Iterator[str]:
    """Yield the modules whose dotted names are strings in a file, which may start them."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in modules:
            yield node.value


def part_of(module: str) -> str | None:
    """Return the part of this project that a module belongs to, None for a foreign module."""
    first, _, rest = module.partition(".")
    if first == "gender_detection":
        return rest.partition(".")[0] or None
    return first if first in LAYERS[-1] else None


def parts_imported(files: Sequence[Path]) -> Graph:
    """Return, for each part, the other parts that it imports or mentions."""
    modules = {module_of(path) for path in files}
    graph: Graph = {}
    for path in files:
        if own := part_of(module_of(path)):
            named = {*imports_of(path), *mentioned_in(path, modules)}
            imported = {part for module in named if (part := part_of(module))}
            graph.setdefault(own, set()).update(imported - {own})
    return graph


def reduced(graph: Mapping[str, set[str]]) -> Graph:
    """Return a graph without the edges that follow from others; it must have no circles."""

    @functools.cache
    def below(part: str) -> frozenset[str]:
        direct = graph.get(part, set())
        return frozenset(direct).union(*(below(other) for other in direct))

    return {
        part: {o for o in others if not any(o in below(other) for other in others)}
        for part, others in graph.items()
    }


def drawing(graph: Mapping[str, set[str]]) -> str:
    """Return the picture, SVG: a row for each layer, what users start above, arrows downwards."""
    rows = [sorted(layer - BASE) for layer in LAYERS if layer - BASE]
    height = MARGIN * 2 + ROW * len(rows) + BOX_HEIGHT
    at = {
        part: (WIDTH * (i + 1) / (len(row) + 1), MARGIN + ROW * (len(rows) - 1 - y))
        for y, row in enumerate(rows)
        for i, part in enumerate(row)
    }
    shown = {part: others - BASE for part, others in graph.items() if part in at}
    lines = [
        _arrow(at[part], at[other])
        for part, others in sorted(reduced(shown).items())
        for other in sorted(others)
    ]
    boxes = [_box(part, *at[part], BOX_WIDTH) for part in sorted(at)]
    base = _box(
        ", ".join(sorted(BASE)), WIDTH / 2, height - MARGIN - BOX_HEIGHT, WIDTH - 2 * MARGIN
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            'font-family="sans-serif" font-size="14">',
            "<title>Parts of the code; an arrow leads from a part to one that it imports</title>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>',
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            *lines,
            *boxes,
            base.replace('font-size="14"', 'font-size="12"'),
            "</svg>",
            "",
        ]
    )


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    x1, y1, x2, y2 = start[0], start[1] + BOX_HEIGHT, end[0], end[1]
    middle = (y1 + y2) / 2
    return _path(
        f"M{x1:.0f} {y1:.0f}C{x1:.0f} {middle:.0f} {x2:.0f} {middle:.0f} {x2:.0f} {y2:.0f}"
    )


def _path(course: str) -> str:
    return f'<path d="{course}" fill="none" stroke="#777" marker-end="url(#tip)"/>'


def _box(label: str, x: float, y: float, width: float) -> str:
    return (
        f'<rect x="{x - width / 2:.0f}" y="{y:.0f}" width="{width:.0f}" height="{BOX_HEIGHT}" '
        'rx="6" fill="#eef3f8" stroke="#456"/>'
        f'<text x="{x:.0f}" y="{y + BOX_HEIGHT / 2 + 5:.0f}" text-anchor="middle" '
        f'font-size="14">{label}</text>'
    )


def main() -> None:
    """Draw the picture again."""
    PICTURE.write_text(drawing(parts_imported(python_files("src", "api", "airflow"))))


if __name__ == "__main__":
    main()
