"""Rehearsals: steps are done in a copy of the database, reach nobody, and leave nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from tempfile import TemporaryDirectory

from junheng import bootstrap
from junheng.domain.people.routes import Channel
from junheng.store.database import copies

_is_on: ContextVar[bool] = ContextVar("a rehearsal is on", default=False)

# What could reach anybody, or would be kept.
OUT_OF_REACH = {
    "database_url": None,
    "channel": Channel.FILE,
    "environment": "rehearsal",
    "allowed_addresses": "",
    "alarm_address": None,
    "slack_token": None,
    "slack_app_token": None,
    "dingtalk_webhook": None,
    "wecom_webhook": None,
    "feishu_webhook": None,
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
