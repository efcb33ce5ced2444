"""The people who answer for units: who they are, and where chat reaches them."""

from pydantic import Field

from junheng.domain.standard import Frozen


class Contact(Frozen):
    """One person, the departments answered for, and the address where chat reaches them."""

    units: tuple[str, ...] = Field(min_length=1)
    name: str
    chat: str | None = None

    @property
    def recipient(self) -> str:
        """The units answered for, as the plan names them: the contact's name in every export."""
        return "、".join(self.units)


class Contacts(Frozen):
    """Everyone who reads cards; a unit without a contact is told through the common channel."""

    channel: str
    office: str
    contacts: tuple[Contact, ...] = ()

    def of(self, unit: str) -> Contact:
        listed = (contact for contact in self.contacts if unit in contact.units)
        return next(listed, Contact(units=(unit,), name=f"{unit}联系人"))

    def address_of(self, contact: Contact) -> str:
        return contact.chat or self.channel
