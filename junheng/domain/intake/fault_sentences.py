"""Words: what is said of a fault, from the phrases of config/wording/faults.yaml."""

from collections.abc import Mapping
from typing import Any

from junheng.domain.intake.forms import Item
from junheng.domain.intake.submissions import Fault
from junheng.wording.chase.cards import Spots

Phrases = Mapping[str, Any]
"""One file of config/wording as it was read: sentences by name, as str.format templates."""


def fault_sentence(fault: Fault, phrases: Phrases) -> str:
    """Return what is said of a fault: where it is, what stands there, what is wanted."""
    found = _quoted(fault.found, phrases)
    wanted = "" if fault.asked is None else _wanted(fault.asked, phrases)
    named = {"found": found, "wanted": wanted, "item": fault.item, **fault.details}
    sentence = phrases[_variant(fault, phrases)].format(**named)
    return str(_place(fault, phrases).format(**_where(fault), sentence=sentence))


def fault_spot(*, sheet: str, cell: str, item: str, spots: Spots) -> str:
    """Return where a fault is and not what stands there, '' where only its sentence tells."""
    where = {"sheet": sheet, "cell": cell, "item": item}
    known = "_".join(name for name, value in where.items() if value)
    return (spots.get(known) or "").format(**where)


def _variant(fault: Fault, phrases: Phrases) -> str:
    """Return the name of a fault's sentence; some faults have another where less is known."""
    endings = {fault.found: "as_found", "": "without_expected"}
    ending = fault.details.get("because") or endings.get(fault.details.get("expected", "…"), "")
    variant = f"{fault.problem.value}_{ending}"
    return variant if variant in phrases else fault.problem.value


def _quoted(found: str, phrases: Phrases) -> str:
    longest = phrases["longest_quote"]
    return found if len(found) <= longest else phrases["cut"].format(start=found[:longest])


def _wanted(item: Item, phrases: Phrases) -> str:
    name = "signed_amount" if item.may_be_negative else item.type.value
    unit = phrases["unit"].format(unit=item.unit) if item.unit else ""
    return str(phrases["wanted"][name].format(unit=unit, choices="、".join(item.choices)))


def _where(fault: Fault) -> dict[str, str]:
    return {"sheet": fault.sheet, "cell": fault.cell, "item": fault.item}


def _place(fault: Fault, phrases: Phrases) -> str:
    known = "_".join(name for name, value in _where(fault).items() if value)
    return str(phrases["places"][known or "nowhere"])
