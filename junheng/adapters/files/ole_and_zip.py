"""Determines the type of a package (docx, xlsx, pptx, ofd) or a compound file (doc, xls, ppt).

Only the directory is read, and in a package the list of content types, up to a size limit.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from xml.etree.ElementTree import ParseError

from junheng.domain.ledger.evidence import MediaType, Refusal

TypeOrRefusal = MediaType | Refusal

# Opening a file with one of these suffixes executes it.
PROGRAM_SUFFIXES = frozenset(
    f".{ending}"
    for ending in (
        *(
            "exe",
            "com",
            "scr",
            "pif",
            "cpl",
            "dll",
            "sys",
            "msi",
            "msp",
            "msc",
            "app",
            "apk",
            "dmg",
        ),
        *("elf", "so", "run", "jar", "wasm", "gadget", "bat", "cmd", "ps1", "psm1", "sh", "bash"),
        *("csh", "zsh", "command", "js", "jse", "vbs", "vbe", "wsf", "wsh", "wsc", "ws", "sct"),
        *("scf", "inf", "reg", "lnk", "py", "pyw", "pl", "rb", "php", "hta", "chm"),
    )
)
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    RuntimeError,
    LookupError,
    ValueError,
    ParseError,
)
_CONTENT_TYPES = "[Content_Types].xml"
_MOST_TYPES_BYTES = 1_000_000
# Decompressing the other methods takes as much memory as the file demands.
_PLAIN_COMPRESSION = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_MACRO_TYPES = ("vbaproject", "macroenabled", "macrosheet")
_MAIN_PARTS = {
    "wordprocessingml.document.main+xml": MediaType.DOCX,
    "spreadsheetml.sheet.main+xml": MediaType.XLSX,
    "presentationml.presentation.main+xml": MediaType.PPTX,
    "presentationml.slideshow.main+xml": MediaType.PPTX,
}

_ENTRY_BYTES = 128
_NAME_BYTES = 64
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_MACRO_ENTRIES = frozenset({"_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros"})
_MAIN_STREAMS = {
    "WordDocument": MediaType.DOC,
    "PowerPoint Document": MediaType.PPT,
    "Workbook": MediaType.XLS,
    "Book": MediaType.XLS,
}
# If a document embeds a workbook, or the reverse, the class id of the root entry is decisive.
_ROOT_CLASSES = {
    bytes.fromhex("0609020000000000C000000000000046"): MediaType.DOC,
    bytes.fromhex("0009020000000000C000000000000046"): MediaType.DOC,
    bytes.fromhex("2008020000000000C000000000000046"): MediaType.XLS,
    bytes.fromhex("1008020000000000C000000000000046"): MediaType.XLS,
    bytes.fromhex("108D81649B4FCF1186EA00AA00B929E8"): MediaType.PPT,
}
_INSTALLER = bytes.fromhex("84100C0000000000C000000000000046")


def type_of_package(content: bytes) -> TypeOrRefusal:
    """Return the type of a zip file, or the reason why it is not accepted; never raises."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            return _by_names(package, [entry.filename for entry in package.infolist()])
    except _DAMAGED:
        return Refusal.DAMAGED


def _by_names(package: zipfile.ZipFile, names: list[str]) -> TypeOrRefusal:
    if any(PurePosixPath(name).suffix.lower() in PROGRAM_SUFFIXES for name in names):
        return Refusal.PROGRAM
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return Refusal.MACROS
    if "OFD.xml" in names:
        return MediaType.OFD
    if _CONTENT_TYPES not in names:
        return Refusal.UNKNOWN if "mimetype" in names else Refusal.ARCHIVE
    return _by_content_types(package, names)


def _by_content_types(package: zipfile.ZipFile, names: list[str]) -> TypeOrRefusal:
    # With two lists of content types, some programs read the first and others the last.
    if names.count(_CONTENT_TYPES) > 1:
        return Refusal.DAMAGED
    types = tuple(_content_types(package))
    if any(macro in content_type for content_type in types for macro in _MACRO_TYPES):
        return Refusal.MACROS
    media_types = (
        media_type
        for main_part, media_type in _MAIN_PARTS.items()
        for content_type in types
        if content_type.endswith(main_part)
    )
    return next(media_types, Refusal.UNKNOWN)


def _content_types(package: zipfile.ZipFile) -> Iterator[str]:
    from defusedxml.ElementTree import fromstring

    entry = package.getinfo(_CONTENT_TYPES)
    if entry.compress_type not in _PLAIN_COMPRESSION:
        raise zipfile.BadZipFile(_CONTENT_TYPES)
    with package.open(entry) as part:
        listed = part.read(_MOST_TYPES_BYTES + 1)
    if len(listed) > _MOST_TYPES_BYTES:
        raise zipfile.BadZipFile(_CONTENT_TYPES)
    for element in fromstring(listed):
        yield element.get("ContentType", "").lower()


def type_of_compound(content: bytes) -> TypeOrRefusal:
    """Return the type of a compound file, or the reason why it is not accepted; never raises."""
    entries = tuple(_directory(content))
    names = {name for name, _, _ in entries}
    root = next((root_class for _, kind, root_class in entries if kind == _ROOT), b"")
    if "EncryptedPackage" in names:
        return Refusal.PASSWORD
    if names & _MACRO_ENTRIES:
        return Refusal.MACROS
    inside = tuple(media for name, media in _MAIN_STREAMS.items() if name in names)
    if not inside:
        return Refusal.PROGRAM if root == _INSTALLER else Refusal.UNKNOWN
    of_root = _ROOT_CLASSES.get(root)
    return of_root if of_root in inside else inside[0]


def _directory(content: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Yield the name, kind and class id of every block that looks like a directory entry.

    Entries are aligned to their own length (128 bytes) in every sector. A scan of all blocks does
    not depend on the sector chain, which may be manipulated.
    """
    for offset in range(0, len(content) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        kind = content[offset + 66]
        if kind not in {_STORAGE, _STREAM, _ROOT}:
            continue
        # The length is in bytes and includes the terminating zero of the name.
        length = int.from_bytes(content[offset + 64 : offset + 66], "little")
        if length in range(4, _NAME_BYTES + 1, 2):
            name = content[offset : offset + length - 2].decode("utf-16-le", "replace")
            yield name, kind, content[offset + 80 : offset + 96]
