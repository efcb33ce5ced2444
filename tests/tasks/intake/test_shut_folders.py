"""A folder without permission is named, and the other folders are read."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import small_district

# Root ignores file modes; without these two capabilities it does not.
BOUND = (
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search",
    "--inh-caps=-dac_override,-dac_read_search",
    "--",
)
LOOKS = """
import json, sys
from pathlib import Path
from tasks.intake import arrivals, inbox
messages = []
try:
    opened = inbox.opened(2026)
    years = [waiting.year for waiting in inbox.waiting(messages.append)]
except arrivals.FileHeld as shut:
    years, opened = [], None
    messages = ["raised: " + str(shut)]
print(json.dumps([years, messages, opened is None]))
"""
pytestmark = pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="needs setpriv of util-linux"
)


@pytest.fixture
def inbox_folder(junheng_home: Path) -> Path:
    folder = junheng_home / "inbox"
    folder.mkdir(parents=True)
    small_district.make(folder / "2025")
    for room in ("schools", "departments", "ledgers"):
        (folder / "2026" / room).mkdir(parents=True)
    return folder


def looked(shut: Path) -> tuple[list[int], list[str], bool]:
    """Return the changed years, the messages, and whether no folder was made."""
    shut.chmod(0)
    try:
        ended = subprocess.run(
            [*(BOUND if os.geteuid() == 0 else ()), sys.executable, "-c", LOOKS],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        shut.chmod(0o700)
    assert ended.returncode == 0, ended.stderr
    years, messages, is_opened = json.loads(ended.stdout)
    return years, messages, is_opened


@pytest.mark.parametrize("shut", ["2026", "2026/schools"])
def test_other_years_are_read_beside_a_folder_without_permission(
    inbox_folder: Path, shut: str
) -> None:
    years, messages, is_opened = looked(inbox_folder / shut)

    assert years == [2025]
    assert "".join(messages) == (
        f"文件夹 {inbox_folder / shut} 现在进不去（没有读取权限，或者共享文件夹断开了），"
        "里面的报送没有收；请让服务账号能读这个文件夹和里面的文件夹，改好以后会自动再收"
    )
    assert is_opened


def test_an_inbox_without_permission_raises_folder_shut(inbox_folder: Path) -> None:
    years, (messages,), _ = looked(inbox_folder)

    assert years == []
    assert messages.startswith(f"raised: 文件夹 {inbox_folder} 现在进不去")
