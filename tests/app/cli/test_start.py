"""The start of the command: names of files are UTF-8, whatever the terminal speaks."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

# `make test` has UTF-8 mode for the tests themselves.
SET_BY_MAKE = ("PYTHONUTF8", "PYTHONIOENCODING")
COMMAND = "from app.cli import start; start.run()"
# Says what a process begun by the command would find.
TELLS = """
import os, sys
from app.cli import app, start
own = os.environ.get("PYTHONIOENCODING")
app.app = lambda: print(sys.flags.utf8_mode, os.environ.get("PYTHONIOENCODING"), own)
start.run()
"""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal of one locale, made for the test: a machine seldom has it."""

    encoding: str
    locales: Path
    home: Path

    def run(self, *words: str | bytes, code: str = COMMAND, **settings: str) -> tuple[int, str]:
        """Return how a call ended, and what stands on the terminal: all of it can be read."""
        typed = [word.encode(self.encoding) if isinstance(word, str) else word for word in words]
        ended = subprocess.run(
            [sys.executable, "-c", code, *typed],
            env={name: value for name, value in os.environ.items() if name not in SET_BY_MAKE}
            | {"LOCPATH": str(self.locales), "LC_ALL": f"zh_CN.{self.encoding}"}
            | {"JUNHENG_HOME": str(self.home)}
            | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return ended.returncode, ended.stdout.decode(self.encoding)


def made(encoding: str, folder: Path) -> Path:
    tool = shutil.which("localedef")
    if tool is None or not Path("/usr/share/i18n/charmaps", f"{encoding}.gz").exists():
        pytest.skip(f"no localedef here that could make zh_CN.{encoding} (package locales)")
    name = f"zh_CN.{encoding}"
    subprocess.run([tool, "-i", "zh_CN", "-f", encoding, str(folder / name)], check=True)
    return folder


@pytest.fixture(scope="module")
def gb18030_locale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made("GB18030", tmp_path_factory.mktemp("locales"))


@pytest.fixture
def gb18030(gb18030_locale: Path, tmp_path: Path) -> Terminal:
    return Terminal("GB18030", gb18030_locale, tmp_path / "home")


@pytest.fixture
def gbk(tmp_path: Path) -> Terminal:
    return Terminal("GBK", made("GBK", tmp_path), tmp_path / "home")


class TestUnderGb18030:
    def test_what_is_typed_and_said_is_what_the_terminal_speaks(self, gb18030: Terminal) -> None:
        assert gb18030.run("collect", "没有", "--year", "2025") == (2, "没有这个文件夹：没有\n")

    def test_files_named_in_utf8_are_found(self, gb18030: Terminal, tmp_path: Path) -> None:
        folder = tmp_path / "报送"
        (folder / "schools").mkdir(parents=True)
        (folder / "学校名录.csv").write_text("什么\n1\n", "utf-8")
        (folder / "schools" / "运河街道第一小学.csv").write_text("x", "utf-8")

        status, said = gb18030.run("collect", str(folder), "--year", "2025")

        assert (status, said.startswith(f"{folder}/学校名录.csv：学校名录缺少列")) == (2, True)

    def test_a_folder_named_in_gb18030_is_found_under_its_own_bytes(
        self, gb18030: Terminal, tmp_path: Path
    ) -> None:
        folder = os.fsencode(tmp_path) + "/报送".encode("gb18030")
        Path(os.fsdecode(folder)).mkdir()

        status, said = gb18030.run("collect", folder, "--year", "2025")

        assert (status, said.startswith("没有这个文件夹")) == (2, False)

    def test_every_mark_can_be_said(self, gb18030: Terminal) -> None:
        assert "✔ Python：" in gb18030.run("doctor")[1]

    def test_processes_begun_by_it_write_utf8(self, gb18030: Terminal) -> None:
        assert gb18030.run(code=TELLS) == (0, "1 None GB18030:backslashreplace\n")

    def test_who_wants_no_utf8_mode_gets_none(self, gb18030: Terminal) -> None:
        assert gb18030.run(code=TELLS, PYTHONUTF8="0") == (0, "0 None None\n")


class TestUnderGbk:
    def test_a_mark_that_it_lacks_ends_no_list(self, gbk: Terminal) -> None:
        said = gbk.run("doctor")[1]

        assert "\\u2714 Python：" in said
        assert "北京时间" in said
