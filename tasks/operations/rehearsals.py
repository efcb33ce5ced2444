"""Dry runs: run steps in a copy of the database, send nothing and keep nothing."""

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

# Settings that would send or keep something: a channel needs a secret or a host.
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
    """Return whether a dry run is in progress."""
    return _is_on.get()


@contextmanager
def rehearsed(*, dry_run: bool) -> Iterator[None]:
    """Run the block normally, or with `dry_run` in a temporary home that is deleted afterwards.

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
