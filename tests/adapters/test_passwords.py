"""Passwords: argon2id for new hashes, scrypt for hashes of older versions."""

import hashlib
from collections.abc import Callable

import pytest

from junheng.adapters import passwords

pytestmark = pytest.mark.real_hashing
SPRING = "春天的操场很大很大"


def of_scrypt(password: str) -> str:
    salt = "00" * 16
    made = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), n=2**14, r=8, p=1, dklen=32)
    return passwords.of_scrypt(salt=salt, digest=made.hex(), cost=2**14)


@pytest.mark.parametrize("hashed", [passwords.hashed, of_scrypt])
def test_only_the_right_password_matches_its_hash(hashed: Callable[[str], str]) -> None:
    kept = hashed(SPRING)

    assert passwords.matches(kept, SPRING)
    assert not passwords.matches(kept, f"{SPRING} ")


def test_two_hashes_of_a_password_differ_and_contain_their_parameters() -> None:
    one, other = passwords.hashed(SPRING), passwords.hashed(SPRING)

    assert one != other
    assert one.startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_without_a_hash_no_password_matches_but_a_hash_is_computed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verified: list[str] = []
    hasher = type(passwords._ARGON2)
    verify = hasher.verify

    def counting(self: object, kept: str, password: bytes) -> bool:
        verified.append(kept)
        return bool(verify(passwords._ARGON2, kept, password))

    monkeypatch.setattr(hasher, "verify", counting)

    assert not passwords.matches(None, SPRING)
    assert verified[0].startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_a_damaged_hash_matches_nothing() -> None:
    assert not passwords.matches("nonsense", SPRING)


@pytest.mark.parametrize(
    ("kept", "is_outdated"),
    [
        (passwords.hashed(SPRING), False),
        (of_scrypt(SPRING), True),
        ("$argon2id$v=19$m=8,t=1,p=1$MDAwMDAwMDA$n8sEiVdPTEwl7Fe2AXAHkQ", True),
    ],
    ids=["argon2id", "scrypt", "argon2id of less memory"],
)
def test_a_hash_with_other_parameters_is_outdated(kept: str, *, is_outdated: bool) -> None:
    assert passwords.is_outdated(kept) is is_outdated
