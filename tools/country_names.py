"""Write the names of countries from the Unicode CLDR, which Babel includes (make countries).

    python tools/country_names.py

The file has the names in every language that is official or widely used in a country. A name of two
countries belongs to the one with this name in English; if there is none, it is left out. Other
spellings are in aliases.tsv, which is edited by hand.
"""

import sys
from collections import defaultdict
from pathlib import Path

from babel import Locale, localedata
from babel.core import get_global
from babel.languages import get_official_languages

from gender_detection.countries import CODE_LENGTH, ISO_ALPHA_2, NAMES, folded

HEAD = """\
# What countries are called in the languages that are official somewhere, and their codes of three
# letters and three digits. Made by tools/country_names.py from the Unicode CLDR (Unicode License
# v3, https://www.unicode.org/license.txt): corrections belong into aliases.tsv.
"""


def names() -> dict[str, str]:
    """Return name -> country; names that differ only in case or accents appear once."""
    called: dict[str, set[str]] = defaultdict(set)
    written: dict[str, str] = {}
    english: dict[str, str] = {}
    for language in _languages():
        territories = Locale.parse(language).territories
        for code in sorted(ISO_ALPHA_2):
            name = territories.get(code, "")
            key = folded(name)
            if not key or (key.isascii() and len(key) <= CODE_LENGTH):
                # It would be read as a code: Ao is Austria in Vietnamese, AO is Angola.
                continue
            called[key].add(code)
            written.setdefault(key, name)
            if language == "en":
                english[key] = code
    found = {}
    for key, codes in called.items():
        if key in english or len(codes) == 1:
            found[written[key]] = english.get(key) or next(iter(codes))
        else:
            print(f"left out: {written[key]} ({', '.join(sorted(codes))})", file=sys.stderr)
    return found


def codes() -> dict[str, str]:
    """Return code of three letters or digits -> country, with former codes of one successor."""
    return {
        alias: countries[0]
        for alias, countries in get_global("territory_aliases").items()
        if len(alias) == 3 and len(countries) == 1 and countries[0] in ISO_ALPHA_2
    }


def _languages() -> list[str]:
    """Return the official languages in the CLDR, English first."""
    spoken = {
        language
        for country in ISO_ALPHA_2
        for language in get_official_languages(country, de_facto=True)
    }
    return ["en", *sorted((spoken & set(localedata.locale_identifiers())) - {"en"})]


def text() -> str:
    """Return the text of the file."""
    found = {**codes(), **names()}
    rows = sorted((code, name) for name, code in found.items())
    return HEAD + "".join(f"{code}\t{name}\n" for code, name in rows)


if __name__ == "__main__":
    Path(NAMES).write_text(text(), encoding="utf-8")
    print(f"{NAMES.name}: {text().count(chr(10)):,} lines")
