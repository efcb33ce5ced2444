"""The file of settings means the same to systemd, to Docker Compose, and to `sudo junheng`."""

import subprocess
from pathlib import Path

import pytest

from junheng.settings import PROJECT_ROOT
from tests.app.server import as_a_service, environment_files

EXAMPLE = (PROJECT_ROOT / "deploy" / "junheng.env.example").read_text("utf-8")
# As the example is when an office has filled in all of it.
FILLED = "\n".join(
    line[1:] if line.startswith("#") and line[1:8] == "JUNHENG" else line
    for line in EXAMPLE.replace("CHANGE", "0a1b2c").splitlines()
)
as_root = pytest.mark.skipif(
    bool(as_a_service.reason_not_here()), reason=as_a_service.reason_not_here() or "can be done"
)


def test_the_example_means_the_same_to_systemd_and_to_compose() -> None:
    read = environment_files.as_systemd(FILLED)

    assert read == environment_files.as_compose(FILLED)
    assert read["JUNHENG_DATABASE_URL"] == "postgresql://junheng:0a1b2c@127.0.0.1:5432/junheng"
    assert read["JUNHENG_HOME"] == "/var/lib/junheng"


@pytest.mark.parametrize("value", ["a$b", "a #b", '"a\\b"'])
def test_the_two_readers_differ_where_the_example_says_so(value: str) -> None:
    line = f"NAME={value}"

    assert environment_files.as_systemd(line) != environment_files.as_compose(line)


def wrapped(tmp_path: Path, settings: str) -> subprocess.CompletedProcess[str]:
    """Run deploy/bin/junheng for a machine whose program tells what it was given."""
    (tmp_path / "junheng.env").write_text(settings, "utf-8")
    text = (PROJECT_ROOT / "deploy" / "bin" / "junheng").read_text("utf-8")
    for was, now in (
        ("account=junheng\n", "account=nobody\n"),
        ('--regid="$account"', "--regid=nogroup"),
        ("program=/opt/junheng/.venv/bin/junheng\n", "program=/bin/sh\n"),
        ("settings=/etc/junheng/junheng.env\n", f"settings={tmp_path}/junheng.env\n"),
    ):
        assert was in text
        text = text.replace(was, now)
    script = tmp_path / "junheng"
    script.write_text(text, "utf-8")
    script.chmod(0o755)
    return subprocess.run(
        [script, "-c", "id -u; umask; env"], capture_output=True, text=True, check=False
    )


@as_root
class TestTheCommandOfTheAdministrator:
    def test_becomes_the_account_with_what_systemd_reads_and_nothing_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ROOTS_OWN", "secret")

        told = wrapped(tmp_path, FILLED)

        uid, umask, *lines = told.stdout.splitlines()
        assert (uid, umask) == (str(as_a_service.NOBODY), "0077"), told.stderr
        given = dict(line.split("=", 1) for line in lines)
        read = environment_files.as_systemd(FILLED)
        assert {name: given.get(name) for name in read} == read
        assert given["HOME"] == "/var/lib/junheng"
        assert "ROOTS_OWN" not in given

    @pytest.mark.parametrize(
        "line", ["A='b'", 'A="b"', "A=b #c", "A=$b", "A=b ", "A= b", "A = b", "A=b\\", "nothing"]
    )
    def test_refuses_a_line_that_others_read_otherwise(self, tmp_path: Path, line: str) -> None:
        told = wrapped(tmp_path, f"# 设置\nJUNHENG_HOME=/srv\n{line}\n")

        assert (told.returncode, told.stdout) == (2, "")
        assert "第 3 行" in told.stderr
