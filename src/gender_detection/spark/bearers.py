"""The bearers that a statement of the dataset raw stands for, and exact sums of them."""

from pyspark.sql import Column
from pyspark.sql import functions as F

# Bearers of a name that a source lists without a count, and without a number of sources of its own:
# half of the rarest class of the frequency dictionary.
UNCOUNTED = 0.2

# The same input must give the same bytes, but sums of doubles depend on the order, which Spark does
# not guarantee. So counts are summed as integers: clean rounds to these fractions of a bearer.
PARTS = 10_000


def stated_bearers() -> tuple[Column, Column]:
    """Return the bearers of a raw statement on a given name, and the share of women among them.

    The share is null where the statement has no figure.
    """
    # A line of an official list has the count of one gender only.
    n_female, n_male = (F.coalesce(column, F.lit(0.0)) for column in ("n_female", "n_male"))
    counted = n_female + n_male
    worth = F.greatest(counted, F.coalesce("n_sources", F.lit(0)).cast("double"))
    total = F.when(worth > 0, worth).otherwise(UNCOUNTED)
    share = F.when(counted > 0, n_female / counted).otherwise(F.col("p_female"))
    return total, share


def exact_sum(column: str) -> Column:
    """Return the sum of a column as a 64-bit integer, in fractions of a bearer (PARTS)."""
    return F.sum(F.round(F.col(column) * PARTS).cast("bigint")).alias(column)
