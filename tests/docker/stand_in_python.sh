#!/bin/sh
# A STAND-IN for an image such as python:VERSION-slim-RELEASE, for machines that reach no image registry: that
# release of Debian from its own packages, under the very name that the Dockerfile begins with. Python is the
# release's own, so a tag can be imitated that names the same one. For tests alone.
#
#     tests/docker/stand_in_python.sh IMAGE
#
# This machine's certificates, its settings of pip and its sources of Debian's packages go in, so that builds
# reach what it reaches. APT_FOLDER (/etc/apt) names them.
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

# minbase, and what a slim image of Python has beyond it, its headers among it. Packages downloaded once are kept for the next time.
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
# In that image pip is nobody else's.
rm -f "$root/usr/lib/python$version/EXTERNALLY-MANAGED"
rm -rf "$root/var/cache/apt/archives" "$root/var/lib/apt/lists" "$root/usr/share/doc" \
    "$root/usr/share/man" "$root/usr/share/locale"
mkdir -p "$root/var/cache/apt/archives/partial" "$root/var/lib/apt/lists/partial"
printf 'APT::Install-Recommends "false";\nAcquire::Languages "none";\n' >"$root/etc/apt/apt.conf.d/docker"
printf 'force-unsafe-io\n' >"$root/etc/dpkg/dpkg.cfg.d/docker"
echo "deb $security $suite-security main" >>"$root/etc/apt/sources.list"

# What is this machine's own.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
if [ -f /etc/pip.conf ]; then cp /etc/pip.conf "$root/etc/pip.conf"; fi

tar -C "$root" -c . | docker import \
    -c 'CMD ["python3"]' \
    -c 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8' \
    -c 'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' \
    -c 'LABEL stand-in="Debian, made by tests/docker/stand_in_python.sh"' \
    - "$image"
