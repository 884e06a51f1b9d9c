"""Which computer this is, and whether a process on it is still the one that was seen before."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import uuid
from functools import cache
from pathlib import Path


@cache
def computer() -> str:
    """A short mark of this computer, the same for all its programs: host names alone are often "localhost"."""
    parts = [socket.gethostname()]
    for source in (_machine_id, _pid_space):
        try:
            parts.append(source())
        except (OSError, ImportError):
            parts.append("")
    if not parts[1]:
        parts[1] = f"{uuid.getnode():x}"
    return hashlib.sha256("\n".join(parts).encode("utf8", "replace")).hexdigest()[:16]


def _machine_id() -> str:
    if sys.platform == "win32":
        import winreg

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    return Path("/etc/machine-id").read_text(encoding="ascii").strip()


def _pid_space() -> str:
    # Containers share a machine's name and id but not its process numbers.
    return str(Path("/proc/self/ns/pid").readlink()) if sys.platform.startswith("linux") else ""


def started(pid: int) -> str:
    """When a process began, as the system counts it; "" if it does not run, "?" where the system does not say.

    Process numbers are used again; number and start together mean one process.
    """
    if sys.platform == "win32":
        return _started_windows(pid)
    if sys.platform.startswith("linux"):
        return _started_linux(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        pass  # it runs, as somebody else
    return "?"


def _started_linux(pid: int) -> str:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()  # the name before it may hold anything
    return "" if fields[0] in {"Z", "X"} else f"{boot}:{fields[19]}"


def _started_windows(pid: int) -> str:
    # os.kill would end the process here.
    if sys.platform != "win32":
        return "?"
    import ctypes
    from ctypes import wintypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = wintypes.HANDLE
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return "?" if ctypes.get_last_error() == 5 else ""  # access denied: it runs, as somebody else
    try:
        code = wintypes.DWORD()
        if kernel.GetExitCodeProcess(handle, ctypes.byref(code)) and code.value != 259:  # STILL_ACTIVE
            return ""
        times = [wintypes.FILETIME() for _ in range(4)]
        if not kernel.GetProcessTimes(handle, *(ctypes.byref(t) for t in times)):
            return "?"
        return f"{times[0].dwHighDateTime:x}{times[0].dwLowDateTime:08x}"
    finally:
        kernel.CloseHandle(handle)


def still_runs(pid: int, start: str) -> bool:
    """False only if it is certain that the process `pid` that began at `start` is gone."""
    now = started(pid)
    return bool(now) and ("?" in {now, start} or now == start)
