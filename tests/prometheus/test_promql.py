import pytest

from tests.prometheus.promql import grouped_by, labels_of, metrics_of


@pytest.mark.parametrize(
    ("expression", "metrics"),
    [
        ("up", {"up"}),
        ("sum by (job) (rate(a_total[5m])) / on (job) group_left (x) b", {"a_total", "b"}),
        ("sum(increase(a_total[5m])) without (le) > 1e9", {"a_total"}),
        ('a{b="c",d=~"e|f{2}"} offset 3d', {"a"}),
        ("team:errors:ratio_rate5m > 14.4 * 0.001", {"team:errors:ratio_rate5m"}),
        ('absent(up{job="api"}) or vector(0)', {"up"}),
        ("max_over_time((a > bool 0)[7d:1h]) == Inf", {"a"}),
        ("rate(a_count{instance=~'$instance'}[$__rate_interval]) * ${scale}", {"a_count"}),
        ("a # sum(b)\n+ c", {"a", "c"}),
        ('label_replace(a, "b", "$1", "c", "(.*)")', {"a"}),
        ("histogram_quantile(0.99, sum by (le) (rate(a_bucket[5m])))", {"a_bucket"}),
        ("time() - a", {"a"}),
        ("topk(3, a) and NaN", {"a"}),
    ],
)
def test_only_metrics_of_an_expression_are_found(expression, metrics):
    assert metrics_of(expression) == metrics


def test_matched_labels_are_found_with_their_metric():
    expression = 'sum by (x) (a{b="c=d",e!~"f"}) / b{g="$h"} + c'
    assert labels_of(expression) == {("a", "b"), ("a", "e"), ("b", "g")}


def test_labels_of_groupings_and_joins_are_found():
    assert grouped_by('sum by (a, b) (c{d="by (e)"}) / on () group_left (f) g') == {"a", "b", "f"}
