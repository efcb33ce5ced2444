"""The start of the command: file names are UTF-8 in every locale."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

# `make test` sets these for the tests themselves.
SET_BY_MAKE = ("PYTHONUTF8", "PYTHONIOENCODING")
COMMAND = "from app.cli import start; start.run()"
# Prints the environment that a child process of the command inherits.
PRINT_ENVIRONMENT = """
import os, sys
from app.cli import app, start
own = os.environ.get("PYTHONIOENCODING")
app.app = lambda: print(sys.flags.utf8_mode, os.environ.get("PYTHONIOENCODING"), own)
start.run()
"""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal with a locale that the test generates, because few machines have it."""

    encoding: str
    locales: Path
    home: Path

    def run(self, *words: str | bytes, code: str = COMMAND, **settings: str) -> tuple[int, str]:
        """Return the exit code and the decoded output of a call."""
        typed = [word.encode(self.encoding) if isinstance(word, str) else word for word in words]
        process = subprocess.run(
            [sys.executable, "-c", code, *typed],
            env={name: value for name, value in os.environ.items() if name not in SET_BY_MAKE}
            | {"LOCPATH": str(self.locales), "LC_ALL": f"zh_CN.{self.encoding}"}
            | {"JUNHENG_HOME": str(self.home)}
            | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return process.returncode, process.stdout.decode(self.encoding)


def generated(encoding: str, folder: Path) -> Path:
    tool = shutil.which("localedef")
    if tool is None or not Path("/usr/share/i18n/charmaps", f"{encoding}.gz").exists():
        pytest.skip(f"no localedef here to generate zh_CN.{encoding} (package locales)")
    name = f"zh_CN.{encoding}"
    subprocess.run([tool, "-i", "zh_CN", "-f", encoding, str(folder / name)], check=True)
    return folder


@pytest.fixture(scope="module")
def gb18030_locale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated("GB18030", tmp_path_factory.mktemp("locales"))


@pytest.fixture
def gb18030(gb18030_locale: Path, tmp_path: Path) -> Terminal:
    return Terminal("GB18030", gb18030_locale, tmp_path / "home")


@pytest.fixture
def gbk(tmp_path: Path) -> Terminal:
    return Terminal("GBK", generated("GBK", tmp_path), tmp_path / "home")


class TestUnderGb18030:
    def test_arguments_and_output_use_the_terminals_encoding(self, gb18030: Terminal) -> None:
        assert gb18030.run("collect", "没有", "--year", "2025") == (2, "没有这个文件夹：没有\n")

    def test_a_folder_named_in_utf8_is_found(self, gb18030: Terminal, tmp_path: Path) -> None:
        folder = tmp_path / "报送"
        (folder / "schools").mkdir(parents=True)
        (folder / "学校名录.csv").write_text("什么\n1\n", "utf-8")
        (folder / "schools" / "运河街道第一小学.csv").write_text("x", "utf-8")

        status, output = gb18030.run("collect", str(folder), "--year", "2025")

        assert (status, output.startswith(f"{folder}/学校名录.csv：学校名录缺少列")) == (2, True)

    def test_a_folder_named_in_gb18030_is_found_by_its_bytes(
        self, gb18030: Terminal, tmp_path: Path
    ) -> None:
        folder = os.fsencode(tmp_path) + "/报送".encode("gb18030")
        Path(os.fsdecode(folder)).mkdir()

        status, output = gb18030.run("collect", folder, "--year", "2025")

        assert (status, output.startswith("没有这个文件夹")) == (2, False)

    def test_every_character_of_the_output_is_encoded(self, gb18030: Terminal) -> None:
        assert "✔ Python：" in gb18030.run("doctor")[1]

    def test_child_processes_write_utf8(self, gb18030: Terminal) -> None:
        assert gb18030.run(code=PRINT_ENVIRONMENT) == (0, "1 None GB18030:backslashreplace\n")

    def test_pythonutf8_0_is_kept(self, gb18030: Terminal) -> None:
        assert gb18030.run(code=PRINT_ENVIRONMENT, PYTHONUTF8="0") == (0, "0 None None\n")


class TestUnderGbk:
    def test_a_missing_character_is_escaped(self, gbk: Terminal) -> None:
        output = gbk.run("doctor")[1]

        assert "\\u2714 Python：" in output
        assert "北京时间" in output
