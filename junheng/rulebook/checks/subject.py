"""The subject of the checks: a loaded rulebook and the content of its files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from junheng import config_files
from junheng.config_files import Mistake
from junheng.domain.intake.forms import DepartmentForm, SchoolForm
from junheng.domain.school_years import judged_on
from junheng.rulebook.checks.places import found, in_words
from junheng.rulebook.district_folder import DistrictFolder
from junheng.rulebook.rulebook import Rulebook
from junheng.yaml_lines import Place

FIRST_YEAR = 2017


@dataclass(frozen=True, slots=True)
class FormYears:
    """School years with the same forms, and these forms."""

    years: tuple[int, ...]
    schools: SchoolForm
    departments: DepartmentForm

    @property
    def day(self) -> date:
        """Return the judging day of the first year."""
        return judged_on(self.years[0])


@dataclass(frozen=True)
class Subject:
    """A rulebook and its files: the common ones, and those of the district."""

    rulebook: Rulebook
    config: Path
    own: DistrictFolder

    def common(self, folder: str) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Yield the files of a folder that all districts share, with their content."""
        for path in sorted((self.config / folder).glob("*.yaml")):
            yield path, config_files.read(path)

    def named(self, file: str) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Yield the files that match a name such as `standard/*` or `ladder.yaml`."""
        folder, slash, name = file.rpartition("/")
        if not slash:
            path = self.own.file(name)
            yield path, config_files.read(path)
            return
        for path, content in self.common(folder):
            if name in ("*", path.name):
                yield path, content

    def belongs_with(self, file: str, defined_in: Iterable[str]) -> bool:
        """Return whether a file and those that define its names belong to the same district.

        The sample's files are not checked against the plan or the departments of another district.
        """
        if not self.own.is_another or ("/" not in file and self.own.has(file)):
            return True
        return not any(self.own.has(name) for name in defined_in)

    @cached_property
    def form_years(self) -> tuple[FormYears, ...]:
        """Return the years from the first to the one after the last change, grouped by forms."""
        book = self.rulebook
        editions = (edition for line in book.standard.lines for edition in line.editions)
        dated = (*book.school_forms.dated, *book.department_forms.dated, *editions)
        known = {
            day.year for entry in dated for day in (entry.from_, entry.until) if day is not None
        }
        last = min(max(known, default=FIRST_YEAR), FIRST_YEAR + 100) + 1
        grouped: dict[str, list[int]] = {}
        for year in range(FIRST_YEAR, last + 1):
            grouped.setdefault(self._asked_in(year), []).append(year)
        return tuple(
            FormYears(tuple(years), book.school_form(years[0]), book.department_form(years[0]))
            for years in grouped.values()
        )

    def _asked_in(self, year: int) -> str:
        day = judged_on(year)
        dated = (*self.rulebook.school_forms.dated, *self.rulebook.department_forms.dated)
        return "".join("1" if entry.is_in_force(day) else "0" for entry in dated)


def mistake(path: Path, place: Place, check: str, **filled: object) -> Mistake:
    """Return a mistake at a place, with a sentence of config_mistakes.yaml."""
    sentence = config_files.says().checks[check].format(**filled)
    return Mistake(path, place, f"{in_words(place)}：{sentence}")


def unknown(path: Path, place: Place, kind: str, word: object, known: Iterable[object]) -> Mistake:
    """Return the mistake of an undefined name, with the nearest known name."""
    sentence = config_files.unknown(kind, word, known)
    return Mistake(path, place, f"{in_words(place)}：{sentence}")


def unknown_at(
    path: Path, content: Any, pattern: str, *, kind: str, known: Iterable[object]
) -> Iterator[Mistake]:
    """Yield a mistake for each unknown name at the places of a pattern."""
    names = frozenset(known)
    for place, word in found(content, pattern):
        if word not in names:
            yield unknown(path, place, kind, word, names)
