#!/usr/bin/env python3
"""Make the environment, then work: python3 run.py demo | test | gui | cli ... | bench | faults | freeze.

Standard library only. Runs on Linux, macOS and Windows with Python 3.11 or newer. The first start makes .venv beside
this file and installs the pinned packages; later starts touch no network. On Debian as root, missing system libraries
are installed; otherwise the exact line to run is printed.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)

# Shared libraries that Qt's wheel expects of a Linux system, and the Debian package of each.
LINUX_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
}
# Only a window on a screen needs these; tests and the demo draw without one.
LINUX_SCREEN_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
KEPT_BY_FREEZE = ("HOME", "SYSTEMROOT", "TEMP", "TMP", "APPDATA", "LOCALAPPDATA")
FOREIGN_VARIABLES = ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH", "PYTHONHOME", "PYTHONPATH")

USAGE = """usage: python3 run.py COMMAND [...]

  demo [--out DIR] [--gui]   the whole job on the made-up sample project
  gui [PROJECT]              the window
  cli ...                    every command, e.g. cli estimate PROJECT --all
  test [pytest options]      style, types, import rule and all tests
  bench [NAME ...]           measure speed against peers
  faults [--runs N]          kill and break what writes, over and over; nothing may be lost
  freeze                     build dist/huitian, a folder that runs without Python, and try it
"""


def main(arguments: list[str]) -> int:
    """Carry out one command; returns its exit code."""
    if sys.version_info < OLDEST:
        return fail(f"Python {'.'.join(map(str, OLDEST))} or newer is needed, this is {sys.version.split()[0]}")
    command, rest = (arguments[0] if arguments else ""), arguments[1:]
    actions = {"demo": demo, "gui": gui, "cli": cli, "test": test, "bench": bench, "faults": faults, "freeze": freeze}
    if command not in actions:
        print(USAGE, file=sys.stdout if command in ("-h", "--help") else sys.stderr)
        return 0 if command in ("-h", "--help") else 2
    try:
        return actions[command](rest)
    except SetupError as error:
        return fail(str(error))
    except KeyboardInterrupt:
        return 130


def demo(rest: list[str]) -> int:
    """The whole job on the sample project."""
    prepare("requirements.txt", screen="--gui" in rest)
    return call("-m", "app", "demo", *rest)


def gui(rest: list[str]) -> int:
    """The window."""
    prepare("requirements.txt", screen=True)
    return call("-m", "app", "gui", *rest)


def cli(rest: list[str]) -> int:
    """Any command of the program."""
    prepare("requirements.txt")
    return call("-m", "app", *rest)


def test(rest: list[str]) -> int:
    """Style, types, import rule, then all tests; with options, only pytest with them."""
    prepare("requirements-test.txt")
    checks = {
        "style": ("-m", "ruff", "check", "--quiet", "."),
        "layout": ("-m", "ruff", "format", "--check", "--quiet", "."),
        "types": ("-m", "mypy", "--no-error-summary"),
        "imports": ("-c", "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"),
    }
    failed = [] if rest else [name for name, line in checks.items() if not passes(name, line)]
    code = call("-m", "pytest", "-q", *(rest or ["-n", "auto", "--dist", "worksteal"]), offscreen=True)
    for name in failed:
        print(f"failed: {name}", file=sys.stderr)
    return code or int(bool(failed))


def passes(name: str, line: tuple[str, ...]) -> bool:
    """Run one check and say whether it is clean."""
    print(f"{name} ...", flush=True)
    return call(*line) == 0


def bench(rest: list[str]) -> int:
    """Measure speed against peers."""
    prepare("requirements-test.txt")
    return call("-m", "tests.bench", *rest, offscreen=True)


def faults(rest: list[str]) -> int:
    """Kill and break what writes, over and over."""
    prepare("requirements-test.txt")
    return call("-m", "tests.faults", *rest, offscreen=True)


def freeze(_rest: list[str]) -> int:
    """Build the folder that runs without Python and try it there."""
    prepare("requirements-freeze.txt")
    code = call("-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "build.spec")
    if code:
        return code
    program = ROOT / "dist" / "huitian" / ("huitian.exe" if os.name == "nt" else "huitian")
    out = ROOT / "build" / "冻结 试运行"
    shutil.rmtree(out, ignore_errors=True)
    print(f"trying {program.relative_to(ROOT)} demo", flush=True)
    # An empty environment: the frozen program must not lean on this machine's Python or GDAL.
    bare = {k: v for k, v in os.environ.items() if k in KEPT_BY_FREEZE}
    return subprocess.run([program, "demo", "--out", out], env=bare, cwd=out.parent, check=False).returncode


# ---------------------------------------------------------------------------------------------- the environment


class SetupError(Exception):
    """The environment cannot be made; the text says what to do."""


def fail(message: str) -> int:
    """Print one clear message; the exit code of a refusal."""
    print(f"error: {message}", file=sys.stderr)
    return 1


def call(*line: str, offscreen: bool = False) -> int:
    """Run the environment's Python in the caller's folder; returns its exit code."""
    env = {k: v for k, v in os.environ.items() if k not in FOREIGN_VARIABLES}
    env |= {"PROJ_NETWORK": "OFF", "PYTHONUTF8": "1"}
    in_root = line[1] != "app"
    if not in_root:  # the user's folder stays current for the paths they type, but is no place to import from (-P)
        env["PYTHONPATH"] = str(ROOT)
        line = ("-P", *line)
    if offscreen:
        env["QT_QPA_PLATFORM"] = "offscreen"
    return subprocess.run([str(PYTHON), *line], cwd=ROOT if in_root else None, env=env, check=False).returncode


def prepare(requirements: str, *, screen: bool = False) -> None:
    """Make sure that .venv holds what `requirements` pins and that the system has Qt's libraries."""
    wanted = fingerprint(requirements)
    stamp = VENV / f"{Path(requirements).stem}.stamp"
    if not (PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted):
        install(requirements)
        stamp.write_text(wanted)
    if sys.platform.startswith("linux"):
        system_libraries(LINUX_LIBRARIES | LINUX_SCREEN_LIBRARIES if screen else LINUX_LIBRARIES)


