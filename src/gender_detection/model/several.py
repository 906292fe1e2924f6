"""What is believed of names of several words in columns: with several keys, and family names."""

import numpy as np

from ..names.column_words import NONE, Places
from ..names.several_keys import SeveralNames
from .codes import TITLE
from .column_beliefs import Asked, Bases, ColumnBeliever, CountryCodes, Floats, log_odds, share_of
from .combination import MOST_WHOLE


class SeveralBeliever(ColumnBeliever):
    """One model's evidence, origins and spellings about the names of several words of a column.

    chosen is the place of the key that each one is judged by, (n,), among names.keys; NONE where a
    title says it all.
    """

    def __init__(self, model: Asked, names: SeveralNames) -> None:
        super().__init__(model, names.keys, names.families)
        self._names = names
        keys_of = np.where(names.titles[:, None] != 0, NONE, names.keys_of)
        self._known = np.append(self.world.found, False)
        self._well_known = self._known & np.append(
            self.world.count.astype(np.float64) >= self.parameters.min_count, False
        )
        self.chosen = self._choose(keys_of)
        # By several keys, and not by the first, which is that of all words together.
        self._beside = np.flatnonzero(self._known[self.chosen] & (self.chosen != keys_of[:, 0]))
        unseen = np.concatenate([self.chosen, keys_of[self._beside, 0]])
        unseen = np.unique(unseen[~self._known[unseen] & (unseen != NONE)])
        self._spelled = np.zeros(len(names.keys))
        self._spelled[unseen] = self.spell(unseen)

    def _choose(self, keys_of: Places) -> Places:
        """Return the key to judge by: the first well known, else the first known, else that of the
        first word, which is the only one or the second."""
        known, well_known = self._known[keys_of], self._well_known[keys_of]
        column = np.where(
            well_known.any(axis=1),
            well_known.argmax(axis=1),
            np.where(known.any(axis=1), known.argmax(axis=1), keys_of[:, 1] != NONE),
        )
        chosen: Places = keys_of[np.arange(len(keys_of)), column]
        return chosen

    def believe_all(self, countries: CountryCodes) -> tuple[Floats, Bases]:
        """Return what believe() does, for all names in these countries, (n,)."""
        names = self._names
        p_female, bases = self.by_evidence(self.chosen, countries, self._first_origins())
        self._move_by_others(p_female, countries)
        self.move_by_form(p_female, self.genders[names.endings])
        titled = np.flatnonzero(names.titles)
        p_title = self.parameters.p_title
        p_female[titled] = np.where(names.titles[titled] > 0, p_title, 1 - p_title)
        bases[titled] = TITLE
        return p_female, bases

    def _first_origins(self) -> Places:
        """Return the row of origins of the first key of each family name that has one."""
        rows = self.origin_rows[self._names.families_of]
        first = (rows != NONE).argmax(axis=1)
        found: Places = rows[np.arange(len(rows)), first]
        return found

    def _move_by_others(self, p_female: Floats, countries: CountryCodes) -> None:
        """Move P(female) by the other words and by their joint spelling: combination.add_names."""
        at, parameters = self._beside, self.parameters
        keys_of, chosen, countries = self._names.keys_of[at], self.chosen[at], countries[at]
        # Even odds where all together are known: that counted when the key was chosen.
        whole = np.where(self._known[keys_of[:, 0]], 0.0, self._spelled[keys_of[:, 0]])
        spelled = np.clip(whole, -MOST_WHOLE, MOST_WHOLE)
        odds = log_odds(p_female[at]) + parameters.weight_whole * spelled
        for column in keys_of.T[1:]:
            counted = np.flatnonzero(self._known[column] & (column != chosen))
            others = column[counted]
            p_others = self.p_world[others]
            local, p_local = self.in_countries(others, countries[counted])
            p_others[local] = p_local
            count = self.world.count[others].astype(np.float64)
            trust = count / (count + parameters.strength_others)
            odds[counted] += parameters.weight_others * trust * log_odds(p_others)
        p_female[at] = share_of(odds)
