"""Requests with many instances are answered in columns, with the bytes of one after the other."""

import msgspec
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from text_strategies import TEXT

from api.app import create_app
from api.many import LEAST, answer_many
from api.parsing import PREDICT, parse_request
from api.plain_texts import answer_texts
from api.served import check
from api.utils import encode_answer, predict

WORD = st.sampled_from(
    "Maria MARÍA John Andrea Kim Zunelda Łucja Ольга J. Dr Mrs Jean-Claude Ó Straße".split()
)
FAMILY = st.sampled_from("Rossi Ivanova Nguyen Wang O'Neill Sørensen Smith".split())
TEXT = TEXT.map(lambda text: text[:99])
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
    },
)


@examples(max_examples=200)
@given(INSTANCES | ALIKE, OPTIONS)
def test_bytes_are_those_of_predictions_one_by_one(tiny_model, instances, options):
    body = msgspec.json.encode({"instances": instances, **options})
    request = parse_request(body, PREDICT)
    predictions = predict(tiny_model, request)
    many = answer_many(tiny_model, request)

    assert many.body == encode_answer(tiny_model, request, predictions)
    shown = many.table.take(many.codes).to_pylist()
    assert [(row["gender"], row["p_female"], row["basis"], row["reason"]) for row in shown] == [
        (one.gender, one.p_female, one.basis, one.reason) for one in predictions
    ]


def test_many_are_counted_as_few_are(settings, tiny_model):
    instances = ["Maria", "John Smith", "J.", "Andrea", "?"] * LEAST
    shown = []
    for size in (len(instances), LEAST - 1):
        client = create_app(settings, tiny_model).test_client()
        for start in range(0, len(instances), size):
            client.post("/predict", json={"instances": instances[start : start + size]})
        lines = client.get("/metrics").text.splitlines()
        shown.append(
            sorted(
                line
                for line in lines
                if line.startswith(
                    ("gender_detection_predictions_", "gender_detection_probability")
                )
                and "_created" not in line
            )
        )
    assert shown[0] == shown[1]
    assert any(line.endswith(f" {LEAST}.0") for line in shown[0])


def test_what_all_answers_are_made_of_is_there_before_the_workers(settings):
    answer_texts.cache_clear()
    check(settings)

    assert answer_texts.cache_info().currsize == 1
