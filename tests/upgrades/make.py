r"""Makes the folder of an earlier version below tests/data/upgrades, with that version's code.

The folder 0010 was made with commit 5768137: CHANGELOG 0.1.0, tables at revision 0010. For another
version copy tests/upgrades into a checkout of that version with its own .venv, both under a neutral
path, as that path is kept in Prefect's database, and run there under a neutral host name:

    unshare --uts sh -c 'hostname office; HOME=/srv JUNHENG_HOME=/srv/junheng-0 \
        .venv/bin/python -m tests.upgrades.make /srv/junheng-0 OUT [NAME ...]'

It fails where it finds a NAME, of the host or the account, in what it is about to keep. It takes
five minutes or more.
"""

import sys
from pathlib import Path

from app.server.telemetry_off import quiet


def main(home: str, to: str, *names: str) -> None:
    quiet()
    # Only now: what is imported here imports Prefect, which reads its settings then.
    from junheng import bootstrap
    from junheng.store.database import database
    from tests.upgrades import old_office, packing

    old_office.live(Path(home))
    # A file that this process still has open cannot be made smaller.
    database.engine(bootstrap.settings().database).dispose()
    packing.pack(Path(home), Path(to), names=names)
    packing.write_lists(Path(home), Path(to))


if __name__ == "__main__":
    main(*sys.argv[1:])
