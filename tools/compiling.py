"""Compile the modules that setup.py names: with this machine's C compiler, with zig, or not at all.

The modules are Python, and run so too, only slower: where nothing compiles, that is said once, and
the installation goes on. Standard library only, and a syntax that Python 3.6 still reads.
"""

import os
import subprocess
import tempfile
from pathlib import Path

import preflight

VARIABLE = "GENDER_DETECTION_COMPILE"
CHOICES = ("", "yes", "no")
STAMP = ".compiled"
# What a module needs: Python's headers, C's, and a linker.
PROBE = "#include <Python.h>\n#include <math.h>\nint answer(void) { return PY_VERSION_HEX != 0; }\n"
PROBE_SECONDS = 120  # zig makes C's library at its first start
SLOWER = "not compiled, so scoring takes many times as long"


class BadChoice(Exception):
    """The setting that says whether to compile is no choice; the message is for the user."""


def wanted(env):
    """Return whether env wants the modules compiled; raise BadChoice."""
    choice = env.get(VARIABLE, "").strip().lower()
    if choice not in CHOICES:
        raise BadChoice(f"{VARIABLE}={choice}: give yes or no")
    return choice != "no"


def headers(python):
    """Return the folder of that Python's headers, or None where it has none."""
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('include'))"]
    folder = Path(subprocess.check_output(asked).decode().strip())
    return folder if (folder / "Python.h").is_file() else None


def compiles(compiler, include, env):
    """Return whether the command, words separated by spaces, makes a module for that Python."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "probe.c"
        source.write_text(PROBE)
        flags = ["-shared", "-fPIC", "-I", str(include), "-o", str(source.with_suffix(".so"))]
        # What only links with Python itself must not fail here, as on macOS.
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


def compiler_for(python, env, install_zig):
    """Return the compiler's command, or None, and in a few words what is used, or what is missing.

    install_zig installs the package ziglang for that Python, and returns whether it could.
    """
    include = headers(python)
    if include is None:
        version = "{}.{}".format(*python_version(python))
        return None, f"Python's headers are missing (Debian: apt install python{version}-dev)"
    own = preflight.c_compiler(env)
    if own and compiles(own, include, env):
        return own, own
    # Relative to the project's folder, whose name may hold a space.
    zig = f"{os.path.relpath(str(python), str(preflight.ROOT))} -m ziglang cc"
    if install_zig() and compiles(zig, include, env):
        return zig, "zig"
    return None, "no C compiler works here (Debian: apt install gcc libc6-dev)"


def python_version(python):
    """Return the major and the minor version of the Python at that path."""
    asked = [str(python), "-c", "import sys; print(*sys.version_info[:2])"]
    return tuple(int(part) for part in subprocess.check_output(asked).split())


def compile_modules(python, env, step, install_zig):
    """Compile what has changed, or leave nothing compiled where nothing is to be; write the stamp.

    step(title, command, env) runs a command, and raises where it fails: what no longer compiles is
    a mistake in the source, and no reason to go on uncompiled.
    """
    compiler, used = None, f"{VARIABLE}=no"
    if wanted(env):
        compiler, used = compiler_for(python, env, install_zig)
    build = [python, "setup.py", "build_ext", "--inplace"]
    if compiler:
        step(f"compiling this project ({used})", build, dict(env, CC=compiler))
    else:
        step(f"{SLOWER}: {used}", build, dict(env, **{VARIABLE: "no"}))
        if wanted(env):
            print("environment: once that is there: make compile", flush=True)
    stamp = Path(str(python)).parent.parent / STAMP
    stamp.write_text("compile=" + env.get(VARIABLE, "") + "\n")
