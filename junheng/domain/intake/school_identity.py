"""Identifies the school of a form by the file's name and the code and name inside."""

from collections import Counter
from collections.abc import Iterable, Mapping

from junheng.domain.intake import file_names
from junheng.domain.intake.forms import Problem
from junheng.domain.intake.sheets import code_of, label_of, text_of
from junheng.domain.intake.submissions import Answer, Fault, RegisteredSchool

Register = Mapping[str, RegisteredSchool]
CODE_LABEL = "学校代码"
NAME_LABEL = "学校名称"


def stated_code(answers: Mapping[str, Answer]) -> str:
    return code_of(answers["school_code"].value) if "school_code" in answers else ""


def stated_name(answers: Mapping[str, Answer]) -> str:
    return text_of(answers["school_name"].value) if "school_name" in answers else ""


def attributed(
    register: Register,
    *,
    file_stem: str = "",
    answers: Mapping[str, Answer] | None = None,
) -> str | None:
    """Return the school by majority of the signs: file name, code and name inside.

    In a tie the file name takes precedence over the name, and the name over the code: a copied
    form keeps its old code more often than its old name.
    """
    by_name = {label_of(school.name): school.code for school in register.values()}
    code, name = stated_code(answers or {}), stated_name(answers or {})
    signs = (
        next((found for found in file_names.codes_in(file_stem) if found in register), None),
        by_name.get(file_names.plain_name(file_stem)),
        by_name.get(label_of(name)),
        code if code in register else None,
    )
    votes = Counter(sign for sign in signs if sign is not None)
    # Counter keeps the insertion order, and `most_common` is stable.
    return votes.most_common(1)[0][0] if votes else None


def faults(
    answers: Mapping[str, Answer],
    reporter: str | None,
    register: Register,
) -> Iterable[Fault]:
    """Yield the faults of the code in a form; a blank code is reported elsewhere."""
    code, name = stated_code(answers), stated_name(answers)
    if not code or not name:
        return
    place = answers["school_code"]
    expected = reporter or ""
    details = {"name": name, "expected": expected}
    if code not in register:
        problem = Problem.CODE_NOT_ON_REGISTER
    elif label_of(register[code].name) != label_of(name):
        problem = Problem.CODE_OF_ANOTHER
        details["owner"] = register[code].name
    elif code != reporter:
        # Code and name inside agree, so the file's name is that of another school.
        problem = Problem.FILE_OF_ANOTHER
        details["owner"] = register[expected].name if reporter else ""
    else:
        return
    yield Fault(problem, place.sheet, place.cell, CODE_LABEL, code, details)
