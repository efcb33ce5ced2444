"""`make setup`: the chosen Python, and the error if no suitable one exists."""

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from junheng.settings import PROJECT_ROOT

CHINESE = "均衡 检查"
# A fake Python that prints its version, creates a .venv of itself, finds the package where it was
# created, and records pip's arguments.
FAKE = """#!/bin/sh
case "$*" in
    *'import {lacks}'* | *', {lacks}'*) exit 1 ;;
    *version_info*) printf %s '{version}' ;;
    '-m venv '*)
        mkdir -p .venv/bin '.venv/lib/python{minor}/site-packages'
        pwd > .venv/made_in
        cp "$0" .venv/bin/python ;;
    *find_spec*) read -r made_in < .venv/made_in && [ "$made_in" = "$(pwd)" ] ;;
    '-m pip install '*) echo "{version} $*" >> installed ;;
esac
"""
# The shim that pyenv puts on the PATH for versions that are not selected.
SHIM = """#!/bin/sh
echo 'pyenv: python3.12: command not found' >&2
exit 127
"""
TOOLS = ("make", "sh", "dirname", "mkdir", "cp", "rm", "touch")


@dataclass(frozen=True, slots=True)
class Machine:
    """A checkout on a machine that has only the Pythons that a test adds."""

    checkout: Path
    bin: Path

    def has(self, name: str, version: str, *, lacks: str = "nothing") -> Path:
        minor = version.rpartition(".")[0]
        return self.holds(name, FAKE.format(version=version, minor=minor, lacks=lacks))

    def holds(self, name: str, script: str) -> Path:
        path = self.bin / name
        path.write_text(script, "utf-8")
        path.chmod(0o755)
        return path

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", "setup", *arguments],  # noqa: S607
            cwd=self.checkout,
            env={"PATH": str(self.bin), "HOME": str(self.bin)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def refused(self, *arguments: str) -> str:
        """Run a set-up that fails before it creates anything, and return its only line."""
        ended = self.make(*arguments)
        sentence, by_make = ended.stderr.splitlines()
        assert (ended.returncode, ended.stdout) == (2, "")
        assert by_make.startswith("make: ***")
        assert not (self.checkout / ".venv").exists()
        return sentence

    @property
    def installed_with(self) -> list[str]:
        """Return the Python version of each pip run, two for each set-up."""
        return [line.split()[0] for line in (self.checkout / "installed").read_text().splitlines()]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    checkout, tools = tmp_path / CHINESE, tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(str(shutil.which(name)))
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "deploy/set_up.sh"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT_ROOT / name, checkout / name)
    return Machine(checkout, tools)


class TestWhichPython:
    @pytest.mark.parametrize("version", ["3.11.0", "3.12.1", "3.13.0", "3.14.2"])
    def test_a_supported_version_is_used(self, machine: Machine, version: str) -> None:
        machine.has("python3", version)

        ended = machine.make()

        assert (ended.returncode, ended.stderr) == (0, "")
        assert machine.installed_with == [version, version]

    @pytest.mark.parametrize(
        ("version", "why"),
        [
            ("2.7.18", "too old"),
            ("3.9.2", "too old"),
            ("3.10.13", "too old"),
            ("3.15.0", "the libraries are not built for it yet"),
            ("4.0.0", "the libraries are not built for it yet"),
        ],
    )
    def test_an_unsupported_version_is_refused_in_one_sentence(
        self, machine: Machine, version: str, why: str
    ) -> None:
        machine.has("python3", version)

        said = machine.refused()

        assert said == (
            f"Python 3.11, 3.12, 3.13 or 3.14 is needed, and python3 is {version}: {why}"
        )

    def test_the_error_names_a_suitable_python_but_not_a_broken_shim(
        self, machine: Machine
    ) -> None:
        machine.has("python3", "3.9.2")
        machine.holds("python3.13", SHIM)
        machine.has("python3.12", "3.12.1")

        assert machine.refused().endswith(": too old, as in: make PYTHON=python3.12")

    def test_a_missing_python_is_refused(self, machine: Machine) -> None:
        said = machine.refused("PYTHON=python3.13")

        assert said.endswith(", and python3.13 does not run here")

    def test_supported_versions_are_consistent(self) -> None:
        promised = ("3.11", "3.12", "3.13", "3.14")

        project = (PROJECT_ROOT / "pyproject.toml").read_text("utf-8")
        assert 'requires-python = ">=3.11,<3.15"' in project
        assert all(
            f'"Programming Language :: Python :: {version}"' in project for version in promised
        )
        assert "`python3` (3.11 to 3.14)" in (PROJECT_ROOT / "README.md").read_text("utf-8")
        assert "`python3`（3.11 到 3.14）" in (PROJECT_ROOT / "README.zh-CN.md").read_text("utf-8")


class TestMissingModules:
    def test_a_missing_venv_module_is_named_with_its_package(self, machine: Machine) -> None:
        machine.has("python3", "3.12.1", lacks="ensurepip")

        assert machine.refused() == (
            "python3 (3.12.1) lacks venv or ensurepip, which make .venv: "
            "on Debian and Ubuntu, apt install python3-venv (or python3.12-venv)"
        )

    def test_a_real_python_without_ensurepip_is_refused(self, machine: Machine) -> None:
        machine.bin.joinpath("ensurepip.py").write_text("raise ImportError", "utf-8")
        machine.holds(
            "python3", f'#!/bin/sh\nPYTHONPATH="{machine.bin}" exec {sys.executable} "$@"\n'
        )

        assert "apt install python3-venv" in machine.refused()

    def test_a_missing_sqlite_module_is_named(self, machine: Machine) -> None:
        machine.has("python3", "3.12.1", lacks="sqlite3")

        assert "(3.12.1) was built without sqlite3 or ssl" in machine.refused()


