"""Take the pictures of the page at / for the documentation.

    python tools/screenshots.py http://localhost:5000

Writes docs/images/page.png, page-phone.png and page-dark.png. Needs a server with a model, which
requires no key, and Debian's chromium and chromium-driver.
"""

import argparse
import base64
import io
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
# Nobody in particular, in scripts that Debian's usual fonts have.
NAMES = ("Amara Nwosu", "Rossi, Andrea", "فاطمة حداد", "Георгий Лисин", "J. R. Lind")
# The text is black, the marks have few colours: more would only make the files larger.
COLOURS = 128
# CSS pixels below the answers: less than there are up to what follows.
MARGIN = 12
ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Shot:
    """A picture: the width of the window and of what is shown (CSS pixels), and pixels for each.

    height is that of what is shown, None for all down to the answers.
    """

    file: str
    width: int
    scale: float
    height: int | None = None
    scheme: str = "light"


SHOTS = (
    Shot("page.png", 820, 1.5),
    Shot("page-phone.png", 375, 2, height=812),
    Shot("page-dark.png", 820, 1.5, scheme="dark"),
)


def main() -> int:
    """Take all pictures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="of the server, such as http://localhost:5000")
    parser.add_argument("folder", type=Path, nargs="?", default=IMAGES, help="for the pictures")
    given = parser.parse_args()
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        print("chromium is missing: apt-get install chromium chromium-driver", file=sys.stderr)
        return 1
    options = ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    with Chrome(options=options, service=ChromeService(executable_path=driver)) as browser:
        for shot in SHOTS:
            try:
                picture = take(browser, given.address, shot)
            except WebDriverException as err:
                why = str(err.msg).partition("\n")[0]
                print(f"{given.address}: {why}: start a server", file=sys.stderr)
                return 1
            path = given.folder / shot.file
            path.write_bytes(picture)
            print(f"{path}: {len(picture) / 1000:.0f} kB")
    return 0


def take(browser: Chrome, address: str, shot: Shot) -> bytes:
    """Return a picture of the page with answers, as PNG; raise WebDriverException."""
    size = {"width": shot.width, "height": 812, "deviceScaleFactor": shot.scale}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**size, "mobile": False})
    media = {"features": [{"name": "prefers-color-scheme", "value": shot.scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get(address)
    names = browser.find_element(By.ID, "names")
    # Not typed: chromedriver knows keys for few scripts only.
    browser.execute_script("arguments[0].value = arguments[1]", names, "\n".join(NAMES))
    browser.find_element(By.CSS_SELECTOR, "#names-form button").click()
    answers = browser.find_element(By.ID, "answers")
    WebDriverWait(browser, ANSWER_SECONDS).until(lambda _: answers.is_displayed())
    # The pointer and the focus are not part of the page.
    browser.execute_script("document.activeElement.blur()")
    end = "return arguments[0].closest('section').getBoundingClientRect().bottom + scrollY"
    height = shot.height or browser.execute_script(end, answers) + MARGIN
    clip = {"x": 0, "y": 0, "width": shot.width, "height": height, "scale": 1}
    asked = {"clip": clip, "captureBeyondViewport": True}
    taken = browser.execute_cdp_cmd("Page.captureScreenshot", asked)
    return smaller(base64.b64decode(taken["data"]))


def smaller(png: bytes) -> bytes:
    """Return a picture with few colours, as PNG."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    result = io.BytesIO()
    picture.save(result, "PNG", optimize=True)
    return result.getvalue()


if __name__ == "__main__":
    sys.exit(main())
