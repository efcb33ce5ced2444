"""The sentences of config/wording/chat.yaml: buttons, forms, results and refusals."""

from typing import Annotated

from junheng.wording.words import Names, PerMember, Takes, Words

_Blank = Annotated[str, Takes("largest", "most")]
_Done = Annotated[str, Takes("at", "unit", "count", "reference", "until", "files")]


class ButtonNames(Names):
    """A name for each `Move` that a card offers, and for the link to the ledger."""

    receipt: str
    report: str
    ask_extension: str
    dispute: str
    ledger: str


class ConfirmWords(Words):
    title: str
    text: str
    yes: str
    no: str


class FormTitle(Words):
    title: str
    submit: str


class Forms(PerMember[FormTitle]):
    """A form for each `Move` that needs input, and the label of the cancel button."""

    report: FormTitle
    ask_extension: FormTitle
    dispute: FormTitle
    cancel: str


class TextBlanks(Names):
    """The label of the text field, for each `Move` that has a form."""

    report: _Blank
    ask_extension: _Blank
    dispute: _Blank


class Blanks(PerMember[str | TextBlanks]):
    """A label for each `Blank` of a form."""

    item: _Blank
    text: TextBlanks
    until: _Blank
    files: _Blank
    kind: _Blank


class DoneLines(Names):
    """A line for each `Move` that a card offers; a report with files has its own."""

    receipt: _Done
    report: _Done
    report_with_files: _Done
    ask_extension: _Done
    dispute: _Done


class MoveReasons(Names):
    """The default reason of a `Move` whose form has no reason field."""

    receipt: str
    report: str


class PressRefusals(Words):
    other_team: str
    bot: str
    unknown_user: Annotated[str, Takes("user")]
    no_card: str
    not_on_card: Annotated[str, Takes("reference")]
    wrong_department: Annotated[str, Takes("units", "what")]
    this_card: str
    another_opened: str
    replayed: str
    nothing_left: Annotated[str, Takes("move")]
    no_longer: Annotated[str, Takes("reference", "status", "move")]
    expired: str
    file: Annotated[str, Takes("reason")]


class FormMistakes(Words):
    text: str
    until: Annotated[str, Takes("due_on")]
    kind: str
    files: Annotated[str, Takes("most")]


class ChatWords(Words):
    buttons: ButtonNames
    confirm: ConfirmWords
    forms: Forms
    blanks: Blanks
    group: Annotated[str, Takes("indicator", "name")]
    item: Annotated[str, Takes("unit", "due_on", "reference")]
    more: Annotated[str, Takes("count", "rest")]
    done: DoneLines
    at: Annotated[str, Takes("month", "day", "hour", "minute")]
    earlier: Annotated[str, Takes("count")]
    by: Annotated[str, Takes("name", "units")]
    nobody: Annotated[str, Takes("user")]
    reason: Annotated[str, Takes("text")]
    reasons: MoveReasons
    refusals: PressRefusals
    mistakes: FormMistakes
    listening: Annotated[str, Takes("team")]
    waiting: Annotated[str, Takes("reason", "seconds")]
    ended: str
    no_token: str
    no_app_token: str
