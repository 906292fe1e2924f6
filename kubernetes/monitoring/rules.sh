#!/bin/sh
# Writes the rules of prometheus/rules as a PrometheusRule, for the Prometheus Operator:
#
#     kubernetes/monitoring/rules.sh | kubectl apply -f -
#
# Those on the pipeline are left out, as they say so when nobody watches the pipeline. Where Prometheus has a
# target of the job `pipeline`, name them too: rules.sh recording service model pipeline
set -eu
cd "$(dirname "$0")/../../prometheus/rules"
[ $# -gt 0 ] || set -- recording service model
for name in "$@"; do
    [ -f "$name.yml" ] && continue
    echo "error: no rules named $name: give some of" $(ls | sed 's/\.yml$//') >&2
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
    # What stands below the line `groups:`, two columns further in.
    sed -e '1,/^groups:$/d' -e 's/^./  &/' "$name.yml"
done
