"""Cards in Slack: the key and the digest of its text that a card carries in its metadata."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

EVENT_TYPE = "junheng_card"


@dataclass(frozen=True, slots=True)
class Found:
    """A card in a history; the digest is '' on cards of earlier versions."""

    receipt: str
    digest: str

    def tells(self, text: str) -> bool:
        """Return whether it tells the same as a text, as far as it says so."""
        return self.digest in {"", digest_of(text)}


def metadata_of(key: str, text: str) -> dict[str, Any]:
    """Return what a card carries unseen: by it a history tells of the card, and of its text."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key, "digest": digest_of(text)}}


def message_id(key: str) -> str:
    return str(uuid5(NAMESPACE_URL, key))


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def found_in(message: Mapping[str, Any], key: str) -> str | None:
    """Return the digest of a message that is the card of a key, None of any other."""
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, Mapping) else None
    known: Mapping[str, Any] = payload if isinstance(payload, Mapping) else {}
    if known.get("key") == key or message.get("client_msg_id") == message_id(key):
        return str(known.get("digest") or "")
    return None
