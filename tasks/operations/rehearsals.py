"""Rehearsals: steps are done in a copy of the database, reach nobody, and leave nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from junheng import bootstrap
from junheng.domain.people.routes import Channel
from junheng.settings import Settings
from junheng.store.database import copies

_is_on: ContextVar[bool] = ContextVar("a rehearsal is on", default=False)

# What could reach anybody, or would be kept: a channel is reached by a secret, or by a host.
OUT_OF_REACH = {
    **{
        name: None
        for name, setting in Settings.model_fields.items()
        if setting.annotation == SecretStr | None
    },
    "database_url": None,
    "channel": Channel.FILE,
    "environment": "rehearsal",
    "allowed_addresses": "",
    "alarm_address": None,
    "email_host": None,
    "webhooks": None,
}


def is_on() -> bool:
    """Say whether what is done now is thrown away."""
    return _is_on.get()


@contextmanager
def rehearsed(*, dry_run: bool) -> Iterator[None]:
    """Do what follows for good, or in a dry run where nothing of it stays.

    Raises:
        DatabaseUnusable: the database cannot be copied.

    """
    if not dry_run:
        yield
        return
    with TemporaryDirectory(prefix="junheng-rehearsal-") as folder:
        home = Path(folder)
        bootstrap.prepare_home()
        address, inbox = bootstrap.settings().database, bootstrap.settings().inbox_folder
        mark = _is_on.set(True)
        try:
            with bootstrap.set_to(home=home, inbox=inbox, **OUT_OF_REACH):
                copies.copy(address, to=bootstrap.settings().database)
                yield
        finally:
            _is_on.reset(mark)
