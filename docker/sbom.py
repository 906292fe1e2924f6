"""Write an image's bill of materials, CycloneDX 1.6: model, data, Python and Debian packages.

python docker/sbom.py --model MODEL_DIR --report PIP_REPORT --licences EXPRESSION > sbom.cdx.json

It lists the packages of the Python that runs it. It fails if EXPRESSION, the image's label, is not
the licence of the code and the model. The bill has no time and no random number: the same image has
the same bill.
"""

import argparse
import importlib.metadata
import json
import platform
import subprocess
import sys
import sysconfig
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packages import licence
from packageurl import PackageURL

from gender_detection.model import artifact, store
from gender_detection.model.terms import CODE, terms, with_code

DEBIAN = "${Package}\\t${Version}\\t${Architecture}\\n"


def licences(stated: str) -> list[License]:
    """Return a licence for CycloneDX: an SPDX expression or identifier, or a name."""
    return [LicenseFactory().make_from_string(stated)] if stated else []


def sha256(digest: str) -> list[HashType]:
    """Return a checksum for CycloneDX, an empty list if digest is ""."""
    return [HashType(alg=HashAlgorithm.SHA_256, content=digest)] if digest else []


def python_packages(site_packages: Path, report: Mapping[str, Any]) -> list[Component]:
    """Return the installed packages, each with the checksum of the wheel in pip's report."""
    wheels = {
        _normal(one["metadata"]["name"]): one["download_info"]["archive_info"]["hashes"]["sha256"]
        for one in report["install"]
    }
    found = importlib.metadata.distributions(path=[str(site_packages)])
    return [
        Component(
            type=ComponentType.LIBRARY,
            name=one.metadata["Name"],
            version=one.version,
            purl=PackageURL("pypi", name=_normal(one.metadata["Name"]), version=one.version),
            bom_ref=f"python/{_normal(one.metadata['Name'])}",
            description=one.metadata.get("Summary"),
            licenses=licences(licence(one)),
            hashes=sha256(wheels.get(_normal(one.metadata["Name"]), "")),
        )
        for one in found
    ]


def debian_packages() -> list[Component]:
    """Return the Debian packages of the base image; empty without dpkg."""
    try:
        listed = subprocess.run(
            ["dpkg-query", "--show", f"--showformat={DEBIAN}"],
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError:
        return []
    system = platform.freedesktop_os_release()
    distro = f"{system['ID']}-{system['VERSION_ID']}"
    components = []
    for line in listed.stdout.splitlines():
        name, version, architecture = line.split("\t")
        where = {"arch": architecture, "distro": distro}
        purl = PackageURL("deb", "debian", name, version, where)
        reference = f"debian/{name}:{architecture}"
        components.append(
            Component(type=ComponentType.LIBRARY, name=name, version=version, purl=purl,
                      bom_ref=reference)
        )  # fmt: skip
    return components


def model_and_data(folder: Path) -> tuple[Component, list[Component]]:
    """Return the model in an artifact's folder, and its data."""
    manifest, digest = artifact.read_manifest(folder), artifact.digest(folder)
    sources = manifest.get("data", {}).get("sources", {})
    data = [
        Component(
            type=ComponentType.DATA,
            name=name,
            bom_ref=f"data/{name}",
            description=source["title"],
            licenses=licences(source["licence"]),
            hashes=sha256(source.get("sha256", "")),
        )
        for name, source in sorted(sources.items())
    ]
    model = Component(
        type=ComponentType.MACHINE_LEARNING_MODEL,
        name=manifest["name"],
        version=artifact.registered_version(folder),
        bom_ref="model",
        description=f"made from version {manifest['data_version']} of its data; the checksum is "
        "that of its manifest, which has those of its files",
        licenses=licences(" AND ".join(terms(manifest))),
        hashes=sha256(digest),
    )
    return model, data


def label_problem(label: str, manifest: Mapping[str, Any]) -> str:
    """Return what is wrong with the image's label, "" if nothing, or if the data are unknown."""
    if not terms(manifest):
        return ""
    wanted = with_code(manifest)
    if set(label.split(" AND ")) == set(wanted):
        return ""
    expression = " AND ".join(wanted)
    return (
        f"the image has the label {label!r}, but code and model are under {expression!r}: build it "
        f'with --build-arg LICENSES="{expression}"'
    )


def bill(model: Component, others: Iterable[Component], label: str) -> Bom:
    """Return the bill of materials of the image."""
    code = Component(
        type=ComponentType.APPLICATION,
        name="gender-detection",
        bom_ref="gender-detection",
        licenses=licences(CODE),
    )
    python = Component(
        type=ComponentType.PLATFORM,
        name="python",
        version=platform.python_version(),
        purl=PackageURL("generic", name="python", version=platform.python_version()),
        bom_ref="python",
        licenses=licences("PSF-2.0"),
    )
    parts = [code, python, model, *others]
    made = Bom(components=sorted(parts, key=lambda part: str(part.bom_ref)))
    image = Component(
        type=ComponentType.CONTAINER,
        name="gender-detection-api",
        bom_ref="image",
        licenses=licences(label),
    )
    made.metadata.component = image
    made.register_dependency(image, parts)
    made.register_dependency(model, [p for p in parts if p.type is ComponentType.DATA])
    return made


def text(made: Bom) -> str:
    """Return a bill as sorted JSON, without a time, with a serial number made from its content."""
    document = json.loads(JsonV1Dot6(made).output_as_string())
    document["metadata"].pop("timestamp", None)
    document.pop("serialNumber", None)
    content = json.dumps(document, sort_keys=True, ensure_ascii=False)
    number = uuid.uuid5(uuid.NAMESPACE_OID, content)
    document["serialNumber"] = f"urn:uuid:{number}"
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _normal(name: str) -> str:
    """Return a package's name in normal form."""
    return name.lower().replace("_", "-").replace(".", "-")


def main(arguments: list[str]) -> int:
    """Write the bill to standard output; return the exit code."""
    parser = argparse.ArgumentParser()
    for name in ("model", "report"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--licences", required=True)
    given = parser.parse_args(arguments)
    folder = store.current(given.model)
    if problem := label_problem(given.licences, artifact.read_manifest(folder)):
        print("error:", problem, file=sys.stderr)  # noqa: T201
        return 1
    model, data = model_and_data(folder)
    report = json.loads(given.report.read_text(encoding="utf-8"))
    others = [
        *data,
        *python_packages(Path(sysconfig.get_path("purelib")), report),
        *debian_packages(),
    ]
    sys.stdout.write(text(bill(model, others, given.licences)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
