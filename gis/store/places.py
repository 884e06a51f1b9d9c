"""Tells a folder on this computer's own disk from one on the network or one that a cloud program synchronises."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal

from models.notices import N_, Notice

_NETWORK = {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ncp", "ncpfs", "9p", "ceph", "glusterfs",
            "lustre", "davfs", "coda", "vboxsf", "prl_fs", "sshfs", "virtiofs"}  # fmt: skip
_LOCAL_FUSE = {"fuseblk", "fuse.encfs", "fuse.gocryptfs", "fuse.cryfs", "fuse.securefs", "fuse.mergerfs",
               "fuse.lxcfs", "fuse.portal", "fuse.exfat", "fuse.ntfs-3g", "fuse.bindfs", "fuse.unionfs"}  # fmt: skip
# A folder of this name, or of this name with an addition ("OneDrive - 某公司"), is kept in step by that program.
_SYNCED = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "坚果云": "坚果云",
    "我的坚果云": "坚果云",
    "nutstore": "坚果云",
    "nutstore files": "坚果云",
    "百度网盘": "百度网盘",
    "百度云同步盘": "百度网盘",
    "baidunetdisk": "百度网盘",
    "baidusyncdisk": "百度网盘",
    "baidunetdiskworkspace": "百度网盘",
    "阿里云盘": "阿里云盘",
    "微云": "微云",
    "腾讯微云": "微云",
    "weiyun": "微云",
    "wps云盘": "WPS 云盘",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "icloud drive": "iCloud",
    "iclouddrive": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "seafile": "Seafile",
}
_ADDITION = re.compile(r"^(.+?)\s*[-–(（].*$")
_REMOTE_DRIVE = 4  # GetDriveType: DRIVE_REMOTE
_ON_NETWORK = N_("the project lies on the network ({name}), where a connection may break in the middle of an edit; "
                 "work on a local copy that is written back on close")  # fmt: skip
_SYNCHRONISED = N_("{name} synchronises the project's folder and may copy it half written or make a second one; "
                   "work on a local copy that is written back on close")  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a folder is. `name` is what people call it: the file system, or the program that synchronises it."""

    kind: Literal["local", "network", "synced"]
    name: str = ""

    @property
    def notice(self) -> Notice | None:
        """What to say of it, None for this computer's own disk."""
        if self.kind == "network":
            return Notice("place.network", _ON_NETWORK, name=self.name)
        if self.kind == "synced":
            return Notice("place.synced", _SYNCHRONISED, name=self.name)
        return None


def place_of(path: Path, mounts: str | None = None) -> Place:
    """The place of a file or folder. `mounts` is the text of /proc/mounts, for tests; raises nothing."""
    resolved = Path(os.path.realpath(path))
    remote = _network_name(str(resolved), mounts)
    if remote:
        return Place("network", remote)
    synced = synced_by(resolved)
    return Place("synced", synced) if synced else Place("local")


def synced_by(path: PurePath) -> str:
    """The program that synchronises a folder, by its name; "" if none is known."""
    for part in path.parts[:-1]:
        plain = part.casefold()
        match = _ADDITION.match(plain)
        for name in (plain, match[1] if match else plain):
            if name in _SYNCED:
                return _SYNCED[name]
    return ""


def _network_name(path: str, mounts: str | None) -> str:
    if mounts is None and sys.platform == "win32":
        return _windows_share(path)
    if mounts is None:
        try:
            mounts = Path("/proc/mounts").read_text(encoding="utf8", errors="surrogateescape")
        except OSError:
            return ""
    return mounted_type(path, mounts)


def mounted_type(path: str, mounts: str) -> str:
    """The network file system that `path` lies on by the table of mounts, "" for a disk of this computer."""
    best, found = -1, ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[1])  # \040 is a space
        inside = point in {"/", path} or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:  # the longest; of equals the last one, which covers the others
            best, found = len(point), fields[2]
    foreign = found in _NETWORK or (found.startswith("fuse.") and found not in _LOCAL_FUSE)
    return found.removeprefix("fuse.") if foreign else ""


def _windows_share(path: str) -> str:
    if path.startswith("\\\\"):
        return path.split("\\")[2]
    if sys.platform == "win32":
        import ctypes

        drive = os.path.splitdrive(path)[0]
        if drive and ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == _REMOTE_DRIVE:
            return drive
    return ""
