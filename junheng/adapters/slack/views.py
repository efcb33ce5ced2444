"""Slack's views: a form as a modal, and the answer that shows errors at the fields."""

from collections.abc import Iterator, Mapping
from typing import Any

from junheng.adapters.slack.blocks import Block, escaped, plain
from junheng.domain.chat import buttons
from junheng.domain.chat.dialogs import LONGEST_TEXT, MOST_FILES, Form, Group
from junheng.domain.chat.interactions import Blank

LONGEST_IN_A_LIST = 75
CUT = "…"


def modal(form: Form) -> Block:
    """Return the view of a form."""
    return {
        "type": "modal",
        "callback_id": buttons.action_id(form.move),
        "private_metadata": form.opened.model_dump_json(),
        "title": plain(form.title),
        "submit": plain(form.submit),
        "close": plain(form.cancel),
        "blocks": list(_blocks(form)),
    }


def errors(mistakes: Mapping[Blank, str]) -> Block:
    """Return the answer to a form with mistakes: it stays open and shows each at its field."""
    sentences = {blank.value: escaped(sentence) for blank, sentence in mistakes.items()}
    return {"response_action": "errors", "errors": sentences}


def _blocks(form: Form) -> Iterator[Block]:
    if form.more:
        yield {"type": "section", "text": plain(form.more)}
    for blank, label in form.labels.items():
        yield {
            "type": "input",
            "block_id": blank.value,
            "label": plain(label),
            "optional": blank in {Blank.FILES, Blank.KIND},
            "element": {"action_id": blank.value, **_element(blank, form)},
        }


def _element(blank: Blank, form: Form) -> dict[str, Any]:
    match blank:
        case Blank.ITEM:
            groups = [_group(group) for group in form.groups]
            return {"type": "static_select", "option_groups": groups}
        case Blank.TEXT:
            return {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_TEXT}
        case Blank.UNTIL:
            return {"type": "datepicker"}
        case Blank.FILES:
            types = list(form.file_types)
            return {"type": "file_input", "filetypes": types, "max_files": MOST_FILES}
        case Blank.KIND:
            options = [_option(kind, kind) for kind in form.kinds]
            return {"type": "static_select", "options": options}


def _shortened(text: str) -> Block:
    """Return a text object within the limit of an option, measured after escaping."""
    cut = text
    while len(escaped(cut)) > LONGEST_IN_A_LIST:
        cut = f"{cut.removesuffix(CUT)[:-1]}{CUT}"
    return plain(cut)


def _group(group: Group) -> Block:
    return {
        "label": _shortened(group.heading),
        "options": [_option(option.text, option.value) for option in group.options],
    }


def _option(text: str, value: str) -> Block:
    return {"text": _shortened(text), "value": value}
