"""Forms of family names and patronymics that women or men bear: Ivanova and Ivanov, Petrovna.

Data only, as ends of keys, before which BEFORE letters or more stand.
"""

BEFORE = 2
# East Slavic, Bulgarian, Czech, Slovak and Central Asian family names. Not -ski and -sky: beyond
# the countries that write -ska, women bear them too; nor Singh, which women bear who are no Sikhs.
FEMALE = ("ova", "eva", "skaia", "ckaia", "skaja", "ckaja", "skaya", "ckaya", "naya")
MALE = ("ov", "ev", "skii", "skij", "skiy", "skyi")
FEMALE_WORDS = frozenset({"kaur"})
# Family names of other languages that end so.
NO_FORMS = frozenset(
    "acueva bova canova casanova chueva cordova cova cueva cuevas denova deva esteva genova jova "
    "leiva leyva mantova nova nueva padova sava terranova tova villanova villanueva zinnova "
    "lev yakov kiev orlev".split()
)
# Patronymics of East Slavic names; -ovich is a family name elsewhere and counts behind two names
# only.
DAUGHTER = ("evna", "ivna", "ovna", "ichna")
SON = ("ovich", "ovych", "evich", "evych")
