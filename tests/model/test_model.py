"""The contract of a prediction, its reasons, and what does and does not change it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.errors import InvalidInput
from gender_detection.model import Model, Person, Prediction
from gender_detection.model.answers import REASONS

# Any text, with lone surrogates, and texts that look like names.
anything = st.text(st.characters(exclude_categories=()), max_size=30)
spellings = st.text("abdeiklmnorstu", min_size=2, max_size=12)
names = st.one_of(
    anything,
    spellings,
    st.sampled_from(["Maria", "John", "Andrea", "Kim", "Mary Ann", "Mrs Peter", "J. R.", "", " "]),
    st.builds("{} {}".format, spellings, spellings),
)
countries = st.one_of(st.none(), st.sampled_from(["IT", "de", " DE ", "FR", "", "Italy", "12"]))
full = st.builds(Person, name=names, country=countries)
in_parts = st.builds(
    Person, given_name=st.none() | names, family_name=st.none() | names, country=countries
)
people = st.lists(full | in_parts, max_size=6)


def ask(model: Model, name: str | None, country: str | None = None, **options: Any) -> Prediction:
    return model.predict([Person(name=name, country=country)], **options)[0]


def p_female(model: Model, name: str, country: str | None = None, **options: Any) -> float:
    answer = ask(model, name, country, **options).p_female
    assert answer is not None
    return answer


def assert_keeps_contract(prediction: Prediction, threshold: float) -> None:
    if prediction.probability is None:
        assert prediction.gender == "unknown"
        assert prediction.reason in REASONS
        assert (prediction.p_female, prediction.basis) == (None, None)
        assert (prediction.evidence.count, prediction.evidence.sources) == (0, 0)
        assert prediction.matched is None
        return
    assert (prediction.matched is not None) == (prediction.basis in ("country", "name"))
    p_female = prediction.p_female
    assert p_female is not None
    assert prediction.probability is not None
    assert 0 <= p_female <= 1
    assert prediction.probability == round(max(p_female, 1 - p_female), 4)
    assert prediction.basis in ("title", "country", "name", "pattern")
    if prediction.gender == "unknown":
        assert prediction.reason == ("unseen" if prediction.basis == "pattern" else "ambiguous")
        assert prediction.probability < threshold or p_female == 0.5
    else:
        assert prediction.reason is None
        assert prediction.gender == ("female" if p_female > 0.5 else "male")
        assert prediction.probability >= threshold


@given(people, st.sampled_from([0.5, 0.8, 1.0]))
def test_any_person_gets_an_answer_that_keeps_the_contract(
    tiny_model: Model, people: Sequence[Person], threshold: float
):
    predictions = tiny_model.predict(people, threshold=threshold)

    assert len(predictions) == len(people)
    for prediction in predictions:
        assert_keeps_contract(prediction, threshold)


def test_spelling_below_the_threshold_is_unknown_as_unseen(tiny_model: Model):
    prediction = ask(tiny_model, "Marianeldo", threshold=1.0)

    assert (prediction.gender, prediction.basis) == ("unknown", "pattern")
    assert prediction.reason == "unseen"


def test_person_without_any_name_is_empty(tiny_model: Model):
    assert tiny_model.predict([Person()])[0].reason == "empty"


def test_no_people_get_no_predictions(tiny_model: Model):
    assert tiny_model.predict([]) == []


def test_order_ids_and_names_are_kept(tiny_model: Model):
    people = [
        Person(id="b", name="John"),
        Person(id=1, given_name="Maria", family_name="Rossi"),
        Person(name="Kim"),
        Person(id="b", name="John"),
    ]

    predictions = tiny_model.predict(people)

    assert [prediction.id for prediction in predictions] == ["b", 1, None, "b"]
    assert [prediction.name for prediction in predictions] == ["John", "Maria Rossi", "Kim", "John"]
    assert [prediction.given_name for prediction in predictions] == ["John", "Maria", "Kim", "John"]


def test_given_name_in_its_own_field_is_answered_as_in_a_full_name(tiny_model: Model):
    person = Person(given_name="Andrea", family_name="Rossi", country="IT")

    assert tiny_model.predict([person])[0] == ask(tiny_model, "Andrea Rossi", "IT")


@pytest.mark.parametrize(
    "variant", ["MARÍA", "maria", "  Maria ", "María", "Mari\u0301a", "ＭＡＲＩＡ"]
)
def test_spelling_variants_of_a_name_are_one_name(tiny_model: Model, variant: str):
    plain, other = ask(tiny_model, "Maria"), ask(tiny_model, variant)

    assert (other.p_female, other.basis, other.evidence) == (
        plain.p_female, plain.basis, plain.evidence,
    )  # fmt: skip


def test_andrea_depends_on_the_country(tiny_model: Model):
    everywhere = p_female(tiny_model, "Andrea")

    assert p_female(tiny_model, "Andrea", "IT") < everywhere
    assert p_female(tiny_model, "Andrea", "DE") > everywhere


def test_country_without_evidence_gives_the_worldwide_answer(tiny_model: Model):
    assert ask(tiny_model, "Andrea", "FR").p_female == ask(tiny_model, "Andrea").p_female
    assert ask(tiny_model, "Andrea", "FR").country == "FR"


@pytest.mark.parametrize("country", ["it", " It ", "IT"])
def test_country_is_case_insensitive(tiny_model: Model, country: str):
    assert ask(tiny_model, "Andrea", country) == ask(tiny_model, "Andrea", "IT")


@pytest.mark.parametrize(
    "country",
    [
        *["", "  ", "Atlantis", "I", "ÄÖ", "??", "A\0"],
        *["ß", "ﬁ"],  # upper case makes SS of the first and FI of the second
    ],
)
def test_unknown_country_counts_as_none(tiny_model: Model, country: str):
    prediction = ask(tiny_model, "Andrea", country)

    assert prediction.country is None
    assert prediction.p_female == ask(tiny_model, "Andrea").p_female


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("Mary Jane Smith", 402),  # maryjane has enough bearers to be preferred
        ("Mary Ann Smith", 5010),  # maryann has not: mary is used
    ],
)
def test_joined_name_is_preferred_where_it_has_enough_bearers(
    tiny_model: Model, name: str, count: int
):
    assert ask(tiny_model, name).evidence.count == count


@pytest.mark.parametrize(
    ("name", "matched"),
    [
        ("Mary Jane Smith", "maryjane"),
        ("Mary-Jane Smith", "maryjane"),
        ("Mary Ann Smith", "mary"),
        ("Zundo Mary Smith", "mary"),
        ("MARÍA", "maria"),
        ("Mrs Mary Smith", None),
        ("Zunelda Brando", None),
        ("O. Sokolova", None),
        ("J. R.", None),
    ],
)
def test_matched_is_the_key_whose_evidence_counts(
    tiny_model: Model, name: str, matched: str | None
):
    assert ask(tiny_model, name).matched == matched


def test_first_word_is_answered_by_its_spelling_where_no_key_is_known(tiny_model: Model):
    assert ask(tiny_model, "Zunelda Brando").p_female == ask(tiny_model, "Zunelda").p_female


def test_higher_threshold_answers_less_and_changes_no_probability(tiny_model: Model):
    low, high = (ask(tiny_model, "Kim", threshold=at) for at in (0.5, 1.0))

    assert (low.gender, high.gender) == ("female", "unknown")
    assert low.p_female == high.p_female


def test_probability_equal_to_the_threshold_is_answered(tiny_model: Model):
    at = ask(tiny_model, "Kim").probability
    assert at is not None

    assert ask(tiny_model, "Kim", threshold=at).gender == "female"
    assert ask(tiny_model, "Kim", threshold=at + 0.0001).gender == "unknown"


def test_share_of_women_shifts_every_probability_towards_it(tiny_model: Model):
    for name in ("Kim", "Andrea", "Maria", "John", "Mrs Smith"):
        few, even, many = (
            p_female(tiny_model, name, female_share=share) for share in (0.1, 0.5, 0.9)
        )
        assert few < even < many
        assert even == p_female(tiny_model, name)


@pytest.mark.parametrize("threshold", [0.49, 1.01, -1, float("nan"), float("inf")])
def test_threshold_out_of_range_is_refused_with_the_range(tiny_model: Model, threshold: float):
    with pytest.raises(InvalidInput, match=r"threshold .*0\.5 to 1"):
        ask(tiny_model, "Maria", threshold=threshold)


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, float("nan")])
def test_share_of_women_out_of_range_is_refused(tiny_model: Model, share: float):
    with pytest.raises(InvalidInput, match="female_share"):
        ask(tiny_model, "Maria", female_share=share)


@given(names, st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_any_share_of_women_gives_a_probability(tiny_model: Model, name: str, share: float):
    assert_keeps_contract(ask(tiny_model, name, female_share=share), tiny_model.threshold)


def test_very_long_name_is_answered(tiny_model: Model):
    assert_keeps_contract(ask(tiny_model, "Maria " * 20_000), 0.8)
    assert_keeps_contract(ask(tiny_model, "x" * 200_000), 0.8)


def test_prediction_has_the_json_of_the_contract(tiny_model: Model):
    written = msgspec.json.decode(msgspec.json.encode(ask(tiny_model, "Andrea Rossi", "it")))

    assert list(written) == [
        "id", "name", "given_name", "country", "gender", "probability", "p_female", "basis",
        "reason", "evidence", "matched",
    ]  # fmt: skip
    assert written["country"] == "IT"
    assert list(written["evidence"]) == ["count", "sources"]


def test_saved_and_loaded_model_answers_the_same(tiny_model: Model, tiny_artifact: Path):
    loaded = Model.load(tiny_artifact)
    people = [Person(name=name) for name in ("Maria", "Kim", "Marianelda", "J. R.", "Mrs Smith")]
    people += [Person(name="Andrea", country=country) for country in ("IT", "DE", "FR")]

    assert loaded.predict(people) == tiny_model.predict(people)
    assert (loaded.name, loaded.data_version) == (tiny_model.name, tiny_model.data_version)
    assert loaded.parameters == tiny_model.parameters
    assert loaded.metrics == tiny_model.metrics
    assert loaded.version == "unregistered"


@pytest.mark.parametrize("share", [1e-9, 1 - 1e-9])
def test_no_name_is_certain(tiny_model: Model, share: float):
    for prediction in tiny_model.predict([Person(name="Maria")], female_share=share):
        assert prediction.p_female in (0.0001, 0.9999)
        assert prediction.probability == 0.9999
