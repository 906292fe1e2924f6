import pytest

from gender_detection.errors import QualityError
from gender_detection.spark.quality import Gate

GATE = Gate(
    stage="test",
    columns={"key": ("string", False), "country": ("string", True), "count": ("double", False)},
    rules={"count_positive": ("count", "count > 0"), "key_is_lower": ("key", "key = lower(key)")},
    unique=("key", "country"),
    floor=0.5,
)
GOOD = [("kim", "KR", 1.0), ("kim", None, 2.0), ("ana", None, 3.0)]


@pytest.fixture(scope="module")
def check(spark):
    def checked(rows, *, rows_in=3, kinds="key string, country string, count double"):
        return GATE.check(spark.createDataFrame(rows, kinds), rows_in=rows_in)

    return checked


def test_rows_that_follow_every_rule_are_counted(check):
    assert check(GOOD) == 3


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([*GOOD, ("a", None, 0.0), ("b", None, -1.0)], "count_positive on column count: 2 rows"),
        ([*GOOD, ("KIM", None, 1.0)], "key_is_lower on column key: 1 rows"),
        ([*GOOD, (None, None, 1.0)], "key_not_null on column key: 1 rows"),
        ([*GOOD, ("kim", None, 1.0), ("kim", "KR", 1.0)], "unique on column key: 2 rows"),
    ],
)
def test_broken_rule_is_named_with_its_count(check, rows, fault):
    with pytest.raises(
        QualityError, match=f"stage test: rule {fault} break it.*Nothing was published"
    ):
        check(rows)


def test_rule_with_a_null_result_is_broken(check):
    with pytest.raises(QualityError, match="count_positive on column count: 1 rows"):
        check([*GOOD, ("a", None, None)])


def test_every_broken_rule_is_named_at_once(check):
    with pytest.raises(QualityError) as raised:
        check([("KIM", None, 0.0)], rows_in=100)
    for rule in ("count_positive", "key_is_lower", "rows_kept"):
        assert f"rule {rule}" in str(raised.value)


def test_too_few_rows_kept_are_refused_with_both_counts(check):
    assert check(GOOD, rows_in=6) == 3
    with pytest.raises(QualityError, match=r"rows_kept: 3 of 7 rows were kept, at least 50%"):
        check(GOOD, rows_in=7)


def test_no_rows_at_all_are_refused(check):
    with pytest.raises(QualityError, match="rows_kept: 0 of 0 rows"):
        check([], rows_in=0)


@pytest.mark.parametrize(
    ("kinds", "rows", "named"),
    [
        ("key string, country string, count float", GOOD, "count"),
        ("key string, country string, count double, more int", [("a", "b", 1.0, 1)], "more"),
        ("key string, count double", [("kim", 1.0)], "country"),
    ],
)
def test_wrong_schema_is_reported_with_the_column(check, kinds, rows, named):
    with pytest.raises(QualityError, match=rf"stage test: .*{named}"):
        check(rows, kinds=kinds)
