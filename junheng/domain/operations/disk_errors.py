"""Why a disk refuses: what the system says by a number, as people say it."""

import errno

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
REASONS = {
    errno.EROFS: "磁盘是只读的",
    errno.EIO: "磁盘读写出错",
    errno.ENOENT: "没有这个文件夹",
    errno.EISDIR: "那里是文件夹，不是文件",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ESTALE: "共享文件夹断开了",
    errno.EFBIG: "超过了允许的文件大小",
}


def why(error: OSError) -> str:
    """Return the reason of an error, in Chinese where it is a known one."""
    if error.errno in FULL:
        return "磁盘已满"
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return "它的上级是文件，不是文件夹"
    if isinstance(error, PermissionError):
        return "没有权限写入"
    return REASONS.get(error.errno or 0) or error.strerror or str(error)
