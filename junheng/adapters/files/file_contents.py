"""Determines the type of a file by its content; nothing is unpacked, opened or run."""

import csv
import unicodedata
from itertools import islice

from junheng.adapters.files import ole_and_zip
from junheng.adapters.files.ole_and_zip import PROGRAM_SUFFIXES, TypeOrRefusal
from junheng.domain.ledger.evidence import MediaType, Refusal

# Web pages are executable too: a browser runs their scripts.
EXECUTABLE_SUFFIXES = PROGRAM_SUFFIXES | {
    ".htm",
    ".html",
    ".xhtml",
    ".mht",
    ".mhtml",
    ".svg",
    ".url",
}

_MAGIC_NUMBERS: tuple[tuple[bytes, TypeOrRefusal], ...] = (
    (b"%PDF-", MediaType.PDF),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"GIF87a", MediaType.GIF),
    (b"GIF89a", MediaType.GIF),
    (b"II*\x00", MediaType.TIFF),
    (b"MM\x00*", MediaType.TIFF),
    # AMR (voice recordings of phones) begins with the `#!` of scripts: it must precede them.
    (b"#!AMR", Refusal.FILM),
    (b"\x1a\x45\xdf\xa3", Refusal.FILM),
    (b"FLV\x01", Refusal.FILM),
    (b"\x30\x26\xb2\x75", Refusal.FILM),
    (b"ID3", Refusal.FILM),
    (b"OggS", Refusal.FILM),
    (b"MZ", Refusal.PROGRAM),
    (b"\x7fELF", Refusal.PROGRAM),
    (b"#!", Refusal.PROGRAM),
    (b"\xca\xfe\xba\xbe", Refusal.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Refusal.PROGRAM),
    (b"\xce\xfa\xed\xfe", Refusal.PROGRAM),
    (b"\xfe\xed\xfa", Refusal.PROGRAM),
    (b"\x00asm", Refusal.PROGRAM),
    (b"L\x00\x00\x00\x01\x14\x02\x00", Refusal.PROGRAM),
    (b"ITSF", Refusal.PROGRAM),
    (b"PK\x05\x06", Refusal.ARCHIVE),
    (b"PK\x07\x08", Refusal.ARCHIVE),
    (b"Rar!\x1a\x07", Refusal.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Refusal.ARCHIVE),
    (b"\x1f\x8b", Refusal.ARCHIVE),
    (b"BZh", Refusal.ARCHIVE),
    (b"\xfd7zXZ\x00", Refusal.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", Refusal.ARCHIVE),
    (b"MSCF", Refusal.ARCHIVE),
)
_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis"})
_BITMAP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})

_SCRIPT_PREFIXES = (
    "@echo",
    "[internetshortcut]",
    "[desktop entry]",
    "windows registry editor",
    "regedit4",
)
_WEB_PAGE_PREFIXES = ("<", "mime-version:", "content-type: multipart")
_UNSUPPORTED_TEXT_FORMATS = ("{\\rtf", "%!ps")
_FIRST_RARE_CHARACTER = "\U00020000"
_ROWS_EXAMINED = 200


def type_of(content: bytes) -> TypeOrRefusal:
    """Return the type of a file, or the reason why it is not accepted; never raises."""
    if content.startswith(_ZIP):
        return ole_and_zip.type_of_package(content)
    if content.startswith(_OLE):
        return ole_and_zip.type_of_compound(content)
    found = (found for magic, found in _MAGIC_NUMBERS if content.startswith(magic))
    return next(found, None) or _by_later_magic_number(content) or _type_of_text(content)


def _by_later_magic_number(content: bytes) -> TypeOrRefusal | None:
    """Return the type of a file whose magic number is not, or not only, in its first bytes."""
    if content.startswith(b"RIFF"):
        return MediaType.WEBP if content[8:12] == b"WEBP" else Refusal.FILM
    if content[4:8] == b"ftyp":
        return _by_ftyp_brands(content)
    if content.startswith(b"BM") and int.from_bytes(content[14:18], "little") in _BITMAP_HEADERS:
        return MediaType.BMP
    return Refusal.ARCHIVE if content[257:262] == b"ustar" else None


def _by_ftyp_brands(content: bytes) -> TypeOrRefusal:
    # HEIC photographs and films both begin with an ftyp box; its brands distinguish them.
    end = min(int.from_bytes(content[:4], "big"), 512, len(content))
    brands = {content[offset : offset + 4] for offset in range(8, end, 4)}
    if brands & _HEIC_BRANDS:
        return MediaType.HEIC
    return Refusal.UNKNOWN if b"avif" in brands else Refusal.FILM


def _type_of_text(content: bytes) -> TypeOrRefusal:
    text = _decoded_text(content)
    if text is None or not all(map(_is_text_character, set(text))):
        return Refusal.UNKNOWN
    stripped = text.lstrip("\ufeff \t\r\n\f\u3000").lower()
    if not stripped:
        return Refusal.EMPTY
    if stripped.startswith(_WEB_PAGE_PREFIXES) or "<script" in stripped:
        return Refusal.WEB_PAGE
    if stripped.startswith(_SCRIPT_PREFIXES):
        return Refusal.PROGRAM
    if stripped.startswith(_UNSUPPORTED_TEXT_FORMATS):
        return Refusal.UNKNOWN
    return MediaType.CSV if _is_table(text) else MediaType.TXT


def _decoded_text(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _is_text_character(character: str) -> bool:
    """Return whether a character may occur in text; decoded binary data has others."""
    # Python's Unicode tables may lack recent rare characters of names and class them as unassigned
    # (Cn). So Cn is allowed from the first block of rare characters on.
    excluded = {"Cc", "Cs"} if character >= _FIRST_RARE_CHARACTER else {"Cc", "Cs", "Cn"}
    return character in "\t\r\n\f" or unicodedata.category(character) not in excluded


def _is_table(text: str) -> bool:
    """Return whether all lines have the same number of comma-separated fields, at least two."""
    try:
        rows = [row for row in islice(csv.reader(text.splitlines()), _ROWS_EXAMINED) if row]
    except csv.Error:
        return False
    widths = {len(row) for row in rows}
    return len(rows) > 1 and len(widths) == 1 and widths.isdisjoint({1})
