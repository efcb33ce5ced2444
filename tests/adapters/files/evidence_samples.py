"""Minimal files of each type, made by hand."""

import struct
import zipfile
from io import BytesIO

from openpyxl import Workbook

from junheng.domain.ledger.evidence import MediaType

OLE = bytes.fromhex("D0CF11E0A1B11AE1")
MAIN = "application/vnd.openxmlformats-officedocument."
WORD = f"{MAIN}wordprocessingml.document.main+xml"
SLIDES = f"{MAIN}presentationml.presentation.main+xml"
MACROS = "application/vnd.ms-office.vbaProject"
WORD_CLASS = bytes.fromhex("0609020000000000C000000000000046")
EXCEL_CLASS = bytes.fromhex("2008020000000000C000000000000046")


def xlsx() -> bytes:
    book, file = Workbook(), BytesIO()
    book.active.append(["学校", "人数"])  # type: ignore[union-attr]
    book.save(file)
    return file.getvalue()


def package(parts: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def content_types(*types: str) -> bytes:
    listed = "".join(
        f'<Override PartName="/p{number}" ContentType="{content_type}"/>'
        for number, content_type in enumerate(types)
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<?xml version="1.0"?><Types xmlns="{namespace}">{listed}</Types>'.encode()


def office(main: str, **parts: bytes) -> bytes:
    return package({"[Content_Types].xml": content_types(main)} | parts)


def entry(name: str, kind: int, root_class: bytes = bytes(16)) -> bytes:
    """Return a directory entry of a compound file."""
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    return (head + struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 1) + root_class).ljust(128, b"\0")


def compound(*names: str, root_class: bytes = bytes(16)) -> bytes:
    entries = [entry("Root Entry", 5, root_class), *(entry(name, 2) for name in names)]
    return OLE.ljust(512, b"\0") + b"".join(entries).ljust(512, b"\0")


def boxed(major: bytes, *compatible: bytes) -> bytes:
    brands = major + bytes(4) + b"".join(compatible)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + b"\0\0\0\x08free"


SOUND: dict[MediaType, bytes] = {
    MediaType.PDF: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    MediaType.OFD: package({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<x/>"}),
    MediaType.DOC: compound("WordDocument", "1Table"),
    MediaType.DOCX: office(WORD, **{"word/document.xml": b"<w/>"}),
    MediaType.XLS: compound("Workbook"),
    MediaType.XLSX: xlsx(),
    MediaType.CSV: "学校,人数\n一小,300\n".encode("gb18030"),
    MediaType.PPT: compound("PowerPoint Document"),
    MediaType.PPTX: office(SLIDES),
    MediaType.TXT: "已按要求落实。\n共检查3次，发现问题2个。".encode(),
    MediaType.PNG: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    MediaType.JPEG: b"\xff\xd8\xff\xe1\0\x18Exif\0\0",
    MediaType.GIF: b"GIF89a\x01\0\x01\0\0\0\0",
    MediaType.BMP: b"BM" + struct.pack("<IHHI", 70, 0, 0, 54) + struct.pack("<I", 40) + bytes(52),
    MediaType.TIFF: b"II*\0\x08\0\0\0",
    MediaType.WEBP: b"RIFF\x24\0\0\0WEBPVP8 ",
    MediaType.HEIC: boxed(b"mif1", b"mif1", b"heic"),
}
