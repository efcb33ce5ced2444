"""What cannot be done, said in one line: an expected refusal ends a command with 2."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from flows.quiet import quiet
from junheng.settings import prepare_home

WRONG_CALL = 2


def refusals() -> tuple[type[Exception], ...]:
    """Return what is expected to be refused: its first argument is a sentence for people."""
    from junheng.adapters.files.archives import ArchiveUnusable
    from junheng.adapters.files.pages import NotWritten
    from junheng.adapters.messaging.messenger import ChatClosed
    from junheng.adapters.users import UsersUnusable
    from junheng.bootstrap import HomeUnusable, SettingsUnusable
    from junheng.domain.duties.responsibilities import DutyMissing
    from junheng.domain.workdays import CalendarMissing
    from junheng.rulebook import RulebookUnusable
    from junheng.store.database.failures import DatabaseUnusable
    from junheng.store.database.locks import AnotherSends
    from junheng.store.database.read_only import DatabaseReadOnly
    from junheng.store.snapshots import RowsUnreadable
    from tasks.intake.arrivals import FileHeld
    from tasks.intake.register import NothingCollected
    from tasks.intake.samples import SampleRefused
    from tasks.intake.submissions import FolderUnusable
    from tasks.judging.tracing import NothingToTrace
    from tasks.ledger.acts import ActRefused
    from tasks.ledger.contact_gaps import NobodyToContact
    from tasks.ledger.ladders import LadderLost
    from tasks.ledger.remediation import NothingEvaluated
    from tasks.ledger.sign_offs import AnswerRefused
    from tasks.operations.backups import RestoreRefused
    from tasks.people.users import UserRefused

    return (
        SettingsUnusable,
        HomeUnusable,
        RulebookUnusable,
        DatabaseUnusable,
        DatabaseReadOnly,
        FolderUnusable,
        SampleRefused,
        FileHeld,
        NotWritten,
        ArchiveUnusable,
        RestoreRefused,
        RowsUnreadable,
        UsersUnusable,
        UserRefused,
        NothingCollected,
        NothingEvaluated,
        DutyMissing,
        NobodyToContact,
        LadderLost,
        CalendarMissing,
        AnotherSends,
        ChatClosed,
        NothingToTrace,
        ActRefused,
        AnswerRefused,
    )


@contextmanager
def clear_errors() -> Iterator[None]:
    """Say in one line what cannot be done, and end with 2; a bug still shows itself whole."""
    quiet()
    try:
        prepare_home()
        yield
    except refusals() as error:
        typer.echo(str(error.args[0]), err=True)
        raise typer.Exit(WRONG_CALL) from error
