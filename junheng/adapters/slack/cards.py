"""Cards in Slack: a card's metadata contains its key and a digest of its text."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

EVENT_TYPE = "junheng_card"


@dataclass(frozen=True, slots=True)
class Found:
    """A card in a channel's history; cards of earlier versions have the digest ''."""

    receipt: str
    digest: str

    def has_text(self, text: str) -> bool:
        """Return whether the card has this text; True if its digest is unknown."""
        return self.digest in {"", digest_of(text)}


def metadata_of(key: str, text: str) -> dict[str, Any]:
    """Return the metadata of a card: its key and the digest of its text."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key, "digest": digest_of(text)}}


def message_id(key: str) -> str:
    return str(uuid5(NAMESPACE_URL, key))


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def found_in(message: Mapping[str, Any], key: str) -> str | None:
    """Return the digest of a message if it is the card of a key, else None."""
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, Mapping) else None
    values: Mapping[str, Any] = payload if isinstance(payload, Mapping) else {}
    if values.get("key") == key or message.get("client_msg_id") == message_id(key):
        return str(values.get("digest") or "")
    return None
