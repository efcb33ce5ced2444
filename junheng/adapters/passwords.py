"""Passwords: hashed by argon2id; hashes that older versions made by scrypt are verified too."""

import hashlib
import hmac
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's first choice: 46 MiB and some 65 ms of one core. Two hashes at once fit a small server.
_ARGON2 = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
_SCRYPT = "scrypt"
_BLOCK, _PARALLEL = 8, 1
_MOST_MEMORY = 2**30


def hashed(password: str) -> str:
    return _ARGON2.hash(_bytes(password))


def of_scrypt(*, salt: str, digest: str, cost: int) -> str:
    """Return the form in which a hash of an older version is kept; salt and digest are hex."""
    return f"${_SCRYPT}${cost}${salt}${digest}"


def is_of(kept: str | None, password: str) -> bool:
    """Return whether a hash is that of a password; without a hash it takes as long to refuse."""
    if kept is not None and kept.startswith(f"${_SCRYPT}$"):
        return _is_of_scrypt(kept, password)
    try:
        _ARGON2.verify(kept or _nobodys(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Return whether a hash should be made anew the next time that the password is known."""
    return kept.startswith(f"${_SCRYPT}$") or _ARGON2.check_needs_rehash(kept)


def _is_of_scrypt(kept: str, password: str) -> bool:
    _, _, cost, salt, digest = kept.split("$")
    found = hashlib.scrypt(
        _bytes(password),
        salt=bytes.fromhex(salt),
        n=int(cost),
        r=_BLOCK,
        p=_PARALLEL,
        maxmem=_MOST_MEMORY,
        dklen=32,
    )
    return hmac.compare_digest(found.hex(), digest)


@cache
def _nobodys() -> str:
    return hashed(secrets.token_urlsafe())


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
