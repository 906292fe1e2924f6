"""The answers of two models to the same questions, as marks that the rules compare."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .. import evaluation
from ..evaluation import Judged, LabelledPerson
from ..evaluation.measures import Bools, Floats
from ..model import Model
from ..model.answers import BASES, FIRST_REASON, PATTERN, STEPS, Codes
from ..model.people import People
from .cases import MOVED_BY_COUNTRY, SEVERAL_WORDS, WAYS, unmistakable
from .references import Reference
from .rules import CHANGED, FAILED, UNKNOWN

FAMILY_NAME = "Miller"
TITLES = {"male": "Mr.", "female": "Mrs."}
# There, mr. is a lawyer's title, of women and men.
LAWYERS = "NL"
# Beyond these, a title has decided.
SURE = 0.95


@dataclass(frozen=True)
class Marks:
    """One model's marks on n questions: who has each fault, bool (n,), by figure.

    For people also their P(female), NaN for none, and said: 1 if answered female at the model's
    threshold by evidence, -1 if male, 0 if unknown or by the spelling alone. Both are empty for
    other questions.
    """

    faults: Mapping[str, Bools]
    p_female: Floats = field(default_factory=lambda: np.zeros(0))
    said: npt.NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))


@dataclass(frozen=True)
class Asked:
    """A set of questions with the marks of both models; champion is None without one.

    of is what they are, in words. is_female is the right answer, labels are those of slices, text
    (n,). names are shown where a question goes wrong: only those that are nobody's. is_counted
    says that only counts are known, and not who has a fault (gate.registered).
    """

    group: str
    of: str
    challenger: Marks
    champion: Marks | None
    is_female: Bools = field(default_factory=lambda: np.zeros(0, bool))
    labels: Mapping[str, npt.NDArray[np.str_]] = field(default_factory=dict)
    names: Sequence[str] = ()
    is_counted: bool = False

    def __len__(self) -> int:
        return len(next(iter(self.challenger.faults.values())))


def marks_of(
    p_female: Floats, is_female: Bools, threshold: float, spelled: Bools | None = None
) -> Marks:
    """Return the marks of answers P(female) to people of known gender, both of shape (n,).

    spelled is who is answered by the spelling alone, all of them by default.
    """
    faults = evaluation.faults(p_female, is_female, threshold)
    known = np.zeros(len(p_female), bool) if spelled is None else ~faults[UNKNOWN] & ~spelled
    said = np.where(known, np.where(p_female > 0.5, 1, -1), 0).astype(np.int8)
    return Marks(faults, p_female, said)


def all_asked(
    challenger: Model,
    champion: Model | None,
    references: Mapping[str, Reference],
    labelled: Callable[[], Iterator[LabelledPerson]] | None,
) -> Iterator[Asked]:
    """Yield all questions, answered by both models.

    references are the data, by whose they are, such as "the challenger's data". labelled is called
    for each model.
    """
    for whose, reference in references.items():
        yield _people(challenger, champion, reference, whose)
        yield _unseen(challenger, champion, reference, whose)
    if labelled:
        yield _labelled(challenger, champion, labelled)
    yield _unmistakable(challenger, champion)
    yield _notation(challenger, champion)
    yield _direction(challenger, champion)


def answers(model: Model, parts: Mapping[str, pa.Array]) -> Codes:
    """Return the model's codes of people in columns, int32 (n,)."""
    return model.answer(People(dict(parts), None))


def p_female_of(codes: Codes) -> Floats:
    """Return P(female) of codes, NaN where there is none."""
    return np.where(codes < FIRST_REASON, codes % STEPS / STEPS, np.nan)


def _marks_of_codes(codes: Codes, is_female: Bools, threshold: float) -> Marks:
    spelled = codes // STEPS == PATTERN
    return marks_of(p_female_of(codes), is_female, threshold, spelled)


def _both(
    challenger: Model, champion: Model | None, marks: Callable[[Model], Marks]
) -> tuple[Marks, Marks | None]:
    return marks(challenger), marks(champion) if champion else None


def _genders(is_female: Bools) -> npt.NDArray[np.str_]:
    return np.where(is_female, "women", "men")


def people_columns(reference: Reference) -> dict[str, pa.Array]:
    """Return the people of the data as columns for answers()."""
    return {"given_name": reference.name, "country": reference.country.dictionary_encode()}


def _people(challenger: Model, champion: Model | None, reference: Reference, whose: str) -> Asked:
    is_female, columns = reference.is_female, people_columns(reference)

    def marks(model: Model) -> Marks:
        return _marks_of_codes(answers(model, columns), is_female, model.threshold)

    countries = np.array(reference.country.fill_null("no country").to_pylist(), np.str_)
    labels = {"country": countries, "gender": _genders(is_female)}
    of = f"names of {whose}"
    return Asked("people", of, *_both(challenger, champion, marks), is_female, labels)


