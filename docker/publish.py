"""Check the artifact in a folder and publish it in a model folder, with its own version.

python docker/publish.py ARTIFACT MODEL_DIR
"""

import sys
from pathlib import Path

from gender_detection.errors import ArtifactError
from gender_detection.model import artifact, store


def main(arguments: list[str]) -> int:
    """Publish; return the exit code."""
    given, model_dir = (Path(argument) for argument in arguments)
    if not (given / artifact.MANIFEST).is_file():
        print(  # noqa: T201
            f"error: no {artifact.MANIFEST} in ./artifact: put an artifact there, for example a "
            "folder below var/model/versions",
            file=sys.stderr,
        )
        return 1
    try:
        version = artifact.registered_version(given)
        published = store.publish(model_dir, given, version)
    except ArtifactError as err:
        print("error:", err, file=sys.stderr)  # noqa: T201
        return 1
    print(f"published {published.name}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