def fingerprint(requirements: str) -> str:
    """What the installed set depends on: the interpreter and every pinned line, included files too."""
    text = (ROOT / requirements).read_text(encoding="utf8")
    included = [line.split()[1] for line in text.splitlines() if line.startswith("-r ")]
    parts = [sys.version, str(sys.base_prefix), text, *(fingerprint(name) for name in included)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def install(requirements: str) -> None:
    """Make .venv if need be and install what `requirements` pins."""
    if not PYTHON.exists() or not usable():
        print("making the environment in .venv (once) ...", file=sys.stderr, flush=True)
        make_venv()
    print(f"installing {requirements} (once, some minutes) ...", file=sys.stderr, flush=True)
    line = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
        str(ROOT / requirements),
    ]
    # stdout belongs to the command that follows (--json prints one document and nothing else)
    if subprocess.run(line, check=False, stdout=sys.stderr).returncode:
        raise SetupError(
            "the packages could not be installed; check the network and the disk, then run the same line again"
        )


def usable() -> bool:
    """Whether .venv still works and was made by this interpreter's minor version."""
    probe = "import sys, pip; print(*sys.version_info[:2])"
    try:
        result = subprocess.run([str(PYTHON), "-c", probe], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return result.stdout.split() == [str(v) for v in sys.version_info[:2]]


def make_venv() -> None:
    """Make .venv; on Debian get Python's venv module first if it is missing."""
    shutil.rmtree(VENV, ignore_errors=True)
    line = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(line, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if sys.platform.startswith("linux"):  # Debian keeps venv in a package of its own
        apt_install([f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"], "Python's venv module is missing")
    if subprocess.run(line, check=False, stdout=sys.stderr).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(f"the environment could not be made: {' '.join(line)}")


def system_libraries(libraries: dict[str, str]) -> None:
    """Install what is missing (Debian, root) or say the exact line."""
    missing = [package for name, package in libraries.items() if not loads(name)]
    if missing:
        apt_install(missing, "system libraries for the window are missing")
        still = [name for name in libraries if not loads(name)]
        if still:
            raise SetupError(f"these libraries are still missing: {' '.join(still)}")


def loads(name: str) -> bool:
    """Whether the dynamic linker finds a library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def apt_install(packages: list[str], why: str) -> None:
    """Install Debian packages as root, or raise SetupError with the exact line to run."""
    line = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if not shutil.which("apt-get"):
        raise SetupError(f"{why}; install what your system calls {' '.join(packages)}")
    if os.geteuid() != 0:
        raise SetupError(f"{why}; run: sudo apt-get update && sudo {' '.join(line)}")
    print(f"{why}; installing {' '.join(packages)} ...", file=sys.stderr, flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    silent = subprocess.DEVNULL
    # A stale source may fail the update; whether the packages come is what decides.
    subprocess.run(["apt-get", "update", "-qq"], env=env, check=False, stdout=silent)
    if subprocess.run([*line, "-qq"], env=env, check=False, stdout=silent).returncode:
        raise SetupError(f"{why}, and this did not work: {' '.join(line)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
