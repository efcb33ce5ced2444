"""The sentences of config/wording/network.yaml."""

from junheng.wording.words import Names


class NetworkWords(Names):
    no_network: str
    refused: str
    timed_out: str
    host_unknown: str
    not_secure: str
    broken_off: str
