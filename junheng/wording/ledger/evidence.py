"""The sentences of config/wording/evidence.yaml: refused files and missing evidence."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words


class EvidenceRefusals(Names):
    """A sentence for each `Refusal` of a file."""

    empty: str
    too_large: Annotated[str, Takes("size", "largest")]
    program: str
    executable_name: Annotated[str, Takes("suffix")]
    archive: str
    macros: str
    password: str
    web_page: str
    film: str
    damaged: str
    unknown: str
    missing: str
    link: str
    folder: str
    not_a_file: str
    unreadable: str
    kind_unknown: Annotated[str, Takes("kind", "kinds")]
    other_media: Annotated[str, Takes("kind", "found", "wanted")]


class EvidenceWords(Words):
    place: Annotated[str, Takes("name", "sentence")]
    refused: EvidenceRefusals
    or_: str
    any_of: Annotated[str, Takes("kinds")]
