"""The table of all answers agrees with the rule for a single answer."""

import pytest

from gender_detection.model.answers import BAD_ROW, FIRST_REASON, REASONS, decode, least_steps
from gender_detection.scoring.encoded_answers import BAD_ROW_CODE, answer_table


@pytest.mark.parametrize("threshold", [0.5, 0.8, 0.99995, 1.0])
def test_row_of_a_code_is_the_answer_for_that_code(threshold: float):
    least = least_steps(threshold)
    codes = range(FIRST_REASON + len(REASONS))

    *rows, last = zip(*answer_table(threshold).to_pydict().values(), strict=True)

    assert rows == [decode(code, least) for code in codes]
    assert (len(rows), last) == (BAD_ROW_CODE, ("unknown", None, None, None, BAD_ROW))
