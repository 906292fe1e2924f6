"""Groups of people drawn by chance: their share of women is known, their names calibrated."""

import numpy as np

from gender_detection.aggregation import GroupCounts, shares_of_women

# Parts of all names, and the mean and deviation of the log-odds of their likelier gender: as the
# names of most countries are, and as those are that give little information.
PLAIN = ((0.80, 6.0, 1.5), (0.12, 2.0, 1.0), (0.08, 0.0, 0.8))
HARD = ((0.30, 6.0, 1.5), (0.40, 1.5, 1.0), (0.30, 0.0, 0.6))


def draw(rng, names, share, people) -> np.ndarray:
    """Return P(female) of groups of people, of the shape people, a share of whom are women.

    The probabilities are calibrated where half are women: of the names of probability p, a part p
    belongs to women there.
    """
    parts, means, deviations = np.array(names).T
    kind = rng.choice(len(parts), people, p=parts)
    p = 1 / (1 + np.exp(-rng.normal(means[kind], deviations[kind])))
    # Every name has a counterpart among the other gender: a woman has the one or the other.
    women = np.where(rng.random(people) < p, p, 1 - p)
    p_female = np.where(rng.random(people) < share, women, 1 - women)
    return np.asarray(np.clip(np.round(p_female, 4), 0.0001, 0.9999))


def estimates(p_female: np.ndarray) -> np.ndarray:
    """Return low, middle and high for each row of probabilities, as a tally gives them."""
    groups, people = p_female.shape
    tally = GroupCounts(["group"], 0.5)
    numbers = np.array([tally.number([group]) for group in range(groups)])
    nothing = np.zeros(groups * people, np.intp)
    tally.add(np.repeat(numbers, people), p_female.ravel(), nothing, nothing > 0)
    return shares_of_women(tally.levels, 0.5)


def coverage(rng, names, share, people, groups=2000) -> float:
    """Return the part of the groups whose interval holds the share."""
    low, _, high = estimates(draw(rng, names, share, (groups, people))).T
    return float(np.mean((low <= share) & (share <= high)))
