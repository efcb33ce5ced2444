"""Starts the command in UTF-8 mode, so that files and their names are UTF-8 in every locale.

Under a locale such as zh_CN.GB18030, Python would decode file names as GB18030 and would not find
the Chinese files of the checkout. Python 3.15 decodes them as UTF-8 in every locale.
"""

import locale
import os
import sys

CHINESE_TEXT = "均衡"


def run() -> None:
    """Run the command in UTF-8 mode; if Python was started without it, restart Python."""
    if not _decodes_names_as_utf8():
        _start_again()
    if os.environ.get("PYTHONUTF8") == "1":
        # The terminal's encoding is for this process only; its child processes log in UTF-8.
        os.environ.pop("PYTHONIOENCODING", None)
    sys.argv[1:] = [typed(word) for word in sys.argv[1:]]
    from app.cli.app import app

    app()


def _decodes_names_as_utf8() -> bool:
    # PYTHONUTF8=0 is the user's own decision and is kept.
    return sys.getfilesystemencoding() == "utf-8" or "PYTHONUTF8" in os.environ


def _start_again() -> None:
    environment = {os.fsencode(name): as_utf8(value) for name, value in os.environ.items()}
    environment |= {name.encode(): value.encode() for name, value in _in_utf8_mode().items()}
    arguments = [os.fsencode(sys.executable), *map(as_utf8, sys.orig_argv[1:])]
    os.execve(sys.executable, arguments, environment)  # noqa: S606 - our own interpreter


def _in_utf8_mode() -> dict[str, str]:
    encoding = locale.getencoding()
    if "PYTHONIOENCODING" in os.environ or not _has_chinese(encoding):
        return {"PYTHONUTF8": "1"}
    # GBK has no ✔: a character that cannot be encoded must not end the command.
    return {"PYTHONUTF8": "1", "PYTHONIOENCODING": f"{encoding}:backslashreplace"}


def _has_chinese(encoding: str) -> bool:
    try:
        CHINESE_TEXT.encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def typed(word: str) -> str:
    """Return a word of the command line that can be stored, but the name of a file as it is."""
    if word.isprintable() or os.path.exists(os.fsencode(word)):  # noqa: PTH110
        return word
    from junheng.domain.typed_text import storable

    return storable(word)


def as_utf8(word: str) -> bytes:
    """Return a typed word as UTF-8; return the name of an existing file unchanged."""
    raw = os.fsencode(word)
    # Path.exists would raise for a word that is too long for a file name, such as a long reason.
    exists = os.path.exists(raw)  # noqa: PTH110
    return raw if exists else word.encode("utf-8", "surrogateescape")
