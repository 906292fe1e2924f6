"""The wheel of a model: data alone, with the licences of what the model was made from.

The same model gives the same bytes. What its version says: docs/decisions/0041-packages.md.
"""

import base64
import hashlib
import io
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.version import Version

from gender_detection.errors import ArtifactError, ConfigError, GenderDetectionError
from gender_detection.model import Model, artifact, installed, store
from gender_detection.model.terms import terms, with_code
from gender_detection.sources.catalogue import PackageSource, load_catalogue
from gender_detection.whole_files import write_whole

ROOT = Path(__file__).resolve().parent.parent
MODULE = installed.PACKAGE.replace("-", "_")
# The first and the last year that a ZIP file can state: 1980 and 2107.
OLDEST, LATEST = 315_532_800, 4_354_819_199
CODE = '''\
"""The model of gender-detection: plain files. The library finds them by an entry point."""

from pathlib import Path


def folder() -> Path:
    """Return the folder of the artifact."""
    return Path(__file__).with_name("artifact")
'''


class BuildFailed(GenderDetectionError):
    """A wheel cannot be built; the message says what to do."""


def version_of(folder: Path, manifest: Mapping[str, Any]) -> str:
    """Return a model's version as a package: FORMAT.NUMBER+DATA.DIGEST, in the form of PEP 440.

    The number is that in the registry, 0 without one. Data and digest are the first 12 digits of
    the data's version and of the SHA-256 of the manifest.
    """
    number, digits = artifact.registered_version(folder), store.DIGEST_DIGITS
    data = "".join(letter for letter in str(manifest["data_version"]).lower() if letter.isalnum())
    local = ".".join(part[:digits] for part in (data, artifact.digest(folder)) if part)
    return str(Version(f"{manifest['format']}.{number if number.isdecimal() else 0}+{local}"))


def licence_of(manifest: Mapping[str, Any]) -> str:
    """Return the licence of a model and its module as an SPDX expression; raise BuildFailed."""
    if not terms(manifest):
        raise BuildFailed(
            "the model does not say which data it was made from, and so under which licences it "
            "is: run 'make train' again"
        )
    joined = " AND ".join(f"({one})" if " " in one else one for one in with_code(manifest))
    try:
        return canonicalize_license_expression(joined)
    except InvalidLicenseExpression as err:
        raise BuildFailed(
            f"the licences of the model's sources are no SPDX expression ({err}): correct "
            "'licence' in your catalogue of sources (LicenseRef-NAME for one that SPDX does not "
            "list), and run 'make train' again"
        ) from err


def licence_files(manifest: Mapping[str, Any]) -> tuple[dict[str, Path], list[str]]:
    """Return the notice and the texts for a model's sources by name, and the sources without."""
    found = {name: ROOT / name for name in ("LICENSE", "NOTICE")}
    known, without = load_catalogue(), []
    for name, source in sorted(manifest.get("data", {}).get("sources", {}).items()):
        entry, licence = known.get(name), source["licence"].strip()
        package = entry.distribution if isinstance(entry, PackageSource) else name
        names = [f"LICENSES/{licence}-{package}.txt", f"LICENSES/{licence}.txt"]
        text = next((one for one in names if (ROOT / one).is_file()), None)
        if text is None:
            without.append(f"{name} ({licence})")
        else:
            found[text] = ROOT / text
    return found, without


def metadata_of(folder: Path, manifest: Mapping[str, Any], texts: Mapping[str, Path]) -> str:
    """Return the METADATA of a model's package; its description is the model card."""
    number = artifact.registered_version(folder)
    card = artifact.load_documents(folder, manifest).get(artifact.CARD, "")
    digest = f"SHA-256 of its manifest, to pin it: {artifact.digest(folder)}"
    return "\n".join(
        [
            "Metadata-Version: 2.4",
            f"Name: {installed.PACKAGE}",
            f"Version: {version_of(folder, manifest)}",
            f"Summary: The model {' '.join(manifest['name'].split())}, version {number}, made from "
            f"version {' '.join(str(manifest['data_version']).split())} of its data",
            f"License-Expression: {licence_of(manifest)}",
            *(f"License-File: {name}" for name in sorted(texts)),
            "Requires-Python: >=3.11",
            "Description-Content-Type: text/markdown",
            "",
            f"{digest}\n\n{card}",
        ]
    )


def model_files(folder: Path, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files of a model's package, path -> content, without RECORD."""
    named = [artifact.MANIFEST, *manifest["files"], *manifest.get("documents", {})]
    if (folder / artifact.REGISTRATION).exists():
        named.append(artifact.REGISTRATION)
    texts, _ = licence_files(manifest)
    info = f"{MODULE}-{version_of(folder, manifest)}.dist-info"
    wheel = "Wheel-Version: 1.0\nGenerator: gender-detection\nRoot-Is-Purelib: true\n"
    made = {
        f"{MODULE}/__init__.py": CODE,
        f"{info}/METADATA": metadata_of(folder, manifest, texts),
        f"{info}/WHEEL": wheel + "Tag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[{installed.GROUP}]\n{installed.PACKAGE} = {MODULE}:folder\n",
    }
    return {
        **{f"{MODULE}/artifact/{name}": (folder / name).read_bytes() for name in named},
        **{f"{info}/licenses/{name}": path.read_bytes() for name, path in texts.items()},
        **{name: text.encode() for name, text in made.items()},
    }


def zipped(files: Mapping[str, bytes], info: str, seconds: int) -> bytes:
    """Return a wheel of these files, sorted, with RECORD in the folder info, all of one time."""
    record = f"{info}/RECORD"
    rows = []
    for name, content in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(content)}\n")
    listed = "".join([*rows, f"{record},,\n"]).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in [*sorted(files.items()), (record, listed)]:
            entry = zipfile.ZipInfo(name, time.gmtime(seconds)[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3  # Unix
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return made.getvalue()


def model_wheel(folder: Path, into: Path, epoch: str = "", sha256: str = "") -> Path:
    """Write the wheel of the artifact in folder, and return its path.

    epoch is the time of its files, in Unix time; sha256 is the digest that the model must have,
    "" for any. Raise ModelNotFound or ArtifactError without an intact model, ConfigError for an
    invalid time, and BuildFailed if the model has no licence that can be stated.
    """
    Model.load(folder, sha256)
    manifest = artifact.read_manifest(folder)
    if not isinstance(manifest.get("data_version"), str):
        raise ArtifactError(f"{folder} has no version of its data: run 'make train' again")
    if epoch and not (epoch.isdecimal() and int(epoch) <= LATEST):
        raise ConfigError(
            f"SOURCE_DATE_EPOCH={epoch}: give a time before 2108 in seconds since 1970"
        )
    version = version_of(folder, manifest)
    files = model_files(folder, manifest)
    wheel = into / f"{MODULE}-{version}-py3-none-any.whl"
    seconds = max(int(epoch or 0), OLDEST)
    write_whole(wheel, zipped(files, f"{MODULE}-{version}.dist-info", seconds))
    remove_others(into, wheel)
    return wheel


def remove_others(folder: Path, wheel: Path) -> None:
    """Remove the older wheels of the same package: pip would find two versions of it."""
    for other in folder.glob(f"{wheel.name.partition('-')[0]}-*.whl"):
        if other != wheel:
            other.unlink()
