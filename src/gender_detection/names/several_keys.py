"""The keys of divided names in columns: of their given words, and of their family names."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .column_words import NONE, Places, distinct
from .keys import CAMEL, MAX_KEYS, parts_of
from .order import CUSTOMS
from .ordinary import OrdinaryWords, is_lookup
from .several import Divided, Genders
from .text import MAX_KEY_LETTERS, key

_VIETNAM = CUSTOMS.index("VN")


@dataclass(frozen=True)
class SeveralNames:
    """What names of several words say, of shape (m,) each but for the lists of distinct keys.

    at           the places of the names, among those asked for, that are read
    unnamed      those of the names, (u,), that have no given name but initials or a title
    unnamed_titles  what the titles of these say, (u,), as `titles` does
    given        their given words as written
    keys         distinct keys of given names
    keys_of      the places of each name's keys among these, (m, MAX_KEYS), NONE behind the last
    titles       1 where a title, a patronymic or a middle name says that it is a woman's, -1 a
                 man's, else 0
    families     distinct keys of family names
    families_of  the places of each one's among these in the order in which they are looked up,
                 (m, f), NONE for what is none
    endings      the place of the one whose form tells women from men, NONE where there is none
    """

    at: Places
    unnamed: Places
    unnamed_titles: Genders
    given: pa.StringArray
    keys: pa.StringArray
    keys_of: Places
    titles: npt.NDArray[np.int8]
    families: pa.StringArray
    families_of: Places
    endings: Places


def several_names(names: Divided) -> SeveralNames:
    """Return what divided names say, as parse() reads them."""
    words, given, family = names.words, names.given, names.family
    families, families_of, endings = _families(words, family)
    vietnamese = names.customs == _VIETNAM
    nguyen = pc.index(families, "nguyen").as_py()
    if nguyen != NONE:
        vietnamese |= families_of[:, 0] == nguyen
    titles = np.where(names.titles != 0, names.titles, _titles(words, given, vietnamese))
    keys, keys_of = _keys(words, given, vietnamese)
    return SeveralNames(
        names.at, names.unnamed, names.unnamed_titles, _written(words, given),
        keys, keys_of, titles, families, families_of, endings,
    )  # fmt: skip


def _written(words: OrdinaryWords, given: Places) -> pa.StringArray:
    """Return given words as written, beside each other."""
    columns = [words.bare.take(pa.array(column, mask=column == NONE)) for column in given.T]
    return pc.binary_join_element_wise(*columns, " ", null_handling="skip")


def _titles(
    words: OrdinaryWords, given: Places, vietnamese: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int8]:
    sizes = np.count_nonzero(given != NONE, axis=1)
    several = sizes > 1
    last = given[np.arange(len(given)), np.maximum(sizes - 1, 0)]
    titles = np.where(several, words.gender[last], 0).astype(np.int8)
    thi = pc.equal(words.folded, "thi").to_numpy(zero_copy_only=False)
    titles[(titles == 0) & several & vietnamese & np.append(thi, False)[given[:, 0]]] = 1
    return titles


def _keys(
    words: OrdinaryWords, given: Places, vietnamese: npt.NDArray[np.bool_]
) -> tuple[pa.StringArray, Places]:
    """Return distinct keys and those of each name, as keys.name_keys orders them."""
    several = np.flatnonzero(given[:, 1] != NONE)
    cut = _before_particle(words, given)
    cut[vietnamese] = given.shape[1]
    pair = np.flatnonzero((given[:, 2] != NONE) & (cut >= 2))
    looked_up = np.where(np.arange(given.shape[1]) < cut[:, None], given, NONE)
    looked_up[vietnamese] = _last_first(given[vietnamese])
    together = pc.match_substring_regex(words.bare, rf"-|\A(?:{CAMEL})\z")
    texts = _Texts(words.folded)
    parts = texts.parts(words.bare, together, looked_up, parts_of)
    candidates = [
        texts.joined(given[several], several, len(given)),
        texts.joined(given[pair, :2], pair, len(given)),
    ]
    for column in _filled(looked_up):
        candidates += [column, *_filled(parts[column])]
    keys, ids = distinct(texts.all(), np.stack(candidates, axis=1))
    ids[~np.append(is_lookup(keys), False)[ids]] = NONE
    return keys, _first_distinct(ids, MAX_KEYS)


def _families(words: OrdinaryWords, family: Places) -> tuple[pa.StringArray, Places, Places]:
    """Return distinct keys, those that each family name is looked up by, and the last one's."""
    several = np.flatnonzero(family[:, 1] != NONE)
    texts = _Texts(words.folded)
    together = pc.match_substring(words.bare, "-")
    parts = texts.parts(words.bare, together, family, _pieces)
    joined = texts.joined(family[several], several, len(family))
    candidates = [np.where(joined == NONE, family[:, 0], joined)]
    endings = np.full(len(family), NONE)
    for column in _filled(family):
        pieces = _filled(parts[column])
        # A word in parts is looked up by these alone; the last part tells its form.
        alone = np.where(pieces[0] == NONE, column, NONE) if pieces else column
        candidates += [alone, *pieces]
        for one in (column, *pieces):
            endings = np.where(one == NONE, endings, one)
    keys, ids = distinct(texts.all(), np.stack([*candidates, endings], axis=1))
    # Which come twice does no harm: the first that is known counts.
    used = (ids != NONE).any(axis=0)
    used[0], used[-1] = True, False
    return keys, ids[:, used], ids[:, -1]


