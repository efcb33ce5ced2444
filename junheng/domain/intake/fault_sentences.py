"""The sentences about faults, in the wording of config/wording/faults.yaml."""

from junheng.domain.intake.forms import Item
from junheng.domain.intake.submissions import Fault
from junheng.wording.chase.cards import Spots
from junheng.wording.intake.faults import FaultWords


def fault_sentence(fault: Fault, wording: FaultWords) -> str:
    """Return the sentence about a fault: its place, the found and the expected content."""
    found = _quoted(fault.found, wording)
    wanted = "" if fault.asked is None else _wanted(fault.asked, wording)
    named = {"found": found, "wanted": wanted, "item": fault.item, **fault.details}
    sentence = _template(fault, wording).format(**named)
    return _place(fault, wording).format(**_where(fault), sentence=sentence)


def fault_spot(*, sheet: str, cell: str, item: str, spots: Spots) -> str:
    """Return the place of a fault without its content, '' if no place is known."""
    where = {"sheet": sheet, "cell": cell, "item": item}
    known = "_".join(name for name, value in where.items() if value)
    return (spots.get(known) or "").format(**where)


def _template(fault: Fault, wording: FaultWords) -> str:
    """Return a fault's sentence; some faults have variants with fewer details."""
    endings = {fault.found: "as_found", "": "without_expected"}
    ending = fault.details.get("because") or endings.get(fault.details.get("expected", "…"), "")
    return wording.get(f"{fault.problem.value}_{ending}") or wording[fault.problem]


def _quoted(found: str, wording: FaultWords) -> str:
    longest = wording.longest_quote
    return found if len(found) <= longest else wording.cut.format(start=found[:longest])


def _wanted(item: Item, wording: FaultWords) -> str:
    wanted = wording.wanted
    template = wanted.signed_amount if item.may_be_negative else wanted[item.type]
    unit = wording.unit.format(unit=item.unit) if item.unit else ""
    return template.format(unit=unit, choices="、".join(item.choices))


def _where(fault: Fault) -> dict[str, str]:
    return {"sheet": fault.sheet, "cell": fault.cell, "item": fault.item}


def _place(fault: Fault, wording: FaultWords) -> str:
    known = "_".join(name for name, value in _where(fault).items() if value)
    return wording.places.of(known or "nowhere")
