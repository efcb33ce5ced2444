"""Disk errors: the Chinese reason for each errno."""

import errno
from enum import StrEnum

from junheng import wording

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class DiskTrouble(StrEnum):
    """Kinds of disk errors; config/wording/disk.yaml has the sentences."""

    FULL = "full"
    UNDER_A_FILE = "under_a_file"
    NO_PERMISSION = "no_permission"
    READ_ONLY = "read_only"
    BROKEN = "broken"
    NO_FOLDER = "no_folder"
    IS_A_FOLDER = "is_a_folder"
    NAME_TOO_LONG = "name_too_long"
    SHARE_LOST = "share_lost"
    TOO_LARGE = "too_large"


_BY_NUMBER = {
    errno.EROFS: DiskTrouble.READ_ONLY,
    errno.EIO: DiskTrouble.BROKEN,
    errno.ENOENT: DiskTrouble.NO_FOLDER,
    errno.EISDIR: DiskTrouble.IS_A_FOLDER,
    errno.ENAMETOOLONG: DiskTrouble.NAME_TOO_LONG,
    errno.ESTALE: DiskTrouble.SHARE_LOST,
    errno.EFBIG: DiskTrouble.TOO_LARGE,
}


def why(error: OSError) -> str:
    """Return the reason of an error, in Chinese if it is known."""
    trouble = _trouble(error)
    if trouble is None:
        return error.strerror or str(error)
    return wording.packaged().disk.reasons[trouble]


def _trouble(error: OSError) -> DiskTrouble | None:
    if error.errno in FULL:
        return DiskTrouble.FULL
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return DiskTrouble.UNDER_A_FILE
    if isinstance(error, PermissionError):
        return DiskTrouble.NO_PERMISSION
    return _BY_NUMBER.get(error.errno or 0)
