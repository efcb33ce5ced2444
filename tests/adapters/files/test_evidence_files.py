"""Evidence files: typed by content, refused with a reason, stored under their hash."""

import hashlib
import os
import stat
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from junheng.adapters.files import evidence_files
from junheng.adapters.files.evidence_files import Examined
from junheng.adapters.files.pages import NotWritten
from junheng.domain.ledger.evidence import EvidenceRefused, MediaType, Refusal, refusal_sentence
from junheng.rulebook import Rulebook
from junheng.settings import PROJECT_ROOT
from tests.adapters.files import evidence_samples as samples
from tests.adapters.files.evidence_samples import SOUND

MB = 2**20
KILLED_HALF_WAY = """
import os, sys
from pathlib import Path
from junheng.adapters.files import evidence_files
os.fsync = lambda number: os._exit(9)
found = evidence_files.examine(Path(sys.argv[1]), largest_bytes=2**20)
evidence_files.keep(found, Path(sys.argv[2]))
"""


def examined(tmp_path: Path, content: bytes, name: str = "材料") -> Examined:
    path = tmp_path / name
    path.write_bytes(content)
    return evidence_files.examine(path, largest_bytes=MB)


def refused(tmp_path: Path, content: bytes, name: str = "材料") -> Refusal:
    with pytest.raises(EvidenceRefused) as error:
        examined(tmp_path, content, name)
    assert error.value.name == name
    return error.value.reason


