"""The sentences of config/wording/network.yaml."""

from typing import Annotated

from junheng.wording.words import Names, Takes


class NetworkWords(Names):
    no_network: str
    refused: str
    timed_out: str
    host_unknown: str
    not_secure: str
    broken_off: str
    wrong_address: str
    too_large: Annotated[str, Takes("bytes")]
