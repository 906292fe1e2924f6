"""What is read in names, and what is not, culture by culture; docs/names.md has it by kind."""

from .markdown import bullets, paragraph

_CULTURES = (
    """**Anywhere**: a family name before a comma, in capitals, or first where the people who have
    each word say so; titles, degrees, initials, names at birth. Not: family name first where
    both words are common given names (Thomas Martin); an organisation without a word that says
    so.""",
    """**China, Taiwan, Korea, Vietnam, Japan**: family name first, by the family names of the
    country; Chinese names by their characters, Japanese names by a list and the last character,
    Korean names in Hangul; Thị and Văn in Vietnam. Not: characters and tones that Latin letters
    leave out; traditional characters where lists have simplified ones.""",
    """**Hungary**: family name first, -né of a married woman.""",
    """**Spain and Spanish America**: two family names, and names such as María del Carmen.""",
    """**Arab countries, Ethiopia, Eritrea, Somalia**: the given name, then the father's and
    grandfather's; Arabic letters by list, else by consonants. Not: Amharic letters other than
    by their sound.""",
    """**Israel**: Hebrew letters, by births of all religions. Not: nicknames.""",
    """**India, Pakistan, Bangladesh, Sri Lanka**: the father's initial, Md., Kaur, -ben and -bhai
    behind Gujarati names; Tamil, Bengali and other letters by list. Not: gods' names that women
    and men have (Lakshmi Narayanan); -bhai in Kerala; MS as initials.""",
    """**Malaysia, Brunei, Singapore, Indonesia**: bin, binti, a/l, a/p; hereditary words (Wan,
    Che); I and Ni in Bali. Not: I Gusti Ayu and other Balinese ranks.""",
    """**Myanmar**: U, Mg and Daw. Not: Ko, Maung and Ma, which are parts of names too.""",
    """**Russia and its neighbours**: patronymics, -ov and -ova, oglu and qizi. Not: -enko, -uk,
    -ian and -dze, which women and men have.""",
    """**Poland, Czechia, Slovakia, Bulgaria, Lithuania, Latvia, Greece, Iceland**: family names of
    women and of men, if the given name is an initial or borne by both. Not: foreign family names
    there, whose ending says nothing.""",
    """**Netherlands, Germany, France, Italy, Portugal**: particles (van der, von und zu, dos);
    mr. of Dutch lawyers, Dr. and Fr., M. and Mme. Not: Herzog or Conde before a given name that
    women and men have.""",
    """**West and East Africa**: titles that are names there (Dame, Prince, Sheikh). Not: names of
    days and of the order of birth in languages for which no source has counts.""",
)
_MORE = """A word that is read wrongly can be corrected in a table: docs/names.md of the project
    says how."""


def cultures() -> str:
    """Return what is read, and what is not, as a list by culture."""
    return "\n\n".join([bullets(_CULTURES), paragraph(_MORE)])
