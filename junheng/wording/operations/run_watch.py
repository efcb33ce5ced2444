"""The sentences of config/wording/run_watch.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class RunWatchWords(Words):
    begins: str
    gone: str
    never_began: str
    cancelled: str
    not_looked: Annotated[str, Takes("reason")]
    looks_again: str
    no_answer: Annotated[str, Takes("reason")]
    too_long: str
