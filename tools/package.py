"""Build two wheels: the library, compiled for this Python and machine, and the model as data alone.

    python tools/package.py FOLDER

The model is the one that is served here (GENDER_DETECTION_MODEL_DIR, GENDER_DETECTION_MODEL_URI).
SOURCE_DATE_EPOCH sets the time of the files in the wheels. The output of the build goes into
log/package.log below GENDER_DETECTION_HOME. Why there are two: docs/decisions/0041-packages.md.
"""

from gender_detection import interrupts

if __name__ == "__main__":
    # Before the slow imports below, so that Ctrl-C ends them without a traceback.
    interrupts.end_at_once()

import importlib.util
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import compiling
from model_wheel import OLDEST, BuildFailed, licence_files, model_wheel, remove_others
from processes import interrupt_on_signals, process_group

from gender_detection import os_errors
from gender_detection.config import Settings
from gender_detection.errors import GenderDetectionError
from gender_detection.model import artifact, store

ROOT = Path(__file__).resolve().parent.parent


def library_wheel(root: Path, into: Path, log: Path, env: Mapping[str, str]) -> Path:
    """Build the wheel of the library in root with this Python's tools, and return its path.

    Raise BuildFailed if that fails; its output is in log.
    """
    into.mkdir(parents=True, exist_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-deps"]
    with tempfile.TemporaryDirectory(prefix=".wheel-", dir=into) as made:
        command = [*pip, "--no-build-isolation", "--no-index", "--wheel-dir", made, str(root)]
        own = {**env, "SOURCE_DATE_EPOCH": env.get("SOURCE_DATE_EPOCH") or str(OLDEST)}
        with log.open("w") as out, process_group(command, own, out) as child:
            code = child.wait()
        if code != 0:
            raise BuildFailed(f"the wheel of the library cannot be built: see {log}")
        (built,) = Path(made).glob("*.whl")
        wheel = built.replace(into / built.name)
    remove_others(into, wheel)
    return wheel


def compiler(env: Mapping[str, str]) -> dict[str, str]:
    """Return env with the C compiler to use; raise BuildFailed without one.

    Uncompiled modules need Cython, which is no dependency of the wheel.
    """
    if not compiling.wanted(env):
        raise BuildFailed(f"the wheel has compiled modules: unset {compiling.VARIABLE}")
    zig = importlib.util.find_spec("ziglang") is not None
    command, used = compiling.compiler_for(Path(sys.executable), env, lambda: zig)
    if command is None:
        raise BuildFailed(f"the wheel has compiled modules, and {used}")
    return {**env, "CC": command}


def main(arguments: list[str]) -> int:
    """Build both wheels into the folder of the arguments; return the exit code."""
    interrupt_on_signals()
    into = Path(arguments[0]).absolute()
    try:
        settings = Settings.from_env()
        # Not the one of an installed package: that has a wheel.
        folder = store.served(Path(settings.model_dir), settings.model_uri or "")
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
        model = model_wheel(folder, into, epoch, settings.model_sha256)
        if without := licence_files(artifact.read_manifest(folder))[1]:
            print(
                f"note: LICENSES has no text for {', '.join(without)}: add it if the licence asks "
                "for it",
                file=sys.stderr,
            )
        log = settings.home / "log" / "package.log"
        print("package: building the library", flush=True)
        library = library_wheel(ROOT, into, log, compiler(os.environ))
    except (GenderDetectionError, compiling.BadChoice) as err:
        print("error:", err, file=sys.stderr)
        return 1
    except OSError as err:
        print("error:", os_errors.describe(err), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; the next run builds both wheels", file=sys.stderr)
        return interrupts.INTERRUPTED
    for wheel in (library, model):
        print(f"package: {wheel} ({wheel.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    interrupts.run(main, sys.argv[1:])
