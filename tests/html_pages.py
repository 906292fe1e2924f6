"""What a page of HTML shows, and what a browser would fetch for it by itself."""

import base64
import io
import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser

import numpy as np
import numpy.typing as npt
from matplotlib import image

FETCHED = {"src", "srcset", "poster", "data", "background", "xlink:href"}
ELSEWHERE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
IN_STYLES = re.compile(
    r"(?:url\(\s*|@import\s+)[\"']?\s*((?:https?:)?//[^\"')\s;]+)", re.IGNORECASE
)
IN_SCRIPTS = re.compile(r"[\"'`]\s*((?:https?:)?//[^\"'`\s]+)", re.IGNORECASE)
PNG = "data:image/png;base64,"


@dataclass(frozen=True)
class Shown:
    """An image within the page: its text, and its pixels, shape (height, width, channels).

    caption is the text of the figcaption behind it.
    """

    alt: str
    pixels: npt.NDArray[np.float32]
    caption: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether all pixels are of one colour."""
        return bool((self.pixels == self.pixels[0, 0]).all())


class Page(HTMLParser):
    """The images and the words of a page; fetched are the addresses elsewhere that it loads."""

    def __init__(self, page: str):
        super().__init__()
        self.images: list[Shown] = []
        self.fetched: list[str] = []
        self.words = ""
        self._in_caption = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        names = FETCHED | ({"href"} if tag in ("link", "image", "use") else set())
        self.fetched += [given[n] for n in names & set(given) if ELSEWHERE.match(given[n])]
        self.fetched += IN_STYLES.findall(given.get("style", ""))
        if tag == "img":
            assert given["src"].startswith(PNG), given["src"][:100]
            content = base64.b64decode(given["src"].removeprefix(PNG), validate=True)
            pixels = image.imread(io.BytesIO(content), format="png")
            self.images.append(Shown(given.get("alt", ""), pixels))
        elif tag == "figcaption":
            self._in_caption = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "figcaption":
            self._in_caption = False

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "style":
            self.fetched += IN_STYLES.findall(data)
        elif self.cdata_elem == "script":
            self.fetched += IN_SCRIPTS.findall(data)
        else:
            self.words += data
            if self._in_caption and self.images:
                last = self.images[-1]
                self.images[-1] = replace(last, caption=last.caption + data)
