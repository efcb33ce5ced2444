"""The sentences of config/wording/contacts.yaml: contacts, contact gaps and hand-overs."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_InHand = Annotated[str, Takes("unit", "count", "references")]
_Units = Annotated[str, Takes("units")]


class ChangeNames(Names):
    """A name for each `What` of a change; all except the first are a `Role`."""

    name: str
    contact: str
    substitute: str
    section_head: str
    head: str


class PostNames(Names):
    """The address of a card to a post, for each `Role` that is a post."""

    section_head: _Units
    head: _Units


class ContactHeadings(Words):
    gaps: tuple[str, ...]
    people: tuple[str, ...]
    handover: tuple[str, ...]
    summons: tuple[str, ...]


class ContactWords(Words):
    gaps: Annotated[str, Takes("count", "units")]
    no_gaps: str
    not_asked: Annotated[str, Takes("channel")]
    nobody: str
    unchanged: Annotated[str, Takes("since", "until")]
    leads: _InHand
    supports: _InHand
    called: ChangeNames
    posts: PostNames
    some_references: Annotated[str, Takes("references", "count")]
    no_summons: str
    headings: ContactHeadings
