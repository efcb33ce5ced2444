"""The sentences of config/wording/guard.yaml: signing in, users, and the guard's refusals."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words


class OperationNames(Names):
    """A name for each `Operation`."""

    run: str
    begun: str
    retry: str
    cancel: str
    pause: str
    state: str
    resume: str
    timetable: str
    deployment: str
    refused: str
    other: str


class UserWords(Words):
    added: Annotated[str, Takes("name")]
    removed: Annotated[str, Takes("name")]
    none: str
    password: str
    again: str
    differ: str
    bad_name: Annotated[str, Takes("most")]
    short_password: Annotated[str, Takes("least")]
    unknown: Annotated[str, Takes("name")]
    imported: Annotated[str, Takes("path", "count", "kept")]
    session: Annotated[str, Takes("name", "since", "address", "until")]
    no_sessions: str
    failure: Annotated[str, Takes("at", "address", "name")]
    no_failures: str
    signed_out: Annotated[str, Takes("name", "count")]
    first_user: Annotated[str, Takes("link")]
    link: Annotated[str, Takes("link")]
    not_first: str
    link_invalid: str


class FormPage(Words):
    heading: str
    button: str
    how: str


class NoticePage(Words):
    heading: str
    how: str


class PageWords(Words):
    title: str
    name: str
    password: str
    again: str
    signed_in: Annotated[str, Takes("name")]
    go_on: str
    sign_out: str
    wrong: str
    differ: str
    too_long: str
    sign_in: FormPage
    first_user: FormPage
    link_invalid: NoticePage


class GuardWords(Words):
    nobody_yet: str
    too_many: Annotated[str, Takes("seconds")]
    sign_in: str
    elsewhere: str
    other_host: str
    not_plain: str
    not_allowed: str
    not_now: str
    operations: OperationNames
    headings: tuple[str, ...]
    users: UserWords
    pages: PageWords
