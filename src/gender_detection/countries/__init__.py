"""The countries of ISO 3166-1 as alpha-2 codes, and the names that people write for them."""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from ..missing import is_missing

NAMES = Path(__file__).with_name("names.tsv")
ALIASES = Path(__file__).with_name("aliases.tsv")
LONGEST = 100  # characters: more than any name of a country has
NAMIBIA = "NA"
CODE_LENGTH = 3  # characters of the longest codes

# The codes officially assigned, and XK for Kosovo.
ISO_ALPHA_2 = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    """.split()
)

_THE = re.compile(r"the\s+", re.IGNORECASE)


def code_of(text: str) -> str | None:
    """Return the alpha-2 code of the country that a text names, None if it names no country.

    The text is a code of two letters, three letters or three digits (ISO 3166-1, M49; also UK and
    EL), or a name of the country in English or in a language that is official somewhere, with or
    without accents.
    """
    if text in ISO_ALPHA_2:
        return text
    text = text.strip()
    # Longer texts must not fill the cache.
    return _find_code(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=16_384)
def _find_code(text: str) -> str | None:
    upper = text.upper()
    if upper in ISO_ALPHA_2 and text.isascii():
        return upper
    if is_missing(text):  # "N/A" is not NA
        return None
    name = folded(text)
    if len(name) <= CODE_LENGTH and name.isascii() and not text.isascii():
        return None  # "Áo", Austria in Vietnamese, is not AO
    return _codes_by_name().get(name) or _codes_by_name().get(folded(_THE.sub("", text, count=1)))


def folded(text: str) -> str:
    """Return a name without case, spaces, punctuation and accents, to compare it with others."""
    text = unicodedata.normalize("NFKD", text.replace("&", " and ")).casefold()
    return "".join(filter(_is_kept, text))


def _is_kept(character: str) -> bool:
    # Accents of Latin, Greek and Cyrillic are dropped. Vowels of other scripts are marks too: kept.
    if "\u0300" <= character <= "\u036f":
        return False
    return character.isalnum() or unicodedata.category(character)[0] == "M"


@cache
def _codes_by_name() -> dict[str, str]:
    """Return folded text -> code."""
    codes = {code.lower(): code for code in ISO_ALPHA_2}
    for file in (NAMES, ALIASES):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                code, name = line.split("\t")[:2]
                codes[folded(name)] = code
    return codes
