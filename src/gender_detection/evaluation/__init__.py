"""How right a model is, and how well it knows: on one's own people, overall and slice by slice.

evaluate(model, read_people(path)) returns the report; the metrics stand alone.
"""

from .cells import Table, interval_of, percent
from .html import as_html
from .inference import Judged, judge
from .measures import (
    BINS,
    COVERAGES,
    coded_errors,
    confidence,
    coverage_curve,
    error_at_coverage,
    expected_calibration_error,
    faults,
    metrics,
    reliability,
    threshold_for_error,
    wilson_interval,
    wrong,
)
from .people import LabelledPerson, PeopleFile, people_of, read_people
from .report import evaluate, report_of
from .text_report import as_text, laid_out

__all__ = [
    "BINS",
    "COVERAGES",
    "Judged",
    "LabelledPerson",
    "PeopleFile",
    "Table",
    "as_html",
    "as_text",
    "coded_errors",
    "confidence",
    "coverage_curve",
    "error_at_coverage",
    "evaluate",
    "expected_calibration_error",
    "faults",
    "interval_of",
    "judge",
    "laid_out",
    "metrics",
    "people_of",
    "percent",
    "read_people",
    "reliability",
    "report_of",
    "threshold_for_error",
    "wilson_interval",
    "wrong",
]
