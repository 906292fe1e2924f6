#!/bin/sh
# A STAND-IN for prom/prometheus, for machines without an image registry: Debian's package on the
# stand-in for Python, with that image's paths, user and command. Only for tests.
#
#     tests/docker/stand_in_prometheus.sh IMAGE PYTHON_IMAGE
set -eu
image=$1
base=$2
echo "stand-in for $image: from Debian's prometheus" >&2
docker build -q -t "$image" - >/dev/null <<EOF
FROM $base
# The package must not start its service; wget replaces the one of busybox in that image.
RUN printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d \
    && apt-get update -q && apt-get install -qy --no-install-recommends prometheus wget
RUN rm -rf /var/lib/apt/lists/* /etc/prometheus && mkdir -p /etc/prometheus /prometheus \
    && chown nobody:nogroup /etc/prometheus /prometheus
LABEL stand-in="Debian's prometheus, made by tests/docker/stand_in_prometheus.sh"
USER nobody
WORKDIR /prometheus
VOLUME /prometheus
EXPOSE 9090
ENTRYPOINT ["/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
EOF
