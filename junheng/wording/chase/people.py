"""The sentences of config/wording/people.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class PeopleWords(Words):
    nobody_named: Annotated[str, Takes("unit")]