class TestTypes:
    @pytest.mark.parametrize("media_type", MediaType)
    def test_the_type_depends_on_the_content_not_on_the_name(
        self, tmp_path: Path, media_type: MediaType
    ) -> None:
        for name in ("材料", "材料.pdf", "IMG_0001.JPG"):
            found = examined(tmp_path, SOUND[media_type], name)

            assert found.media_type is media_type
            assert found.suffix == f".{media_type}"

    def test_hash_and_size_are_those_of_the_bytes(self, tmp_path: Path) -> None:
        found = examined(tmp_path, SOUND[MediaType.PNG])

        assert found.sha256 == hashlib.sha256(SOUND[MediaType.PNG]).hexdigest()
        assert found.size == len(SOUND[MediaType.PNG])

    def test_a_document_with_an_embedded_workbook_is_a_document_and_vice_versa(
        self, tmp_path: Path
    ) -> None:
        both = ("WordDocument", "Workbook")
        letter = samples.compound(*both, root_class=samples.WORD_CLASS)
        workbook = samples.compound(*both, root_class=samples.EXCEL_CLASS)

        assert examined(tmp_path, letter).media_type is MediaType.DOC
        assert examined(tmp_path, workbook).media_type is MediaType.XLS

    def test_a_document_that_mentions_macros_has_no_macros(self, tmp_path: Path) -> None:
        text = "关于 VBA、Macros 和 _VBA_PROJECT 的说明".encode("utf-16-le")
        letter = samples.compound("WordDocument") + text.ljust(512, b"\0")

        assert examined(tmp_path, letter).media_type is MediaType.DOC

    def test_a_document_may_contain_an_svg_image(self, tmp_path: Path) -> None:
        letter = samples.office(samples.WORD, **{"word/media/image1.svg": b"<svg/>"})

        assert examined(tmp_path, letter).media_type is MediaType.DOCX

    @pytest.mark.parametrize(
        "text", ["一个全角逗号，不是表格\n两行，也不是\n", "BM是书名的缩写，另见附件。", "MB,KB"]
    )
    def test_plain_text_is_text_in_any_encoding(self, tmp_path: Path, text: str) -> None:
        for encoding in ("utf-8", "utf-8-sig", "gb18030"):
            assert examined(tmp_path, text.encode(encoding)).media_type is MediaType.TXT


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", Refusal.EMPTY),
            ("\ufeff \r\n　".encode(), Refusal.EMPTY),
            (b"MZ\x90\0\x03\0\0\0", Refusal.PROGRAM),
            (b"\x7fELF\x02\x01\x01", Refusal.PROGRAM),
            (b"#!/bin/sh\nrm -rf /\n", Refusal.PROGRAM),
            (b"@echo off\r\ndel *.*\r\n", Refusal.PROGRAM),
            (b"L\0\0\0\x01\x14\x02\0\0\0\0\0", Refusal.PROGRAM),
            (b"[InternetShortcut]\r\nURL=http://a.invalid\r\n", Refusal.PROGRAM),
            (b"<!DOCTYPE html><p>", Refusal.WEB_PAGE),
            (b"\xef\xbb\xbf  <svg onload='x()'/>", Refusal.WEB_PAGE),
            ("说明<SCRIPT>x()</SCRIPT>".encode(), Refusal.WEB_PAGE),
            (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", Refusal.WEB_PAGE),
            (samples.package({"a.pdf": b"%PDF-"}), Refusal.ARCHIVE),
            (samples.package({}), Refusal.ARCHIVE),
            (b"Rar!\x1a\x07\x01\0", Refusal.ARCHIVE),
            (b"7z\xbc\xaf\x27\x1c\0\x04", Refusal.ARCHIVE),
            (b"\x1f\x8b\x08\0", Refusal.ARCHIVE),
            (b"a.txt".ljust(257, b"\0") + b"ustar\x0000", Refusal.ARCHIVE),
            (samples.package({"setup.EXE": b"MZ"}), Refusal.PROGRAM),
            (samples.office(samples.WORD, **{"word/embeddings/a.bat": b"@"}), Refusal.PROGRAM),
            (samples.package({"mimetype": b"application/vnd.oasis"}), Refusal.UNKNOWN),
            (samples.office("application/vnd.ms-visio.drawing.main+xml"), Refusal.UNKNOWN),
            (samples.compound("EncryptedPackage", "EncryptionInfo"), Refusal.PASSWORD),
            (samples.compound("SummaryInformation"), Refusal.UNKNOWN),
            (samples.boxed(b"isom", b"isom", b"mp41"), Refusal.FILM),
            (b"RIFF\x24\0\0\0AVI LIST", Refusal.FILM),
            (b"#!AMR\n\x3c", Refusal.FILM),
            (samples.boxed(b"avif", b"avif", b"mif1"), Refusal.UNKNOWN),
            (b"{\\rtf1\\ansi }", Refusal.UNKNOWN),
            (b"\0\x01\x02\x03", Refusal.UNKNOWN),
            ("材料".encode("utf-16"), Refusal.UNKNOWN),
        ],
    )
    def test_other_content_is_refused_with_its_reason(
        self, tmp_path: Path, content: bytes, reason: Refusal
    ) -> None:
        assert refused(tmp_path, content) is reason

    @pytest.mark.parametrize(
        "content",
        [
            samples.office(samples.WORD, **{"word/vbaProject.bin": b"x"}),
            samples.package(
                {
                    "[Content_Types].xml": samples.content_types(samples.WORD, samples.MACROS),
                    "word/harmless.bin": b"x",
                }
            ),
            samples.package(
                {
                    "[Content_Types].xml": samples.content_types(
                        samples.WORD, samples.MACROS.replace("vba", "&#118;ba")
                    )
                }
            ),
            samples.office("application/vnd.ms-word.document.macroEnabled.main+xml"),
            samples.compound("WordDocument", "Macros", "VBA", "_VBA_PROJECT"),
            samples.compound("Workbook", "_VBA_PROJECT_CUR"),
        ],
        ids=["by name", "by type", "escaped type", "by main type", "in a doc", "in an xls"],
    )
    def test_macros_are_found_in_every_form(self, tmp_path: Path, content: bytes) -> None:
        assert refused(tmp_path, content) is Refusal.MACROS

    @pytest.mark.parametrize(
        "name",
        ["a.exe", "通知.BAT", "b.sh", "c.js", "d.vbs", "e.lnk", "f.pdf.scr", "g.html", "h.exe. "],
    )
    def test_a_picture_with_the_suffix_of_a_program_is_refused(
        self, tmp_path: Path, name: str
    ) -> None:
        assert refused(tmp_path, SOUND[MediaType.PNG], name) is Refusal.EXECUTABLE_NAME

    def test_a_truncated_package_is_damaged(self, tmp_path: Path) -> None:
        whole = SOUND[MediaType.XLSX]

        assert refused(tmp_path, whole[: len(whole) // 2]) is Refusal.DAMAGED

    def test_a_package_with_two_lists_of_content_types_is_damaged(self, tmp_path: Path) -> None:
        file = BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("[Content_Types].xml", samples.content_types(samples.MACROS))
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr("[Content_Types].xml", samples.content_types(samples.WORD))

        assert refused(tmp_path, file.getvalue()) is Refusal.DAMAGED

    def test_a_zip_bomb_is_refused_without_unpacking(self, tmp_path: Path) -> None:
        bomb = samples.package({"[Content_Types].xml": b"<" + b" " * 60 * MB})

        assert len(bomb) < MB
        assert refused(tmp_path, bomb) is Refusal.DAMAGED

    def test_a_list_with_xml_entities_is_refused(self, tmp_path: Path) -> None:
        entities = b'<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Types>&b;</Types>'

        assert refused(tmp_path, samples.package({"[Content_Types].xml": entities})) is (
            Refusal.DAMAGED
        )


class TestPlaces:
    def why(self, path: Path) -> Refusal:
        with pytest.raises(EvidenceRefused) as error:
            evidence_files.examine(path, largest_bytes=MB)
        return error.value.reason

    def test_a_link_is_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(SOUND[MediaType.PNG])
        (tmp_path / "link.png").symlink_to(tmp_path / "a.png")

        assert self.why(tmp_path / "link.png") is Refusal.LINK

    def test_a_folder_a_pipe_and_a_missing_file_have_different_reasons(
        self, tmp_path: Path
    ) -> None:
        os.mkfifo(tmp_path / "pipe")

        assert self.why(tmp_path) is Refusal.FOLDER
        assert self.why(tmp_path / "pipe") is Refusal.NOT_A_FILE
        assert self.why(tmp_path / "no.pdf") is Refusal.MISSING
        assert self.why(tmp_path / "a\0b.pdf") is Refusal.UNREADABLE

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_without_permission_is_unreadable(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(SOUND[MediaType.PNG])
        (tmp_path / "a.png").chmod(0)

        assert self.why(tmp_path / "a.png") is Refusal.UNREADABLE


class TestSize:
    @pytest.mark.parametrize(
        ("size", "shown"), [(MB + 1, "1.1 MB"), (2 * MB, "2 MB"), (int(25.34 * MB), "25.4 MB")]
    )
    def test_a_too_large_file_is_refused_with_its_size_and_the_limit(
        self, tmp_path: Path, rulebook: Rulebook, size: int, shown: str
    ) -> None:
        path = tmp_path / "录像.pdf"
        with path.open("wb") as file:
            file.truncate(size)

        with pytest.raises(EvidenceRefused) as error:
            evidence_files.examine(path, largest_bytes=MB)

        sentence = refusal_sentence(error.value, rulebook.wording.evidence)
        assert sentence.startswith(f"“录像.pdf”：有 {shown}，每个文件不能超过 1 MB，请")

    def test_a_file_of_exactly_the_limit_is_accepted(self, tmp_path: Path) -> None:
        content = SOUND[MediaType.PDF].ljust(MB, b"\n")

        assert examined(tmp_path, content).size == MB


class TestKeep:
    def test_stores_a_file_under_its_hash_read_only(self, tmp_path: Path) -> None:
        found = examined(tmp_path, SOUND[MediaType.PNG], "照片.jpeg")

        kept = evidence_files.keep(found, tmp_path / "evidence")

        assert kept == tmp_path / "evidence" / found.sha256[:2] / f"{found.sha256}.png"
        assert kept.read_bytes() == SOUND[MediaType.PNG]
        assert stat.S_IMODE(kept.stat().st_mode) == 0o440

    def test_a_file_changed_after_the_examination_is_stored_as_examined(
        self, tmp_path: Path
    ) -> None:
        found = examined(tmp_path, SOUND[MediaType.PNG], "照片.png")
        (tmp_path / "照片.png").write_bytes(b"MZ")

        evidence_files.keep(found, tmp_path / "evidence")

        assert evidence_files.verify(tmp_path / "evidence", found.sha256)

    def test_a_file_kept_twice_is_stored_once(self, tmp_path: Path) -> None:
        found = examined(tmp_path, SOUND[MediaType.PDF])

        kept = {evidence_files.keep(found, tmp_path / "evidence") for _ in range(2)}

        assert len(kept) == 1
        assert [path.name for path in (tmp_path / "evidence").rglob("*.*")] == [kept.pop().name]

    def test_a_changed_copy_is_detected_and_repaired(self, tmp_path: Path) -> None:
        found = examined(tmp_path, SOUND[MediaType.PDF])
        kept = evidence_files.keep(found, tmp_path / "evidence")
        kept.chmod(0o640)
        kept.write_bytes(SOUND[MediaType.PDF] + b" ")

        detected = not evidence_files.verify(tmp_path / "evidence", found.sha256)
        evidence_files.keep(found, tmp_path / "evidence")

        assert detected
        assert evidence_files.verify(tmp_path / "evidence", found.sha256)

    def test_an_unknown_or_invalid_hash_does_not_verify(self, tmp_path: Path) -> None:
        assert not evidence_files.verify(tmp_path, "0" * 64)
        assert not evidence_files.verify(tmp_path, "../*")

    def test_a_failed_write_leaves_no_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = examined(tmp_path, SOUND[MediaType.PDF])

        def disk_full(number: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", disk_full)
        with pytest.raises(NotWritten, match="磁盘已满"):
            evidence_files.keep(found, tmp_path / "evidence")

        assert not [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]

    def test_a_process_killed_while_writing_leaves_only_a_part_file(self, tmp_path: Path) -> None:
        found = examined(tmp_path, SOUND[MediaType.PDF], "a.pdf")
        evidence = tmp_path / "evidence"

        killed = subprocess.run(
            [sys.executable, "-c", KILLED_HALF_WAY, tmp_path / "a.pdf", evidence],
            cwd=PROJECT_ROOT,
            check=False,
        )

        left = [path for path in evidence.rglob("*") if path.is_file()]
        assert killed.returncode == 9
        assert [path.suffix for path in left] == [".part"]
        assert not evidence_files.verify(evidence, found.sha256)
        evidence_files.keep(found, evidence)
        assert evidence_files.verify(evidence, found.sha256)


def spoiled(content: bytes, changes: list[tuple[int, int]], cut: int) -> bytes:
    changed = bytearray(content)
    for place, byte in changes:
        changed[place % len(changed)] = byte
    return bytes(changed[: len(changed) - cut % len(changed)])


starts = st.sampled_from([*SOUND.values(), b"PK\x03\x04", samples.OLE, b"RIFF", b"\0\0\0\x18ftyp"])
anything = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.builds(lambda start, rest: start + rest, starts, st.binary(max_size=200)),
    st.builds(
        spoiled,
        st.sampled_from(list(SOUND.values())),
        st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=30),
        st.sampled_from([0, 0, 1, 7, 30, 200]),
    ),
)
names = st.sampled_from(["a", "a.pdf", "a.exe", "照片.png", "a.docx"])


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=anything, name=names)
def test_any_bytes_have_a_type_or_are_refused(tmp_path: Path, content: bytes, name: str) -> None:
    try:
        found = examined(tmp_path, content, name)
    except EvidenceRefused as error:
        assert error.reason in Refusal  # noqa: PT017  (either answer is right, a third is not)
    else:
        assert found.media_type in MediaType
        assert found.content == content
