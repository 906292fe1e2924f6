"""Makes the HTML of the page at /, the model's card and refusals; all texts are in texts.json."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import msgspec

FOLDER = Path(__file__).parent
TEXTS: Mapping[str, Any] = msgspec.json.decode((FOLDER / "texts.json").read_bytes())
# What the page may load: its own files. It has no script or style of its own in the HTML.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
# Folders that the address of a refused request may be below /; a deeper one is not styled.
MAX_DEPTH = 16
# Answers that the page shows at most: a browser becomes slow with more.
SHOWN_ANSWERS = 500


@cache
def _templates() -> jinja2.Environment:
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals |= {
        "t": TEXTS, "base": "", "number": _number, "counted": _counted, "share": _share,
    }  # fmt: skip
    return templates


def _number(value: float) -> str:
    """Return a probability as text, with the digits that names allow."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _share(value: float) -> str:
    """Return a share of a length, for an attribute of SVG."""
    return f"{100 * value:.2f}%"


def _counted(texts: Mapping[str, str], n: int, **more: object) -> str:
    """Return the text for one, or for n of them."""
    return texts["one" if n == 1 else "other"].format(n=n, **more)


def render_page(
    *,
    needs_key: bool,
    max_names: int,
    max_characters: int,
    names: str = "",
    country: str = "",
    answers: Mapping[str, Any] | None = None,
    error: str = "",
) -> str:
    """Return the page, with what its form had.

    answers is the answer of POST /predict to the names, decoded; error says why there is none.
    needs_key is whether the server requires an API key; it takes at most max_names names at once,
    each of at most max_characters.
    """
    return _templates().get_template("page.html").render(
        needs_key=needs_key, names=names, country=country, answers=answers, error=error,
        shown_answers=SHOWN_ANSWERS, max_names=max_names, max_characters=max_characters,
    )  # fmt: skip


def render_card(card: str | None) -> str:
    """Return the page with a model's card, which is Markdown; None for a model without one."""
    return _templates().get_template("card.html").render(card=card)


def render_refusal(status: int, detail: str, request_id: str, path: str) -> str:
    """Return the page about a request for a path that is refused, or cannot be answered now.

    detail is what the API says to programs.
    """
    refusal, code = TEXTS["refusal"], str(status)
    return _templates().get_template("refusal.html").render(
        title=refusal["titles"].get(code, refusal["title"]),
        remedy=refusal["remedies"].get(code, refusal["remedy"]),
        detail=detail, request_id=request_id, base="../" * min(path.count("/") - 1, MAX_DEPTH),
    )  # fmt: skip
