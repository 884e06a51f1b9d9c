"""Folders on the network or kept in step with a cloud are told from this computer's disk."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from gis.store.places import Place, mounted_type, place_of, synced_by

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
proc /proc proc rw 0 0
server:/export /mnt/nfs nfs4 rw 0 0
//nas/规划\\040共享 /mnt/规划\\040共享 cifs rw 0 0
user@host:/x /home/u/ssh fuse.sshfs rw 0 0
/dev/sdb1 /media/u/STICK fuseblk rw 0 0
/home/u/.crypt /home/u/private fuse.gocryptfs rw 0 0
tmpfs /mnt/nfs/local tmpfs rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/home/u/a.gpkg", ""),
        ("/mnt/nfs/a.gpkg", "nfs4"),
        ("/mnt/nfs2/a.gpkg", ""),
        ("/mnt/nfs/local/a.gpkg", ""),
        ("/mnt/规划 共享/项目/a.gpkg", "cifs"),
        ("/home/u/ssh/deep/er/a.gpkg", "sshfs"),
        ("/media/u/STICK/a.gpkg", ""),
        ("/home/u/private/a.gpkg", ""),
    ],
)
def test_the_longest_mount_decides(path, found):
    assert mounted_type(path, MOUNTS) == found


def test_a_mount_over_a_mount_hides_it():
    assert mounted_type("/d/a", "/dev/sda /d ext4 rw\nnas:/x /d nfs rw\n") == "nfs"
    assert mounted_type("/d/a", "nas:/x /d nfs rw\n/dev/sda /d ext4 rw\n") == ""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (PureWindowsPath(r"C:\Users\王\OneDrive\a.gpkg"), "OneDrive"),
        (PureWindowsPath(r"C:\Users\王\OneDrive - 包头市规划院\项目\a.gpkg"), "OneDrive"),
        (PureWindowsPath(r"D:\我的坚果云\a.gpkg"), "坚果云"),
        (PureWindowsPath(r"D:\BaiduSyncdisk\a.gpkg"), "百度网盘"),
        (PurePosixPath("/home/u/Dropbox (Work)/a.gpkg"), "Dropbox"),
        (PurePosixPath("/home/u/dropbox.gpkg"), ""),
        (PurePosixPath("/home/u/OneDriveless/a.gpkg"), ""),
        (PurePosixPath("/home/u/项目/a.gpkg"), ""),
    ],
)
def test_folders_of_cloud_programs_go_by_their_names(path, found):
    assert synced_by(path) == found


def test_a_place_says_what_to_do(tmp_path):
    assert place_of(tmp_path / "a.gpkg", MOUNTS) == Place("local")
    assert place_of(tmp_path / "a.gpkg").notice is None
    cloud = tmp_path / "坚果云" / "a.gpkg"
    assert place_of(cloud, MOUNTS) == Place("synced", "坚果云")
    assert "坚果云" in place_of(cloud, MOUNTS).notice.render()
    assert "nfs4" in place_of(Path("/mnt/nfs/a.gpkg"), MOUNTS).notice.render()
