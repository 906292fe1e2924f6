#!/bin/sh
# A STAND-IN for an image such as python:VERSION-slim-RELEASE, for machines without an image registry: that release
# of Debian, built from its packages, with the name of the Dockerfile's base image. It has the release's Python, so it
# can only replace a tag with that version. Only for tests.
#
#     tests/docker/stand_in_python.sh IMAGE
#
# It contains this machine's certificates, pip settings and sources of Debian packages, so that builds can use the
# same addresses. APT_FOLDER (default /etc/apt) has the sources.
set -eu
image=$1
tag=${image#*:}
version=${tag%%-*} suite=${tag##*-}
here=$(cd "$(dirname "$0")" && pwd)
apt=${APT_FOLDER:-/etc/apt}
mirror=$(python3 "$here/apt_sources.py" "$suite" "$apt")
security=$(python3 "$here/apt_sources.py" "$suite-security" "$apt")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
echo "stand-in for $image: bootstrapping Debian $suite" >&2

# minbase, and the further packages of a slim image of Python, including headers. Downloaded packages are kept.
cache=${DEBOOTSTRAP_CACHE:-/var/cache/stand-ins}
mkdir -p "$cache"
debootstrap --variant=minbase --cache-dir="$cache" \
    --include=ca-certificates,libpython3-dev,netbase,python3,python3-pip,python3-venv,tzdata "$suite" "$root" "$mirror" >"$cache/log" ||
    { tail -5 "$cache/log" >&2; exit 1; }

if [ ! -e "$root/usr/bin/python$version" ]; then
    echo "error: Debian's $suite has no Python $version, so no stand-in for $image can be made" >&2
    exit 1
fi
for name in python python3; do ln -s "/usr/bin/python$version" "$root/usr/local/bin/$name"; done
# In this image, Debian's package manager does not manage pip's packages.
rm -f "$root/usr/lib/python$version/EXTERNALLY-MANAGED"
rm -rf "$root/var/cache/apt/archives" "$root/var/lib/apt/lists" "$root/usr/share/doc" \
    "$root/usr/share/man" "$root/usr/share/locale"
mkdir -p "$root/var/cache/apt/archives/partial" "$root/var/lib/apt/lists/partial"
printf 'APT::Install-Recommends "false";\nAcquire::Languages "none";\n' >"$root/etc/apt/apt.conf.d/docker"
printf 'force-unsafe-io\n' >"$root/etc/dpkg/dpkg.cfg.d/docker"
echo "deb $security $suite-security main" >>"$root/etc/apt/sources.list"

# Files of this machine.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
if [ -f /etc/pip.conf ]; then cp /etc/pip.conf "$root/etc/pip.conf"; fi

tar -C "$root" -c . | docker import \
    -c 'CMD ["python3"]' \
    -c 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8' \
    -c 'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' \
    -c 'LABEL stand-in="Debian, made by tests/docker/stand_in_python.sh"' \
    - "$image"
