"""Every metric against a case worked out by hand."""

import numpy as np
import pytest

from gender_detection import evaluation

NAN = float("nan")
# Two women and four men with their P(female); at 0.8 only the first two are answered.
P_FEMALE = np.array([0.9, 0.8, 0.3, 0.45, NAN, 0.5])
IS_FEMALE = np.array([True, False, False, True, False, False])
NOBODY = (np.zeros(0), np.zeros(0, bool))


def test_coded_errors_at_a_threshold():
    assert evaluation.coded_errors(P_FEMALE, IS_FEMALE, 0.8) == {
        "errorCoded": 5 / 6,  # the second wrong, four unknown
        "errorCodedWithoutNA": 1 / 2,
        "naCoded": 4 / 6,
        "errorGenderBias": 1 / 2,  # a man counted as a woman, of two answered
    }


def test_forced_answers_leave_only_names_without_an_estimate_unknown():
    assert evaluation.coded_errors(P_FEMALE, IS_FEMALE, 0.5) == {
        "errorCoded": 4 / 6,
        "errorCodedWithoutNA": 2 / 4,
        "naCoded": 2 / 6,
        "errorGenderBias": 0.0,  # one wrong each way
    }


@pytest.mark.parametrize(("is_female", "bias"), [(False, 1.0), (True, -1.0)])
def test_bias_is_positive_if_too_many_women_are_counted(is_female: bool, bias: float):
    wrong = np.array([0.1 if is_female else 0.9])

    errors = evaluation.coded_errors(wrong, np.array([is_female]), 0.5)

    assert errors["errorGenderBias"] == bias


def test_answer_at_the_threshold_counts_as_answered():
    errors = evaluation.coded_errors(np.array([0.8, 0.2]), np.array([True, False]), 0.8)

    assert errors["naCoded"] == 0


def test_confidence_is_the_probability_of_the_likelier_gender_or_zero():
    assert evaluation.confidence(P_FEMALE) == pytest.approx([0.9, 0.8, 0.7, 0.55, 0, 0])


def test_calibration_error_is_the_mean_gap_weighted_by_bin():
    p_female = np.array([0.9, 0.9, 0.9, 0.9, 0.35, NAN])
    is_female = np.array([True, True, True, False, True, True])
    # Four at 0.90, of which 0.75 are right, and one at 0.65 that is wrong.
    by_hand = (4 * 0.15 + 1 * 0.65) / 5

    error = evaluation.expected_calibration_error(p_female, is_female)

    assert error == pytest.approx(by_hand)


def test_reliability_counts_answers_in_ten_bins():
    bins = evaluation.reliability(
        np.array([1.0, 0.0, 0.52, NAN]), np.array([True, True, True, True])
    )

    assert bins["count"].tolist() == [1] + [0] * 8 + [2]
    assert bins["accuracy"][[0, 9]].tolist() == [1.0, 0.5]
    assert bins["confidence"][[0, 9]].tolist() == pytest.approx([0.52, 1.0])


def test_error_at_coverage_takes_the_most_certain_first():
    p_female = np.array([0.6, 0.55] + [0.9] * 8)
    is_female = np.array([False, False] + [True] * 8)

    assert evaluation.error_at_coverage(p_female, is_female, 0.8) == 0
    assert evaluation.error_at_coverage(p_female, is_female, 0.9) == pytest.approx(1 / 9)
    assert evaluation.error_at_coverage(p_female, is_female, 1.0) == pytest.approx(2 / 10)


def test_names_without_an_estimate_are_last_and_wrong():
    p_female, is_female = np.array([NAN, 0.9]), np.array([True, True])

    assert evaluation.error_at_coverage(p_female, is_female, 0.5) == 0
    assert evaluation.error_at_coverage(p_female, is_female, 1.0) == 0.5


def test_coverage_curve_runs_from_the_most_certain_to_everybody():
    p_female, is_female = np.array([0.9, 0.6, 0.8, 0.7]), np.array([True, False, True, False])

    covered, error = evaluation.coverage_curve(p_female, is_female, points=4)

    assert covered.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert error.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 2])


def test_coverage_curve_of_many_people_has_the_given_number_of_points():
    covered, error = evaluation.coverage_curve(np.full(1000, 0.9), np.ones(1000, bool), points=11)

    assert covered.shape == error.shape == (11,)
    assert covered[-1] == 1


def test_lowest_threshold_within_the_allowed_error_is_chosen():
    p_female = np.array([0.6, 0.7, 0.8, 0.9])
    is_female = np.array([False, False, True, True])

    assert evaluation.threshold_for_error(p_female, is_female, 0.0) == 0.71
    assert evaluation.threshold_for_error(p_female, is_female, 0.34) == 0.61
    assert evaluation.threshold_for_error(p_female, is_female, 0.5) == 0.5


def test_highest_threshold_is_chosen_if_no_error_is_low_enough():
    assert evaluation.threshold_for_error(np.array([0.99]), np.array([False]), 0.01) == 0.99


def test_metrics_have_every_figure():
    figures = evaluation.metrics(P_FEMALE, IS_FEMALE, 0.8)

    assert (figures["n"], figures["threshold"]) == (6, 0.8)
    assert figures["at_threshold"]["errorCoded"] == 5 / 6
    assert figures["forced"]["errorCoded"] == 4 / 6
    assert figures["ece"] == pytest.approx((0.1 + 0.8 + 0.3 + 0.55) / 4)
    assert list(figures["error_at_coverage"]) == ["98%", "95%", "90%"]
    # Five of six people: the surest four, two of them wrong, and one who got no answer.
    assert figures["error_at_coverage"]["90%"] == 3 / 5


def test_no_people_give_no_errors_and_no_curve():
    figures = evaluation.metrics(*NOBODY, 0.8)

    assert figures["n"] == 0
    assert set(figures["forced"].values()) == {None}
    assert figures["ece"] is None
    assert set(figures["error_at_coverage"].values()) == {None}
    assert [len(part) for part in evaluation.coverage_curve(*NOBODY)] == [0, 0]
    assert evaluation.threshold_for_error(*NOBODY, 0.05) == 0.99


def test_model_without_answers_is_always_wrong_and_has_no_calibration():
    silent = np.full(3, NAN)

    figures = evaluation.metrics(silent, np.array([True, False, True]), 0.8)

    assert figures["forced"] == {
        "errorCoded": 1.0, "errorCodedWithoutNA": None, "naCoded": 1.0, "errorGenderBias": None,
    }  # fmt: skip
    assert figures["ece"] is None
    assert figures["error_at_coverage"]["90%"] == 1.0


def test_wilson_interval_matches_the_formula():
    # Brown, Cai & DasGupta (2001): asymmetric where the share is small, never below 0 or above 1.
    assert evaluation.wilson_interval(10, 100) == pytest.approx((0.0552, 0.1744), abs=5e-5)
    assert evaluation.wilson_interval(0, 10) == pytest.approx((0, 0.2775), abs=5e-5)
    assert evaluation.wilson_interval(10, 10) == pytest.approx((0.7225, 1), abs=5e-5)


def test_interval_of_no_people_is_none():
    assert evaluation.wilson_interval(0, 0) is None


def test_wrong_and_missing_answers_count_as_wrong():
    assert evaluation.wrong(P_FEMALE, IS_FEMALE).tolist() == [
        False, True, False, True, True, True,
    ]  # fmt: skip
