"""Columns of names of several words, read at once where all are ordinary words and initials.

Which words are given ones is settled by the words' custom (order.given_span), once for all names
whose words and countries are of one kind. What this does not read is left to parse().
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .column_words import NONE, Mask, Places, numbers, split
from .order import CUSTOMS, EAST_ASIA, ORDERED_COUNTRIES, given_span
from .ordinary import MOST_APART, OrdinaryWords
from .text import MAX_KEY_LETTERS

MOST_WORDS = 6
Genders = npt.NDArray[np.int8]
_ORDERED = np.array([custom in ORDERED_COUNTRIES for custom in CUSTOMS], np.bool_)
_EAST_ASIAN = np.array([custom in EAST_ASIA for custom in CUSTOMS], np.bool_)
_COLUMNS = np.arange(MOST_WORDS)


@dataclass(frozen=True)
class Divided:
    """Names divided into given words and family names.

    at       the places, (m,), among the names asked for, of those that are read
    words    the distinct words of all
    given    the places of the given words among these, (m, MOST_WORDS), NONE behind the last
    family   those of the family name's words likewise; there may be none
    customs  those of the bearers' countries, (m,), as places in CUSTOMS
    titles   1 where a title says that it is a woman's, -1 a man's, else 0, (m,)
    unnamed  the places, (u,), among the names asked for, of those that have no given name but
             initials or a title: these are not among the ones above
    unnamed_titles  what the titles of these say, (u,); 0 for initials alone
    """

    at: Places
    words: OrdinaryWords
    given: Places
    family: Places
    customs: Places
    titles: Genders
    unnamed: Places
    unnamed_titles: Genders


def divide_names(names: pa.StringArray, customs: Places) -> Divided:
    """Return full names, (n,), divided as parse() divides them in countries of these customs."""
    written, places, starts, sizes = split(names, MOST_WORDS)
    words = OrdinaryWords.of(written)
    table = _table(places, starts, sizes)
    comma = words.comma[table]
    # How many words stand before the comma: where there is one, these are the family name.
    before = np.where(comma.any(axis=1), comma.argmax(axis=1) + 1, 0)
    family = np.where(before[:, None] > _COLUMNS, table, NONE)
    behind = before > 0
    given = table.copy()
    given[behind] = _moved(table[behind], before[behind], sizes[behind])
    given, title = _without_title(words, given)
    named, read = _read(words, given, family)
    read &= _is_short(names) & (sizes <= MOST_WORDS) & (comma.sum(axis=1) == behind)
    read &= ~(behind & (words.tail | words.initials.tail)[given[:, 0]])
    read &= words.initials.customs[given[:, 0]] != customs
    at = np.flatnonzero(read)
    given, family, named = given[at], family[at], named[at]
    customs, behind, title = customs[at], behind[at], title[at]
    named[behind] = _without_trailing(words, named[behind], given[behind], customs[behind])
    only = _is_only_family(words, given, named)
    only |= words.titles.before_family[title] & _is_lone_family(words, named)
    named[~behind & only] = NONE
    whole = np.flatnonzero(~behind & (named[:, 1] != NONE))
    spans = _spans(words, named[whole], customs[whole])
    named[whole], family[whole] = _divided(named[whole], *spans)
    return _kept(at, words, named, family, customs, title)


def divide_fields(given: pa.StringArray, family: pa.StringArray, customs: Places) -> Divided:
    """Return names in fields, (n,), as parse_parts() reads them in countries of these customs."""
    size = len(given)
    both = pa.concat_arrays([given.fill_null(""), family.fill_null("")])
    written, places, starts, sizes = split(both, MOST_WORDS)
    words = OrdinaryWords.of(written)
    table = _table(places, starts, sizes)
    blank = pc.equal(both, "").to_numpy(zero_copy_only=False)
    table[blank] = NONE
    given_words, title = _without_title(words, table[:size])
    named, read = _read(words, given_words, table[size:])
    fits = _is_short(both) & (sizes <= MOST_WORDS) & ~words.comma[table].any(axis=1)
    fits[:size] &= words.initials.customs[given_words[:, 0]] != customs
    at = np.flatnonzero(read & fits[:size] & fits[size:])
    customs = customs[at]
    named = _without_trailing(words, named[at], given_words[at], customs)
    return _kept(at, words, named, table[size:][at], customs, title[at])


def _kept(
    at: Places,
    words: OrdinaryWords,
    given: Places,
    family: Places,
    customs: Places,
    title: Places,
) -> Divided:
    """Return those names whose first given word is one wherever it stands, or that have none."""
    kept, unnamed = words.ordinary[given[:, 0]], given[:, 0] == NONE
    titles = words.titles.gender[title]
    return Divided(
        at[kept], words, given[kept], family[kept], customs[kept], titles[kept],
        at[unnamed], titles[unnamed],
    )  # fmt: skip


def _without_title(words: OrdinaryWords, given: Places) -> tuple[Places, Places]:
    """Return rows of words without a title before others, and the places of these, (n,), NONE
    where there is none."""
    titled = words.titles.first[given[:, 0]] & (given[:, 1] != NONE)
    moved = given.copy()
    moved[titled, :-1], moved[titled, -1] = given[titled, 1:], NONE
    return moved, np.where(titled, given[:, 0], NONE)


def _is_short(names: pa.StringArray) -> Mask:
    short: Mask = pc.less_equal(pc.utf8_length(names.fill_null("")), MAX_KEY_LETTERS).to_numpy(
        zero_copy_only=False
    )
    return short


def _table(places: Places, starts: Places, sizes: Places) -> Places:
    """Return the words of each name, (n, MOST_WORDS), NONE behind the last."""
    last = max(len(places) - 1, 0)
    table = places[np.minimum(starts[:, None] + _COLUMNS, last)]
    table[sizes[:, None] <= _COLUMNS] = NONE
    return table


def _moved(table: Places, starts: Places, ends: Places) -> Places:
    """Return the words of each row from a start to an end, (n, MOST_WORDS), moved to the front."""
    columns = _COLUMNS + starts[:, None]
    moved = np.take_along_axis(table, np.minimum(columns, MOST_WORDS - 1), axis=1)
    moved[columns >= ends[:, None]] = NONE
    return moved


def _read(words: OrdinaryWords, given: Places, family: Places) -> tuple[Places, Mask]:
    """Return the given words without initials, and which rows may be read: they are given words
    and initials, of which there are some, and the family name is ordinary words."""
    initial, named = words.initials.anywhere[given], given.copy()
    initial[:, 0] = words.initials.first[given[:, 0]]
    words_there = np.where(_COLUMNS > 0, words.later[given], words.ordinary[given])
    read = (words_there | initial | (given == NONE)).all(axis=1) & (given[:, 0] != NONE)
    read &= (words.ordinary[family] | (family == NONE)).all(axis=1)
    some = np.flatnonzero(initial.any(axis=1))
    order = np.argsort(~words_there[some], axis=1, kind="stable")
    named[some] = np.take_along_axis(np.where(words_there, given, NONE)[some], order, axis=1)
    read &= words.ordinary[named[:, 0]] | (named[:, 0] == NONE)
    return named, read


def _is_only_family(words: OrdinaryWords, given: Places, named: Places) -> Mask:
    """Return which full names without a comma keep no given name beside their initials.

    named is the same without initials.
    """
    letters = words.initials.letters[given].sum(axis=1)
    first, behind = named[:, 0], given[:, 0] != named[:, 0]
    alone = _is_lone_family(words, named)
    only: Mask = (letters > 0) & (
        (first == NONE) | (behind & words.particle[first]) | (alone & (behind | (letters > 1)))
    )
    return only


def _is_lone_family(words: OrdinaryWords, named: Places) -> Mask:
    """Return which rows have one word that is no given name by itself, or none."""
    lone: Mask = (named[:, 1] == NONE) & ~words.common[named[:, 0]]
    return lone


def _without_trailing(
    words: OrdinaryWords, named: Places, given: Places, customs: Places
) -> Places:
    """Return the words of a field of given names without the particles at its end.

    given is the same with initials.
    """
    ends = np.count_nonzero(named != NONE, axis=1)
    rows = np.arange(len(named))
    several = (given[:, 1] != NONE) & ~_EAST_ASIAN[customs]
    for _ in range(MOST_WORDS):
        last = named[rows, np.maximum(ends - 1, 0)]
        ends = ends - (several & (ends > 0) & words.trailing[last])
    return np.where(ends[:, None] > _COLUMNS, named, NONE)


def _spans(words: OrdinaryWords, named: Places, customs: Places) -> tuple[Places, Places]:
    """Return where the given words of full names of two or more words begin and end."""
    encoded = pa.array(_kinds(words, named, customs)).dictionary_encode()
    kind = numbers(encoded.indices)
    first = np.empty(len(encoded.dictionary), np.int64)
    first[kind[::-1]] = np.arange(len(kind))[::-1]
    index = pa.array(named[first].ravel(), mask=named[first].ravel() == NONE)
    texts = words.bare.take(index).to_pylist()
    spans = [
        given_span(
            [text for text in texts[at * MOST_WORDS : (at + 1) * MOST_WORDS] if text is not None],
            CUSTOMS[custom],
        )
        for at, custom in enumerate(customs[first].tolist())
    ]
    found = np.array(spans, np.int64).reshape(-1, 2)[kind]
    return found[:, 0], found[:, 1]


def _kinds(words: OrdinaryWords, named: Places, customs: Places) -> Places:
    """Return a number for each full name: those of one number are divided alike."""
    ordered, kinds = _ORDERED[customs], customs
    apart = words.order_apart() if ordered.any() else words.order
    for column in named.T:
        if not (column != NONE).any():
            break
        facts = np.where(ordered, apart[column], words.order[column])
        # Numbered anew each time, as the numbers would outgrow an int64.
        kinds = numbers(pa.array(kinds * MOST_APART + facts).dictionary_encode().indices)
    # Where it is for the first word itself to say, each name is of a kind of its own.
    alone = np.flatnonzero(~ordered & words.family_first[named[:, 0]])
    kinds[alone] = -1 - np.arange(len(alone))
    return kinds


def _divided(named: Places, starts: Places, ends: Places) -> tuple[Places, Places]:
    """Return given words and family name of full names whose given words begin and end there."""
    sizes = np.count_nonzero(named != NONE, axis=1)
    first = starts > 0
    family = _moved(named, np.where(first, 0, ends), np.where(first, starts, sizes))
    return _moved(named, starts, ends), family
