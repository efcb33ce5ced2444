"""The sentences of config/wording/mail.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words

_Address = Takes("address")
_Code = Takes("code")
_Reason = Takes("reason")


class MailWords(Words):
    unknown: Annotated[str, _Address]
    no_sender: str
    no_address: Annotated[str, _Address]
    no_host: str
    password_in_the_clear: str
    login_unusable: str
    security_unsupported: str
    unreachable: Annotated[str, _Reason]
    unreachable_for_no_reason: str
    interrupted: Annotated[str, _Reason]
    sender_refused: Annotated[str, _Code]
    uncertain: Annotated[str, Takes("address", "reason")]
    no_result: Annotated[str, _Address]
    no_login_now: Annotated[str, _Code]
    no_login: Annotated[str, _Code]
    not_now: Annotated[str, Takes("address", "code")]
    refused: Annotated[str, Takes("address", "code")]
