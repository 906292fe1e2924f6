"""Instances are answered as one person after the other is, and counted so too."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gender_detection.api.app import create_app
from gender_detection.api.http.parsing import PREDICT, parse_request
from gender_detection.api.http.schemas import InstancesAnswer
from gender_detection.api.utils import (
    answer_many,
    country_warnings,
    instances_of,
    model_info,
    people_in,
)
from gender_detection.errors import InvalidInput
from gender_detection.model import Person
from gender_detection.model.answers import encode
from tests.text_strategies import TEXT, examples

WORD = st.sampled_from(
    "Maria MARÍA John Andrea Kim Zunelda Łucja Ольга J. Dr Mrs Jean-Claude Ó Straße".split()
)
FAMILY = st.sampled_from("Rossi Ivanova Nguyen Wang O'Neill Sørensen Smith".split())
# JSON has no lone surrogates.
TEXT = TEXT.map(lambda text: text[:99].encode("utf-8", "ignore").decode())
NAME = st.one_of(WORD, st.builds("{} {}".format, WORD, FAMILY), TEXT, st.sampled_from(["", " "]))
COUNTRY = st.sampled_from(["IT", "it", "HU", "CN"])
PERSON = st.dictionaries(st.sampled_from(["name", "given_name"]), NAME, min_size=1).flatmap(
    lambda names: st.fixed_dictionaries(
        {},
        optional={
            "family_name": FAMILY | st.just("") | TEXT,
            "country": COUNTRY,
            "id": st.integers(-9, 9) | st.sampled_from(['"x\\', "é", 7.0]) | st.none(),
        },
    ).map(lambda more: {**names, **more})
)
INSTANCES = st.lists(NAME | PERSON, min_size=1, max_size=20)
ALIKE = st.lists(NAME, min_size=1, max_size=20)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "country": COUNTRY,
        "threshold": st.sampled_from([0.5, 0.9, 1.0]),
        "female_share": st.sampled_from([0.2, 0.9]),
        "family_name_first": st.booleans(),
    },
)


@examples(200)
@given(INSTANCES | ALIKE, OPTIONS)
def test_bytes_equal_those_of_single_predictions(tiny_model, instances, options):
    request = parse_request(msgspec.json.encode({"instances": instances, **options}), PREDICT)
    people = people_in(request.instances or [], request.country)
    predictions = tiny_model.predict(
        people,
        threshold=request.threshold,
        female_share=request.female_share,
        family_name_first=bool(request.family_name_first),
    )
    info = model_info(tiny_model, request.threshold)
    warnings = country_warnings(people) or msgspec.UNSET

    body, codes = answer_many(tiny_model, request, instances_of(request))

    assert body == msgspec.json.encode(InstancesAnswer(predictions, info, warnings))
    assert codes.tolist() == [encode(one.p_female, one.basis, one.reason) for one in predictions]


@pytest.mark.parametrize("country", ["Italy", "Atlantis", " "])
def test_default_country_is_reported_like_that_of_each_name(tiny_model, country):
    every = {"instances": ["Maria", {"name": "Maria"}], "country": country}
    each = {"instances": [{"name": "Maria", "country": country}] * 2}

    written = []
    for asked in (every, each):
        request = parse_request(msgspec.json.encode(asked), PREDICT)
        written.append(answer_many(tiny_model, request, instances_of(request))[0])

    assert written[0] == written[1]


ODD = ['"Mimi" Rossi', "Back\\slash", "Line\nend", "\x00\x1f\x7f", "<é\u2028😀/>", "", "x" * 999]


@pytest.mark.parametrize("member", ["name", "given_name", "family_name", "id"])
def test_every_character_that_json_escapes_is_escaped(tiny_model, member):
    people = [Person(**{"family_name": "Rossi", member: text}) for text in ODD]

    written, _ = tiny_model.json_answers(people)

    assert bytes(written[:-1]) == b",".join(map(msgspec.json.encode, tiny_model.predict(people)))


def test_many_long_names_fit_into_the_buffer(tiny_model):
    names = ["Maria " + "é" * 400] * 50

    written, _ = tiny_model.json_answers(names)

    predictions = tiny_model.predict([Person(name=name) for name in names])
    assert bytes(written[:-1]) == b",".join(map(msgspec.json.encode, predictions))


def test_option_out_of_range_is_refused(tiny_model):
    with pytest.raises(InvalidInput, match="threshold"):
        tiny_model.json_answers(["Maria"], threshold=0.4)
    with pytest.raises(InvalidInput, match="female_share"):
        tiny_model.json_answers(["Maria"], female_share=1.0)


def test_batch_is_counted_like_single_predictions(settings, tiny_model):
    instances = ["Maria", "John Smith", "J.", "Andrea", "?"] * 3
    shown = []
    for bodies in ([{"instances": instances}], [{"name": name} for name in instances]):
        client = create_app(settings, tiny_model).test_client()
        for body in bodies:
            client.post("/predict", json=body)
        lines = client.get("/metrics").text.splitlines()
        counters = ("gender_detection_predictions_", "gender_detection_prediction_probability_")
        shown.append(
            sorted(line for line in lines if line.startswith(counters) and "_created" not in line)
        )
    assert [line.rsplit(" ", 1)[0] for line in shown[0]] == [
        line.rsplit(" ", 1)[0] for line in shown[1]
    ]
    amounts = [[float(line.rsplit(" ", 1)[1]) for line in lines] for lines in shown]
    assert amounts[0] == pytest.approx(amounts[1])
    assert 3.0 in amounts[0]
