"""Signs are not words of a name, and separators separate words everywhere.

So texts with signs are read like the same texts without them.
"""

import pytest
from msgspec.structs import replace

from gender_detection.names import family_gender, parse, parse_parts


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        # Signs beside a degree behind a comma.
        ("Camille, ph.d. ]", "Camille, ph.d."),
        ("Kerryn,/ Md", "Kerryn, Md"),
        ("da،  -  MPH", "da, MPH"),
        # Signs beside a title behind a comma, or before it.
        ("AHMAN DREZEN,Dr. </", "AHMAN DREZEN, Dr."),
        ("Arch - ,Prof.", "Arch, Prof."),
        # A part of a title in two words is a title.
        ("G_UM, AVV", "G UM, AVV"),
        ("Von_Mlle Daw,Gen.", "Von Mlle Daw, Gen."),
        ("k:hanm, Avv", "k hanm, Avv"),
        # Signs alone do not count among the sixteen words that are read.
        ("{ " * 20 + "Lai", "Lai"),
        # Signs at the edges of a family name.
        ("#0,Y", "0,Y"),
    ],
)
def test_punctuation_in_a_full_name_changes_nothing(name: str, plain: str):
    found = parse(name)

    assert found == replace(parse(plain), script=found.script)


@pytest.mark.parametrize(
    ("given", "family", "plain_given", "plain_family"),
    [
        ("Anna", "1/2,", "Anna", "1/2"),
        ("Anna", "{Rossi}", "Anna", "Rossi"),
        ("", "Kyra_zum", "", "Kyra zum"),
        ("Anna", "Lady/Strandman", "Anna", "Lady Strandman"),
        ("", "Lady.Smith", "", "Lady Smith"),
        ("Mba &, Dipl.-Ing.", "Rossi", "Mba, Dipl.-Ing.", "Rossi"),
        ("Petteri Cabanas,Dr. med. &", "Rossi", "Petteri Cabanas, Dr. med.", "Rossi"),
    ],
)
def test_punctuation_in_fields_changes_nothing(
    given: str, family: str, plain_given: str, plain_family: str
):
    found, plain = parse_parts(given, family), parse_parts(plain_given, plain_family)

    assert (found.keys, found.title_gender, found.reason) == (
        plain.keys,
        plain.title_gender,
        plain.reason,
    )
    assert found.family in (plain.family, (plain.family or "").replace(" ", "/"))


def test_family_name_of_punctuation_only_is_kept():
    assert parse_parts("Anna", "--").family == "--"


@pytest.mark.parametrize("name", [",Pe", "، M.D.", ", B.A., Jr"])
def test_degrees_after_a_comma_are_not_a_name_in_any_field(name: str):
    assert parse(name).reason == parse_parts(name, None).reason == "not_a_name"


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        # Two consonants in Latin letters are initials, whatever script is beside them.
        ("BC-ששש", ("bcshshsh",)),
        ("محمد-I", ("mohammedi",)),
        # In a script without capitals no letter is an initial.
        ("각-Jun", ("gagjun", "gag", "jun")),
    ],
)
def test_parts_of_a_compound_in_two_scripts_are_read_by_their_own_script(
    name: str, keys: tuple[str, ...]
):
    assert parse(name).keys == keys


@pytest.mark.parametrize("name", ["Mo'hamd", "mo’hamd.", "Mohamd"])
def test_abbreviation_is_recognised_by_its_key(name: str):
    assert parse(f"{name} Karim").given == ("Mohammad",)


@pytest.mark.parametrize("name", ["www. Miss Kristof", "www. anna", "WWW. Duan W.J."])
def test_web_address_is_not_a_name(name: str):
    parsed = parse(name)

    assert (parsed.reason, parsed.title_gender) == ("not_a_name", None)


@pytest.mark.parametrize(
    ("name", "gender"), [("王先生, Kojima", "male"), ("花子小姐, An", "female")]
)
def test_title_written_together_with_a_family_name_before_a_comma_counts(name: str, gender: str):
    assert parse(name).title_gender == gender
    assert parse(name).family in ("王", "花子")


def test_script_comes_from_the_other_field_if_one_is_missing():
    assert parse_parts("nan", "Иванова").script == "cyrillic"
    assert parse_parts("nan", "").script == "none"


def test_last_word_of_a_family_name_decides_its_gender_after_any_separator():
    assert family_gender("Smith/Ivanova") == family_gender("Smith Ivanova") == "female"
