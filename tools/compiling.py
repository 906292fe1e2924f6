"""Compile the modules that setup.py finds: with this machine's C compiler, with zig, or not at all.

The modules are Python and run uncompiled too, only slower: where no compiler works, a line says so
and the installation goes on. Standard library only, in syntax that Python 3.6 reads.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import preflight

VARIABLE = "GENDER_DETECTION_COMPILE"
CHOICES = ("", "yes", "no")
STAMP = ".compiled"
# A module needs the headers of Python and C, and a linker.
PROBE = "#include <Python.h>\n#include <math.h>\nint answer(void) { return PY_VERSION_HEX != 0; }\n"
PROBE_SECONDS = 120  # zig builds the C library at its first start
SLOWER = "not compiling, so scoring takes many times as long"


class BadChoice(Exception):
    """The setting of whether to compile is neither yes nor no; the message is for the user."""


def wanted(env: "Mapping[str, str]") -> bool:
    """Return whether the modules are to be compiled by env; raise BadChoice."""
    choice = env.get(VARIABLE, "").strip().lower()
    if choice not in CHOICES:
        raise BadChoice(f"{VARIABLE}={choice} is not a choice: set it to yes or no")
    return choice != "no"


def headers(python: "Path | str") -> "Path | None":
    """Return the folder of the headers of a Python, or None if they are not installed."""
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('include'))"]
    folder = Path(subprocess.check_output(asked).decode().strip())
    return folder if (folder / "Python.h").is_file() else None


def compiles(compiler: str, include: Path, env: "Mapping[str, str]") -> bool:
    """Return whether compiler, a command, builds a module with the headers in include."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "probe.c"
        source.write_text(PROBE)
        flags = ["-shared", "-fPIC", "-I", str(include), "-o", str(source.with_suffix(".so"))]
        # On macOS, a module finds Python's symbols only when it is loaded.
        if os.uname().sysname == "Darwin":
            flags += ["-undefined", "dynamic_lookup"]
        try:
            ran = subprocess.run(
                compiler.split() + flags + [str(source)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env,
                cwd=str(preflight.ROOT), timeout=PROBE_SECONDS,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return False
    return ran.returncode == 0


def compiler_for(
    python: Path, env: "Mapping[str, str]", install_zig: "Callable[[], bool]"
) -> "tuple[str | None, str]":
    """Return the compiler's command or None, and its name for the user or what is missing.

    install_zig installs the package ziglang for that Python and returns whether that worked.
    """
    include = headers(python)
    if include is None:
        version = "{}.{}".format(*python_version(python))
        return None, f"Python's headers are missing (Debian: apt install python{version}-dev)"
    own = preflight.c_compiler(env)
    if own and compiles(own, include, env):
        return own, own
    # Relative to the project's folder, whose name may have a space in it.
    zig = f"{os.path.relpath(str(python), str(preflight.ROOT))} -m ziglang cc"
    if install_zig() and compiles(zig, include, env):
        return zig, "zig"
    return None, "no C compiler works (Debian: apt install gcc libc6-dev)"


def python_version(python: Path) -> "tuple[int, ...]":
    """Return the major and minor version of the Python at a path."""
    asked = [str(python), "-c", "import sys; print(*sys.version_info[:2])"]
    return tuple(int(part) for part in subprocess.check_output(asked).split())


def compile_modules(
    python: Path,
    env: "Mapping[str, str]",
    step: "Callable[[str, list[Path | str], dict[str, str]], None]",
    install_zig: "Callable[[], bool]",
) -> None:
    """Compile what has changed, or remove what was compiled if nothing is to be; write the stamp.

    step(title, command, env) runs a command and raises if it fails: a module that no longer
    compiles is a mistake in its source, not a reason to go on uncompiled.
    """
    compiler: str | None = None
    used = f"{VARIABLE}=no"
    if wanted(env):
        compiler, used = compiler_for(python, env, install_zig)
    build: list[Path | str] = [python, "setup.py", "build_ext", "--inplace"]
    if compiler:
        step(f"compiling this project ({used})", build, dict(env, CC=compiler))
    else:
        step(f"{SLOWER}: {used}", build, dict(env, **{VARIABLE: "no"}))
        if wanted(env):
            print("environment: run 'make compile' once it is installed", flush=True)
    stamp = Path(str(python)).parent.parent / STAMP
    stamp.write_text("compile=" + env.get(VARIABLE, "") + "\n")
