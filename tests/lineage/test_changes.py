"""What counts as a change from one version to another, and the fixed names that answers are
compared on."""

from dataclasses import replace

import pytest

from gender_detection.countries import code_of
from gender_detection.lineage import Lineage, TrainingRun
from gender_detection.lineage.answers import compare, fixed_names, kind_of
from gender_detection.lineage.changes import between
from gender_detection.lineage.changes_text import as_text
from gender_detection.lineage.layout import table
from gender_detection.model import Model, Person


def version(number: str, **sources: dict[str, object]) -> Lineage:
    return Lineage("names", number, manifest={"data": {"sources": sources}})


def test_source_that_is_new_or_gone_is_named_so():
    old = version("1", gone={"sha256": "aa", "lines_in": 5}, kept={"sha256": "bb"})
    new = version("2", added={"sha256": "cc", "lines_in": 7}, kept={"sha256": "bb"})

    found = between(old, new)
    text = as_text({**found, "answers": {"names": 0, "largest": []}})

    assert set(found["data"]["sources"]) == {"gone", "added"}
    rows = [line.split() for line in text.splitlines()]
    assert ["added", "is", "new"] in rows
    assert ["gone", "is", "gone"] in rows


def test_what_only_one_record_knows_is_no_change_of_a_source():
    """The artifact does not say the weight, which the run of the other version does."""
    old = version("1", names={"sha256": "aa"})
    new = version("2", names={"sha256": "aa", "weight": 0.2})

    assert between(old, new)["data"]["sources"] == {}


def test_dataset_that_only_one_record_knows_is_no_change():
    """Runs of older versions did not log the dataset of origins."""
    stages = {"vectors": {"version": "e1", "rows_out": 5}}
    newer = {**stages, "origins": {"version": "f1", "rows_out": 3}}
    old, new = (
        Lineage("names", "1", run=TrainingRun("1", datasets=known)) for known in (stages, newer)
    )

    assert between(old, new)["data"] == {"versions": {}, "rows": {}, "sources": {}}


def test_versions_without_a_digest_are_not_said_to_be_the_same():
    assert not between(Lineage("names", "1"), Lineage("names", "2"))["same_bytes"]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (("female", 0.9), ("male", 0.1), "flipped"),
        (("female", 0.9), ("unknown", 0.7), "became_unknown"),
        (("unknown", None), ("male", 0.1), "became_known"),
        (("female", 0.95), ("female", 0.89), "moved"),
        (("female", 0.95), ("female", 0.91), ""),
        # Even odds and no evidence are not the same answer.
        (("unknown", None), ("unknown", 0.5), "moved"),
        (("unknown", None), ("unknown", None), ""),
    ],
)
def test_change_of_an_answer_has_one_kind(tiny_model: Model, before, after, kind: str):
    answer = tiny_model.predict([Person(name="Maria")])[0]
    type_of = type(answer)
    fields = {name: getattr(answer, name) for name in type_of.__struct_fields__}
    old, new = (
        type_of(**{**fields, "gender": gender, "p_female": p_female})
        for gender, p_female in (before, after)
    )

    assert kind_of(old, new) == kind


def test_moves_are_listed_by_their_size(tiny_model: Model):
    other = replace(
        tiny_model, parameters=replace(tiny_model.parameters, p_title=0.6, trust_unseen=0.1)
    )

    found = compare(tiny_model, other, largest=5)

    moves = [abs(row["move"]) for row in found["largest"]]
    assert moves == sorted(moves, reverse=True)
    assert len(moves) == 5
    assert found["changed"] >= sum(1 for row in found["largest"] if row["kind"])


def test_model_answers_as_itself(tiny_model: Model):
    found = compare(tiny_model, tiny_model)

    assert (found["changed"], found["largest"]) == (0, [])


def test_fixed_names_are_of_many_countries_and_scripts():
    people = fixed_names()

    assert len({(person.name, person.country) for person in people}) == len(people) >= 300
    countries = {person.country for person in people}
    assert len(countries) > 50
    assert all(country is None or code_of(country) == country for country in countries)
    assert sum(not str(person.name).isascii() for person in people) > 30


def test_table_drops_what_a_terminal_would_interpret():
    assert table(("name", "n"), [("\x1b[31mred", "1")], text=(0,)) == "name     n\n[31mred  1"
