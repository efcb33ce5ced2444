"""The sentences of config/wording/server.yaml."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Failed = Takes("name", "log", "reason")
_Restarted = Takes("name", "log", "seconds")


class ProcessNames(Names):
    server: str
    worker: str
    chat: str
    deploy: str


class ProcessWords(Words):
    # By the name of the process, which also names its log.
    names: ProcessNames
    ended: Annotated[str, Takes("name", "log")]
    too_slow: Annotated[str, _Restarted]
    failed: Annotated[str, _Failed]
    refused: Annotated[str, _Failed]
    begun_again: Annotated[str, _Restarted]
    begun_later: Annotated[str, _Restarted]


class ServerWords(Words):
    no_port: Annotated[str, Takes("port")]
    unprotected: Annotated[str, Takes("host")]
    gate_gone: Annotated[str, Takes("name", "host", "port")]
    no_key: str
    folder_not_made: Annotated[str, Takes("setting", "folder", "reason")]
    port_taken: Annotated[str, Takes("port")]
    not_there: Annotated[str, Takes("address")]
    not_let_in: Annotated[str, Takes("address")]
    set_up: Annotated[str, Takes("address")]
    starting: str
    open: Annotated[str, Takes("address")]
    running: Annotated[str, Takes("address", "sign_in", "logs")]
    sign_in: str
    ended: str
    process: ProcessWords
