"""Passwords: hashed with argon2id; scrypt hashes of older versions can also be verified."""

import hashlib
import hmac
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's first choice: 46 MiB and about 65 ms of one core. A small server can compute two at once.
_ARGON2 = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
_SCRYPT = "scrypt"
_BLOCK, _PARALLEL = 8, 1
_MAX_MEMORY_BYTES = 2**30


def hashed(password: str) -> str:
    return _ARGON2.hash(_bytes(password))


def of_scrypt(*, salt: str, digest: str, cost: int) -> str:
    """Return a scrypt hash of an older version as stored; salt and digest are hex."""
    return f"${_SCRYPT}${cost}${salt}${digest}"


def matches(kept: str | None, password: str) -> bool:
    """Return whether a stored hash matches a password.

    Without a hash the answer is False, and takes as long: timing does not reveal which users exist.
    """
    if kept is not None and kept.startswith(f"${_SCRYPT}$"):
        return _matches_scrypt(kept, password)
    try:
        _ARGON2.verify(kept or _dummy_hash(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Return whether the password should be hashed again at the next sign-in."""
    return kept.startswith(f"${_SCRYPT}$") or _ARGON2.check_needs_rehash(kept)


def _matches_scrypt(kept: str, password: str) -> bool:
    _, _, cost, salt, digest = kept.split("$")
    digest_of_password = hashlib.scrypt(
        _bytes(password),
        salt=bytes.fromhex(salt),
        n=int(cost),
        r=_BLOCK,
        p=_PARALLEL,
        maxmem=_MAX_MEMORY_BYTES,
        dklen=32,
    )
    return hmac.compare_digest(digest_of_password.hex(), digest)


@cache
def _dummy_hash() -> str:
    return hashed(secrets.token_urlsafe())


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
