"""Sentences in Chinese stand in config/wording; Python holds only the Chinese that it must.

It must hold values of closed sets, titles and help texts that a library takes as literals, and the
words that are recognised in input.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from junheng.settings import PROJECT_ROOT

# Folders in which the rule holds.
ROOMS = ("app", "expectations", "flows", "junheng", "tasks")
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
HAN = re.compile(r"[\u4e00-\u9fff]")
# Arguments, and keys of a JSON schema, that Prefect, pydantic and typer show as they stand.
SHOWN_BY_LIBRARIES = frozenset(
    {"description", "epilog", "help", "metavar", "rich_help_panel", "short_help", "title"}
)
# Module constants with Chinese that nobody is shown, and what each is compared with or tried on.
RECOGNISED = {
    ("app/cli/start.py", "OURS"): "encoded once, to see whether the terminal can show Chinese",
    ("junheng/domain/intake/file_names.py", "_MARKS"): "what file names say beside a name",
    ("junheng/domain/intake/forms.py", "NONE_MARKS"): "what is written in a cell for none",
    ("junheng/domain/intake/forms.py", "_SAME_UNIT"): "how a unit is written after a number",
    ("junheng/domain/intake/layouts.py", "ITEM_COLUMN"): "header of a form",
    ("junheng/domain/intake/layouts.py", "VALUE_COLUMN"): "header of a form",
    ("junheng/domain/intake/layouts.py", "TOTAL"): "a row below a table",
    ("junheng/domain/intake/layouts.py", "_TOTAL"): "a row below a table",
    ("junheng/domain/intake/layouts.py", "_SIGNATURE"): "a row below a table",
    ("junheng/domain/intake/layouts.py", "_NOTE"): "a row below a table",
    ("junheng/domain/intake/layouts.py", "_YEARS"): "the year in a form's title",
    ("junheng/domain/intake/layouts.py", "_TITLE"): "a form's title",
    ("junheng/domain/intake/layouts.py", "_NO_TITLE"): "a line above a table that is no title",
    ("junheng/domain/intake/layouts.py", "COUNTED_ON"): "the label of the day counted on",
    ("junheng/domain/intake/layouts.py", "YEAR_ITEM"): "the item of a wrong year",
    ("junheng/domain/intake/register.py", "TITLE"): "the name of the register's file",
    ("junheng/domain/intake/register.py", "COLUMNS"): "headers of the register",
    (
        "junheng/domain/intake/reporting_departments.py",
        "_STATED",
    ): "the label of a department",
    (
        "junheng/domain/intake/reporting_departments.py",
        "_A_SCHOOL",
    ): "a school in a file's name",
    ("junheng/domain/intake/school_classes.py", "CATEGORY"): "the sheet of classes",
    ("junheng/domain/intake/school_classes.py", "CLASS_SIZE"): "a header of the sheet of classes",
    ("junheng/domain/intake/school_classes.py", "STAGE_LABEL"): "a header of the sheet of classes",
    ("junheng/domain/intake/school_classes.py", "CLASS_NAME"): "a header of the sheet of classes",
    ("junheng/domain/intake/school_classes.py", "GRADE"): "the word in the name of a class",
    ("junheng/domain/intake/school_identity.py", "CODE_LABEL"): "a header of forms and register",
    ("junheng/domain/intake/school_identity.py", "NAME_LABEL"): "a header of forms and register",
    **{
        ("junheng/domain/known_answers.py", name): "an answer that rules compare with"
        for name in (
            "YES",
            "NO",
            "PRIMARY",
            "JUNIOR",
            "TEACHING_POINT",
            "SPECIAL_SCHOOL",
            "VOCATIONAL_SCHOOL",
            "THROUGH_SCHOOLS",
            "URBAN",
            "TOWN",
            "RURAL",
            "PUBLIC",
            "GOOD_GRADES",
            "CARRIED_OUT",
        )
    },
    (
        "junheng/domain/people/districts.py",
        "EVERY_TOWN",
    ): "the plan's word for all towns",
    ("junheng/domain/standard/standard.py", "_PLAN_TASK"): "how config/ cites a task of the plan",
    (
        "junheng/rulebook/checks/references.py",
        "TOWNS_OF_THE_ANNEX",
    ): "how the annex calls the towns",
    (
        "junheng/rulebook/checks/references.py",
        "CLAUSE_OF_THE_ANNEX",
    ): "how config/ cites a clause of the annex",
    ("junheng/domain/workbook/book.py", "ORIGINALS"): "a sheet of the ledger's workbook",
    ("junheng/domain/workbook/cells.py", "_DAY"): "a day as people write it",
    ("junheng/store/migrations/versions/0003_the_ledger.py", "BY"): "in events of old ledgers",
    (
        "junheng/store/migrations/versions/0003_the_ledger.py",
        "REASON",
    ): "in events of old ledgers",
    ("tasks/chase/alarms.py", "ALARM"): "a part of the key that an alarm is found by",
    ("tasks/intake/submissions.py", "CORRECTION_MARK"): "the name of a corrected file",
    (
        "tasks/ledger/ledger.py",
        "SYSTEM",
    ): "the author of events that nobody made",
    ("tasks/workbook/copies.py", "EVIDENCE_FOLDER"): "the folder of evidence beside a copy",
}


class ChineseLiterals(ast.NodeVisitor):
    """Collects the Chinese literals of a module that belong into config/wording.

    Docstrings do not count: like comments they document, or they are the help of a command.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.found: list[str] = []

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and HAN.search(node.value):
            self.found.append(f"{self.path}:{node.lineno} {node.value}")

    def visit_Module(self, node: ast.Module) -> None:
        for statement in _without_docstring(node):
            if not (_names(statement) & _recognised_in(self.path)):
                self.visit(statement)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        is_closed_set = any(
            isinstance(base, ast.Name) and base.id == "StrEnum" for base in node.bases
        )
        for part in (*node.decorator_list, *node.keywords, *_without_docstring(node)):
            if not (is_closed_set and isinstance(part, ast.Assign)):
                self.visit(part)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_function(node)

    def _visit_function(self, node: Function) -> None:
        returned = () if node.returns is None else (node.returns,)
        for part in (*node.decorator_list, node.args, *returned, *_without_docstring(node)):
            self.visit(part)

    def visit_Call(self, node: ast.Call) -> None:
        is_filling_in = isinstance(node.func, ast.Attribute) and node.func.attr == "format"
        for part in (node.func, *node.args):
            self.visit(part)
        for keyword in node.keywords:
            if is_filling_in or keyword.arg not in SHOWN_BY_LIBRARIES:
                self.visit(keyword.value)

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and key.value in SHOWN_BY_LIBRARIES):
                self.visit(value)
            if key is not None:
                self.visit(key)