def _filled(table: Places) -> list[Places]:
    """Return the columns of a table of places, (n, k), but for those that are all NONE."""
    return [column for column in table.T if (column != NONE).any()]


def _pieces(word: str) -> list[str]:
    return [key(piece) for piece in word.split("-")]


class _Texts:
    """Keys of words, and what is made of these: places go through all of them."""

    def __init__(self, folded: pa.StringArray) -> None:
        self._words = pa.concat_arrays([folded, pa.array([""])])
        self._texts = [folded]
        self._size = len(folded)

    def all(self) -> pa.StringArray:
        """Return all texts."""
        return pa.concat_arrays(self._texts)

    def _add(self, texts: pa.StringArray) -> Places:
        self._texts.append(texts)
        self._size += len(texts)
        return np.arange(self._size - len(texts), self._size)

    def joined(self, table: Places, rows: Places, size: int) -> Places:
        """Return the places of keys of several words, (r, k), together: those of these rows of a
        column, (size,), NONE elsewhere."""
        out = np.full(size, NONE)
        last = len(self._words) - 1
        columns = [
            self._words.take(pa.array(np.where(column == NONE, last, column))) for column in table.T
        ]
        whole = pc.binary_join_element_wise(*columns, "")
        out[rows] = self._add(pc.utf8_slice_codeunits(whole, 0, MAX_KEY_LETTERS))
        return out

    def parts(
        self,
        words: pa.StringArray,
        together: pa.BooleanArray,
        used: Places,
        keys_of: Callable[[str], list[str]],
    ) -> Places:
        """Return the places of the keys of the parts of words, (w + 1, p), of those words that are
        put together and used; NONE elsewhere."""
        asked = np.zeros(len(words) + 1, np.bool_)
        asked[used[used != NONE]] = True
        at = np.flatnonzero(asked[:-1] & together.to_numpy(zero_copy_only=False))
        found = [keys_of(word) for word in words.take(pa.array(at)).to_pylist()]
        sizes = np.array([len(one) for one in found], np.int64)
        table = np.full((len(words) + 1, max(sizes, default=0)), NONE)
        columns = np.arange(table.shape[1])
        filled = table[at]
        flat = [key for one in found for key in one]
        filled[columns < sizes[:, None]] = self._add(pa.array(flat, pa.string()))
        table[at] = filled
        return table


def _before_particle(words: OrdinaryWords, given: Places) -> Places:
    """Return how many words stand before the first particle that cuts given names."""
    cutting = words.cutting[given]
    cutting[:, 0] = False
    return np.where(cutting.any(axis=1), cutting.argmax(axis=1), given.shape[1])


def _last_first(given: Places) -> Places:
    """Return rows of words with the last one first."""
    ends = np.count_nonzero(given != NONE, axis=1) - 1
    columns = np.arange(given.shape[1]) - 1
    out = np.where(columns < ends[:, None], given[:, columns], NONE)
    out[:, 0] = given[np.arange(len(given)), ends]
    return out


def _first_distinct(table: Places, most: int) -> Places:
    """Return the first distinct places of each row, NONE left out, (n, most)."""
    out = np.full((len(table), most), NONE)
    size = np.zeros(len(table), np.int64)
    for column in table.T:
        at = np.flatnonzero(column != NONE)
        new = (size[at] < most) & (out[at] != column[at, None]).all(axis=1)
        at = at[new]
        out[at, size[at]] = column[at]
        size[at] += 1
    return out