class TestExistingVenv:
    def test_it_is_reused(self, machine: Machine) -> None:
        machine.has("python3", "3.11.7")
        machine.make()

        again = machine.make()

        assert (again.returncode, again.stdout) == (0, "")
        assert len(machine.installed_with) == 2

    def test_it_is_reused_without_a_requested_version(self, machine: Machine) -> None:
        python = machine.has("python3.13", "3.13.0")
        machine.make(f"PYTHON={python}")
        machine.has("python3", "3.9.2")

        again = machine.make()

        assert (again.returncode, again.stdout) == (0, "")

    def test_it_is_recreated_for_another_version_with_a_message(self, machine: Machine) -> None:
        machine.has("python3", "3.11.7")
        machine.has("python3.13", "3.13.0")
        machine.make()

        changed = machine.make("PYTHON=python3.13")

        assert changed.stdout.startswith(
            ".venv runs Python 3.11.7, and 3.13.0 is asked for: it is made anew.\n"
        )
        assert machine.installed_with == ["3.11.7", "3.11.7", "3.13.0", "3.13.0"]

    def test_it_stays_if_the_requested_version_is_unsuitable(self, machine: Machine) -> None:
        machine.has("python3", "3.11.7")
        machine.has("python3.10", "3.10.13")
        machine.make()

        refused = machine.make("PYTHON=python3.10")

        assert refused.returncode == 2
        assert machine.make().stdout == ""

    def test_it_is_recreated_if_its_python_has_changed(self, machine: Machine) -> None:
        machine.has("python3", "3.13.0")
        machine.make()
        shutil.rmtree(machine.checkout / ".venv/lib/python3.13")

        again = machine.make()

        assert again.returncode == 0
        assert len(machine.installed_with) == 4

    def test_it_is_recreated_if_the_checkout_was_moved(self, machine: Machine) -> None:
        machine.has("python3", "3.11.7")
        machine.make()
        machine.checkout.rename(machine.checkout.with_name("moved"))
        moved = Machine(machine.checkout.with_name("moved"), machine.bin)

        first, again = moved.make(), moved.make()

        assert first.stdout.startswith(".venv was made in another folder")
        assert (again.returncode, again.stdout) == (0, "")
        assert len(moved.installed_with) == 4
        assert (moved.checkout / ".venv/made_in").read_text("utf-8") == f"{moved.checkout}\n"

    def test_it_is_updated_for_a_newer_lock(self, machine: Machine) -> None:
        machine.has("python3", "3.11.7")
        machine.make()
        set_up_at = (machine.checkout / ".venv/done").stat().st_mtime
        os.utime(machine.checkout / "requirements.lock", (set_up_at + 1, set_up_at + 1))

        machine.make()

        assert len(machine.installed_with) == 4


ADDED = "import site, sys; site.addsitedir(sys.argv[1])"


class TestNewestPython:
    def newest(self, machine: Machine) -> str:
        for name in ("bash", "sort", "tail"):
            (machine.bin / name).symlink_to(str(shutil.which(name)))
        return subprocess.run(
            ["bash", PROJECT_ROOT / ".ci/newest"],  # noqa: S607
            env={"PATH": str(machine.bin), "HOME": str(machine.bin)},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout

    def test_is_found_on_the_path_and_in_pyenv(self, machine: Machine) -> None:
        machine.has("python3.11", "3.11.2")
        machine.holds("python3.12", SHIM)
        kept = machine.bin / ".pyenv/versions/3.13.0/bin"
        kept.mkdir(parents=True)
        machine.has("python", "3.13.0").rename(kept / "python")
        machine.has("python3.15", "3.15.0")

        assert self.newest(machine) == f"3.13.0 {kept / 'python'}\n"

    def test_is_empty_without_a_working_python(self, machine: Machine) -> None:
        machine.holds("python3.12", SHIM)
        machine.has("python3.13", "3.13.0", lacks="ensurepip")

        assert self.newest(machine) == ""


class TestAnEditableInstall:
    @pytest.fixture
    def checkout(self, tmp_path: Path) -> Path:
        """Return a checkout with the sources of the package, in a folder with a Chinese name."""
        checkout = tmp_path / CHINESE
        (checkout / "deploy").mkdir(parents=True)
        for name in ("pyproject.toml", "LICENSE", "deploy/build_backend.py"):
            shutil.copy(PROJECT_ROOT / name, checkout / name)
        return checkout

    def test_works_from_a_chinese_folder_in_every_locale(
        self, checkout: Path, tmp_path: Path
    ) -> None:
        put_in = tmp_path / "site-packages"
        build = f"import build_backend; print(build_backend.build_editable({str(tmp_path)!r}))"
        name = subprocess.run(
            [sys.executable, "-c", build],
            cwd=checkout,
            env={"PYTHONPATH": str(checkout / "deploy"), "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout.strip()
        with zipfile.ZipFile(tmp_path / name) as wheel:
            wheel.extractall(put_in)

        for locale in ("C", "C.UTF-8"):
            found = subprocess.run(
                [sys.executable, "-c", f"{ADDED}; print(ascii(sys.path[-1]))", str(put_in)],
                env={"LC_ALL": locale},
                capture_output=True,
                encoding="utf-8",
                check=True,
            )
            assert found.stdout.strip() == ascii(str(checkout))
