r"""Creates the folder of an earlier version below tests/data/upgrades, with that version's code.

The folder 0010 was created with commit 5768137: CHANGELOG 0.1.0, tables at revision 0010. For
another version, copy tests/upgrades into a checkout of that version with its own .venv, both under
a neutral path, because Prefect's database contains the path, and run with a neutral host name:

    unshare --uts sh -c 'hostname office; HOME=/srv JUNHENG_HOME=/srv/junheng-0 \
        .venv/bin/python -m tests.upgrades.make /srv/junheng-0 OUT [NAME ...]'

It fails if a file to be packed contains a NAME (of the host or the account). It takes five minutes
or more.
"""

import sys
from pathlib import Path

from app.server.telemetry_off import quiet


def main(home: str, to: str, *names: str) -> None:
    quiet()
    # Imported after `quiet`, because these modules import Prefect, which reads its settings then.
    from junheng import bootstrap
    from junheng.store.database import database
    from tests.upgrades import old_office, packing

    old_office.live(Path(home))
    # SQLite cannot shrink a file that this process still has open.
    database.engine(bootstrap.settings().database).dispose()
    packing.pack(Path(home), Path(to), names=names)
    packing.write_lists(Path(home), Path(to))


if __name__ == "__main__":
    main(*sys.argv[1:])