def _without_docstring(node: ast.Module | ast.ClassDef | Function) -> list[ast.stmt]:
    return node.body if ast.get_docstring(node) is None else node.body[1:]


def _names(statement: ast.stmt) -> set[str]:
    """Return the names of the constants that a statement assigns."""
    match statement:
        case ast.Assign(targets=targets):
            named = (name for target in targets for name in ast.walk(target))
            return {name.id for name in named if isinstance(name, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
        case _:
            return set()


def _recognised_in(path: str) -> set[str]:
    return {name for module, name in RECOGNISED if module == path}


def chinese_literals(path: str, text: str) -> list[str]:
    """Return where a module holds Chinese that belongs into config/wording, and what it says."""
    literals = ChineseLiterals(path)
    literals.visit(ast.parse(text))
    return literals.found


def _modules(room: str) -> Iterator[tuple[str, str]]:
    for path in sorted((PROJECT_ROOT / room).rglob("*.py")):
        yield path.relative_to(PROJECT_ROOT).as_posix(), path.read_text("utf-8")


@pytest.mark.parametrize("room", ROOMS)
def test_sentences_in_chinese_stand_in_config(room: str) -> None:
    modules = list(_modules(room))

    assert modules
    found = {path: literals for path, text in modules if (literals := chinese_literals(path, text))}
    assert found == {}


@pytest.mark.parametrize(("path", "name"), RECOGNISED, ids=" ".join)
def test_every_recognised_constant_is_still_there_and_chinese(path: str, name: str) -> None:
    text = Path(PROJECT_ROOT / path).read_text("utf-8")

    (assigned,) = (one for one in ast.parse(text).body if name in _names(one))

    assert HAN.search(ast.unparse(assigned))


@pytest.mark.parametrize(
    "text",
    [
        'SENTENCE = "没有办成"',
        'OURS: str = "没有办成"',
        'def work():\n    raise Refusal(f"没有办成：{reason}")',
        'class Check:\n    NAME = "磁盘"',
        'class Check(StrEnum):\n    A = "a"\n    def said(self):\n        return "磁盘"',
        'said = words.missing.format(help="没有办成")',
        'rows = {"单位": name}',
        'def work(reason="没有办成"): pass',
        '@step("收取报送")\ndef collect(): pass',
    ],
)
def test_a_sentence_in_python_is_found(text: str) -> None:
    assert len(chinese_literals("app/example.py", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        '"""The register (学校名录)."""',
        'def collect():\n    """收取报送。"""',
        'class Decision(StrEnum):\n    APPROVE = "同意"',
        'year = typer.Option("--year", help="学年")',
        'place = Field(title="理由", description="为什么")',
        'schema = {"title": "理由", "description": "为什么"}',
        'async def collect():\n    """Take in what is reported (报送)."""',
        'names = "、".join(names)',
    ],
)
def test_what_a_library_shows_and_a_closed_set_may_stand_in_python(text: str) -> None:
    assert chinese_literals("app/example.py", text) == []


def test_a_recognised_constant_may_stand_in_its_module_only() -> None:
    text = 'OURS = "均衡"'

    assert chinese_literals("app/cli/start.py", text) == []
    assert len(chinese_literals("app/cli/app.py", text)) == 1
