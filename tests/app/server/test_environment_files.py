"""systemd, Docker Compose and `sudo junheng` parse the settings file in the same way."""

import subprocess
from pathlib import Path

import pytest

from junheng.settings import PROJECT_ROOT
from tests.app.server import as_a_service, environment_files

EXAMPLE = (PROJECT_ROOT / "deploy" / "junheng.env.example").read_text("utf-8")
# The example with every setting filled in.
FILLED = "\n".join(
    line[1:] if line.startswith("#") and line[1:8] == "JUNHENG" else line
    for line in EXAMPLE.replace("CHANGE", "0a1b2c").splitlines()
)
as_root = pytest.mark.skipif(
    bool(as_a_service.reason_not_here()), reason=as_a_service.reason_not_here() or "can be done"
)


def test_systemd_and_compose_parse_the_example_in_the_same_way() -> None:
    read = environment_files.as_systemd(FILLED)

    assert read == environment_files.as_compose(FILLED)
    assert read["JUNHENG_DATABASE_URL"] == "postgresql://junheng:0a1b2c@127.0.0.1:5432/junheng"
    assert read["JUNHENG_HOME"] == "/var/lib/junheng"


@pytest.mark.parametrize("value", ["a$b", "a #b", '"a\\b"'])
def test_the_parsers_differ_for_the_syntax_that_the_example_forbids(value: str) -> None:
    line = f"NAME={value}"

    assert environment_files.as_systemd(line) != environment_files.as_compose(line)


def run_wrapper(tmp_path: Path, settings: str) -> subprocess.CompletedProcess[str]:
    """Run deploy/bin/junheng with a program that prints its account and environment."""
    (tmp_path / "junheng.env").write_text(settings, "utf-8")
    text = (PROJECT_ROOT / "deploy" / "bin" / "junheng").read_text("utf-8")
    for before, after in (
        ("account=junheng\n", "account=nobody\n"),
        ('--regid="$account"', "--regid=nogroup"),
        ("program=/opt/junheng/.venv/bin/junheng\n", "program=/bin/sh\n"),
        ("settings=/etc/junheng/junheng.env\n", f"settings={tmp_path}/junheng.env\n"),
    ):
        assert before in text
        text = text.replace(before, after)
    script = tmp_path / "junheng"
    script.write_text(text, "utf-8")
    script.chmod(0o755)
    return subprocess.run(
        [script, "-c", "id -u; umask; env"], capture_output=True, text=True, check=False
    )


@as_root
class TestWrapper:
    def test_runs_as_the_account_with_exactly_the_settings(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ROOTS_OWN", "secret")

        result = run_wrapper(tmp_path, FILLED)

        uid, umask, *lines = result.stdout.splitlines()
        assert (uid, umask) == (str(as_a_service.NOBODY), "0077"), result.stderr
        environment = dict(line.split("=", 1) for line in lines)
        read = environment_files.as_systemd(FILLED)
        assert {name: environment.get(name) for name in read} == read
        assert environment["HOME"] == "/var/lib/junheng"
        assert "ROOTS_OWN" not in environment

    @pytest.mark.parametrize(
        "line", ["A='b'", 'A="b"', "A=b #c", "A=$b", "A=b ", "A= b", "A = b", "A=b\\", "nothing"]
    )
    def test_refuses_a_line_that_the_parsers_read_differently(
        self, tmp_path: Path, line: str
    ) -> None:
        result = run_wrapper(tmp_path, f"# 设置\nJUNHENG_HOME=/srv\n{line}\n")

        assert (result.returncode, result.stdout) == (2, "")
        assert "第 3 行" in result.stderr
