"""Family names that differ for women and men: Ivanova and Ivanov, Kaur."""

import re

from .text import key

# East Slavic, Bulgarian, Czech, Slovak and Central Asian endings. Not -ski and -sky: beyond the
# countries that write -ska, women bear them too; nor Singh, which women bear without being Sikh.
_WOMAN = re.compile(r"[a-z]{2,}(?:[oe]va|[sc]kaia|[sc]kaja|[sc]kaya|naya)|kaur")
_MAN = re.compile(r"[a-z]{2,}(?:ov|ev|skii|skij|skiy|skyi)")
# One of these ends every name that the two above match: most names need no more than a look.
ENDINGS = ("va", "aia", "aja", "aya", "ov", "ev", "ii", "ij", "iy", "yi", "kaur")
# Family names of other languages that end so.
_OTHERS = frozenset(
    "acueva bova canova casanova chueva cordova cova cueva cuevas denova deva esteva genova jova "
    "leiva leyva mantova nova nueva padova sava terranova tova villanova villanueva zinnova "
    "lev yakov kiev orlev".split()
)


def family_gender(family: str) -> str | None:
    """Return "female" or "male" where a family name has the form that women or men bear.

    Of several words the last counts, of hyphenated ones too. It is a strong hint and no proof:
    families that moved keep one form for all.
    """
    last = key(family if family.isalpha() else re.split(r"[\s\-]", family.strip())[-1])
    if not last.endswith(ENDINGS) or last in _OTHERS:
        return None
    if _WOMAN.fullmatch(last):
        return "female"
    return "male" if _MAN.fullmatch(last) else None
