#!/bin/sh
# Writes the rules of prometheus/rules as a PrometheusRule, for the Prometheus Operator:
#
#     kubernetes/monitoring/rules.sh | kubectl apply -f -
#
# The rules of the pipeline are left out, because they alert when the pipeline is not monitored. If Prometheus has
# a target of the job `pipeline`, give all names: rules.sh recording service model pipeline
set -eu
cd "$(dirname "$0")/../../prometheus/rules"
[ $# -gt 0 ] || set -- recording service model
for name in "$@"; do
    [ -f "$name.yml" ] && continue
    echo "error: no rules named $name: give one or more of" $(ls | sed 's/\.yml$//') >&2
    exit 1
done

cat <<END
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: gender-detection
  labels:
    app.kubernetes.io/name: gender-detection
    app.kubernetes.io/part-of: gender-detection
spec:
  groups:
END
for name in "$@"; do
    # What follows the line `groups:`, indented by two more columns.
    sed -e '1,/^groups:$/d' -e 's/^./  &/' "$name.yml"
done
