"""The sentences of config/wording/run_locks.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class RunLockWords(Words):
    not_written: Annotated[str, Takes("path", "reason")]
    still_held: Annotated[str, Takes("seconds")]
