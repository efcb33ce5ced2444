"""Forms that buttons open, with the texts of chat.yaml."""

from datetime import date

from junheng.domain.chat.dialogs import MOST_FILES, Form, Option, grouped
from junheng.domain.chat.interactions import Blank, Opened, Press
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Remediation
from junheng.rulebook import Rulebook
from tasks.chat.interaction_checks import Allowed

ASKED = {
    Move.REPORT: (Blank.ITEM, Blank.TEXT, Blank.FILES, Blank.KIND),
    Move.ASK_EXTENSION: (Blank.ITEM, Blank.UNTIL, Blank.TEXT),
    Move.DISPUTE: (Blank.ITEM, Blank.TEXT),
}


def form_of(press: Press, allowed: Allowed, rulebook: Rulebook, *, on: date) -> Form:
    """Return the form that a button opens."""
    wording = rulebook.wording.chat
    texts = wording.forms[press.move]
    listed = [_option(todo.remediation, rulebook, on) for todo in allowed.todo]
    groups, rest = grouped(listed)
    more = wording.more.format(count=len(listed) - rest, rest=rest) if rest else ""
    rules = rulebook.evidence
    return Form(
        move=press.move,
        title=texts.title,
        submit=texts.submit,
        cancel=wording.forms.cancel,
        opened=Opened(channel=press.channel, ts=press.ts, opened_by=press.user),
        labels={blank: _label(blank, press.move, rulebook) for blank in ASKED[press.move]},
        groups=groups,
        kinds=rules.kind_ids,
        file_types=tuple(
            dict.fromkeys(
                media_type.value for types in rules.media.values() for media_type in types
            )
        ),
        more=more,
    )


def _label(blank: Blank, move: Move, rulebook: Rulebook) -> str:
    label = rulebook.wording.chat.blanks[blank]
    text = label if isinstance(label, str) else label[move]
    return text.format(largest=rulebook.evidence.largest_mb, most=MOST_FILES)


def _option(remediation: Remediation, rulebook: Rulebook, on: date) -> tuple[str, Option]:
    wording = rulebook.wording.chat
    name = rulebook.called(remediation.indicator, remediation.period)
    heading = wording.group.format(indicator=remediation.indicator, name=name)
    unit = rulebook.display_name(remediation.unit_name, on)
    item = wording.item.format(
        unit=unit, due_on=remediation.due_on, reference=remediation.reference
    )
    return heading, Option(item, remediation.reference)
