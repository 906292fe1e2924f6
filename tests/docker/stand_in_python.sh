#!/bin/sh
# A STAND-IN for the image python:3.11-slim-bookworm, for machines that reach no image registry: Debian 12
# from its own packages, under the very name that the Dockerfile begins with. For tests alone.
#
#     tests/docker/stand_in_python.sh [IMAGE]
#
# This machine's certificates, its settings of pip and its sources of Debian's packages go in, so that builds
# reach what it reaches. APT_FOLDER (/etc/apt) names them.
set -eu
image=${1:-python:3.11-slim-bookworm}
here=$(cd "$(dirname "$0")" && pwd)
apt=${APT_FOLDER:-/etc/apt}
mirror=$(python3 "$here/apt_sources.py" bookworm "$apt")
security=$(python3 "$here/apt_sources.py" bookworm-security "$apt")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
echo "stand-in for $image: bootstrapping Debian 12" >&2

# minbase, and what python:3.11-slim has beyond it. Packages downloaded once are kept for the next time.
cache=${DEBOOTSTRAP_CACHE:-/var/cache/stand-ins}
mkdir -p "$cache"
debootstrap --variant=minbase --cache-dir="$cache" \
    --include=ca-certificates,netbase,python3,python3-pip,python3-venv,tzdata bookworm "$root" "$mirror" >"$cache/log" ||
    { tail -5 "$cache/log" >&2; exit 1; }

for name in python python3; do ln -s /usr/bin/python3.11 "$root/usr/local/bin/$name"; done
# In that image pip is nobody else's.
rm -f "$root/usr/lib/python3.11/EXTERNALLY-MANAGED"
rm -rf "$root/var/cache/apt/archives" "$root/var/lib/apt/lists" "$root/usr/share/doc" \
    "$root/usr/share/man" "$root/usr/share/locale"
mkdir -p "$root/var/cache/apt/archives/partial" "$root/var/lib/apt/lists/partial"
printf 'APT::Install-Recommends "false";\nAcquire::Languages "none";\n' >"$root/etc/apt/apt.conf.d/docker"
printf 'force-unsafe-io\n' >"$root/etc/dpkg/dpkg.cfg.d/docker"
echo "deb $security bookworm-security main" >>"$root/etc/apt/sources.list"

# What is this machine's own.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
if [ -f /etc/pip.conf ]; then cp /etc/pip.conf "$root/etc/pip.conf"; fi

tar -C "$root" -c . | docker import \
    -c 'CMD ["python3"]' \
    -c 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8' \
    -c 'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' \
    -c 'LABEL stand-in="Debian 12, made by tests/docker/stand_in_python.sh"' \
    - "$image"
