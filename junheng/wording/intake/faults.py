"""The sentences of config/wording/faults.yaml: faults in submissions."""

from typing import Annotated

from junheng.wording.words import Names, PerMember, Takes

_ALWAYS = ("found", "wanted", "item")
_Fault = Annotated[str, Takes(*_ALWAYS)]
_Expecting = Annotated[str, Takes(*_ALWAYS, "expected")]
_Shut = Annotated[str, Takes(*_ALWAYS, "detail")]
_Code = Annotated[str, Takes(*_ALWAYS, "owner", "name", "expected")]
_Wanted = Annotated[str, Takes("unit", "choices")]
_Place = Annotated[str, Takes("sheet", "cell", "item", "sentence")]


class WantedWords(Names):
    """The expected answer, for each `ItemType` and for amounts that may be negative."""

    text: _Wanted
    code: _Wanted
    choice: _Wanted
    bool_: _Wanted
    count: _Wanted
    amount: _Wanted
    signed_amount: _Wanted


class Places(Names):
    """The place of a fault, by its known parts."""

    sheet_cell_item: _Place
    sheet_cell: _Place
    sheet_item: _Place
    sheet: _Place
    item: _Place
    nowhere: _Place


class FaultWords(PerMember[str]):
    """A sentence for each `Problem`, with variants of some by suffix.

    `_as_found` and `_without_expected` depend on the known details; the suffixes of
    `does_not_open` are values of `Obstacle`.
    """

    blank: _Fault
    not_a_count: _Fault
    not_an_amount: _Fault
    negative: _Fault
    not_a_choice: _Fault
    no_value: _Fault
    item_missing: _Fault
    item_twice: _Fault
    code_not_on_register: _Expecting
    code_not_on_register_without_expected: _Expecting
    code_of_another: _Code
    code_of_another_as_found: _Code
    file_of_another: _Code
    school_twice: Annotated[str, Takes(*_ALWAYS, "rows", "cells")]
    header_missing: Annotated[str, Takes(*_ALWAYS, "labels")]
    part_unknown: Annotated[str, Takes(*_ALWAYS, "sheets")]
    sheet_missing: Annotated[str, Takes(*_ALWAYS, "sheet")]
    other_year: _Expecting
    classes_do_not_add_up: Annotated[str, Takes(*_ALWAYS, "stage", "expected")]
    class_twice: _Fault
    degrees_exceed_teachers: _Expecting
    does_not_open: _Fault
    does_not_open_password: _Shut
    does_not_open_other_content: _Shut
    does_not_open_unknown_suffix: _Shut
    does_not_open_empty: _Shut
    does_not_open_too_large: _Shut
    does_not_open_too_wide: _Shut
    does_not_open_unknown_encoding: _Shut
    does_not_open_deadly: _Shut
    does_not_open_held: _Shut
    does_not_open_gone: _Shut
    does_not_open_not_a_file: _Shut
    does_not_open_unreadable: _Shut
    plan_task_missing: _Expecting
    plan_task_unknown: _Fault
    other_department: _Expecting
    sender_unknown: _Fault
    wanted: WantedWords
    places: Places
    unit: Annotated[str, Takes("unit")]
    cut: Annotated[str, Takes("start")]
    longest_quote: int
