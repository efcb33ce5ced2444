"""A users file of older versions: names with scrypt hashes of passwords."""

import hashlib
from pathlib import Path

from ruamel.yaml import YAML

COST = 2**15


def write(path: Path, **passwords: str) -> Path:
    users = {name: _hashed(password) for name, password in passwords.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump({"users": users}, file)
    path.chmod(0o600)
    return path


def _hashed(password: str) -> dict[str, object]:
    salt = "0123456789abcdef0123456789abcdef"
    digest = hashlib.scrypt(
        password.encode(),
        salt=bytes.fromhex(salt),
        n=COST,
        r=8,
        p=1,
        maxmem=2**30,
        dklen=32,
    )
    return {"salt": salt, "scrypt": digest.hex(), "cost": COST}