def _unseen(challenger: Model, champion: Model | None, reference: Reference, whose: str) -> Asked:
    is_female = reference.key_is_female

    def marks(model: Model) -> Marks:
        p_female = model.pattern.p_female(reference.key).astype(np.float64)
        return marks_of(p_female, is_female, model.threshold)

    labels = {"gender": _genders(is_female)}
    of = f"names held out of {whose}"
    return Asked("unseen", of, *_both(challenger, champion, marks), is_female, labels)


def _labelled(
    challenger: Model,
    champion: Model | None,
    labelled: Callable[[], Iterator[LabelledPerson]],
) -> Asked:
    judged = evaluation.judge(challenger, labelled())
    is_female, coded = judged.is_female, judged.labels["country"]
    mine, other = _marks_of_people(judged), None
    if champion:
        other = _marks_of_people(evaluation.judge(champion, labelled()))
    names = np.array([label or "no country" for label in coded.labels] or [""], np.str_)
    labels = {"country": names[coded.codes], "gender": _genders(is_female)}
    return Asked("labelled", "labelled people", mine, other, is_female, labels)


def _marks_of_people(judged: Judged) -> Marks:
    spelled = judged.having("basis", BASES[PATTERN])
    return marks_of(judged.p_female, judged.is_female, judged.threshold, spelled)


def _unmistakable(challenger: Model, champion: Model | None) -> Asked:
    """Every unmistakable name with its country, and without one."""
    cases = unmistakable()
    names = [case.name for case in cases]
    countries = [case.country for case in cases]
    columns = _columns(names * 2, [*countries, *[None] * len(cases)])
    is_female = np.array([case.gender == "female" for case in cases] * 2)

    def marks(model: Model) -> Marks:
        return _marks_of_codes(answers(model, columns), is_female, model.threshold)

    shown = [f"{case.name} ({case.country})" for case in cases] + names
    both = _both(challenger, champion, marks)
    return Asked("unmistakable", "unmistakable names", *both, is_female, names=shown)


def _notation(challenger: Model, champion: Model | None) -> Asked:
    """Every unmistakable name in every way to write it; changed if the answer is another."""
    cases = unmistakable()
    countries = [case.country for case in cases]
    plain = _columns([case.name for case in cases], countries)
    written = [(way, case) for way in WAYS for case in cases]
    texts = [WAYS[way](case.name) for way, case in written]
    others = _columns(texts, countries * len(WAYS))

    def marks(model: Model) -> Marks:
        expected = np.tile(answers(model, plain), len(WAYS))
        return Marks({CHANGED: answers(model, others) != expected})

    shown = [f"{case.name} ({way})" for way, case in written]
    both = _both(challenger, champion, marks)
    return Asked("notation", "other notations of unmistakable names", *both, names=shown)


def _direction(challenger: Model, champion: Model | None) -> Asked:
    """Titles that decide, countries that move a name, and several words of which one decides."""
    cases = [*_titled(), *_moved(), *((n, c, g, 0.5) for n, c, g in SEVERAL_WORDS)]
    names, countries, genders, limits = zip(*cases, strict=True)
    columns, limit = _columns(names, countries), np.array(limits)
    is_female = np.array([gender == "female" for gender in genders])

    def marks(model: Model) -> Marks:
        p_female = p_female_of(answers(model, columns))
        # NaN is no answer, and fails.
        return Marks({FAILED: ~(np.where(is_female, p_female, 1 - p_female) > limit)})

    shown = [f"{name} ({country})" for name, country in zip(names, countries, strict=True)]
    both = _both(challenger, champion, marks)
    return Asked("direction", "titles and countries that decide", *both, names=shown)


def _titled() -> Iterator[tuple[str, str, str, float]]:
    for case in unmistakable():
        if case.country == LAWYERS:
            continue
        for gender, title in TITLES.items():
            yield f"{title} {case.name} {FAMILY_NAME}", case.country, gender, SURE


def _moved() -> Iterator[tuple[str, str, str, float]]:
    each = ((name, (his, hers)) for name, his, hers in MOVED_BY_COUNTRY)
    for name, countries in each:
        for form in (name, f"{name} {FAMILY_NAME}", f"{FAMILY_NAME}, {name}"):
            for country, gender in zip(countries, TITLES, strict=True):
                yield form, country, gender, 0.5


def _columns(names: Sequence[str], countries: Sequence[str | None]) -> dict[str, pa.Array]:
    return {"name": pa.array(names, pa.string()), "country": pa.array(countries, pa.string())}
