"""The sentences of config/wording/outbox.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class OutboxWords(Words):
    letter: Annotated[str, Takes("address", "key", "text")]
    number: Annotated[str, Takes("key")]
    not_written: Annotated[str, Takes("target", "reason")]
    shown_unknown: Annotated[str, Takes("address")]
