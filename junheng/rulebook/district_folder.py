"""A district's own folder of config/, completed by the sample district's files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from junheng import config_files
from junheng.domain.chase.ladder import Ladder
from junheng.domain.duties.recurring_duties import RecurringDuties
from junheng.domain.duties.responsibilities import DutyList, Plan, Responsibilities
from junheng.domain.duties.standing_duties import StandingDuties
from junheng.domain.ledger.evidence import EvidenceRules
from junheng.domain.ledger.lights import LightRules
from junheng.domain.ledger.milestones import MilestonePlans
from junheng.domain.people.contacts import Contacts
from junheng.domain.people.districts import District
from junheng.rulebook.files import Departments

Model = TypeVar("Model", bound=BaseModel)

FILES: Mapping[type[BaseModel], str] = {
    District: "district.yaml",
    Departments: "departments.yaml",
    Contacts: "contacts.yaml",
    Plan: "plan.yaml",
    DutyList: "duties.yaml",
    Responsibilities: "responsibilities.yaml",
    RecurringDuties: "recurring.yaml",
    StandingDuties: "standing.yaml",
    EvidenceRules: "evidence.yaml",
    Ladder: "ladder.yaml",
    LightRules: "lights.yaml",
    MilestonePlans: "milestones.yaml",
}


@dataclass(frozen=True, slots=True)
class DistrictFolder:
    """A district's own files, completed by those of the sample district."""

    folder: Path
    sample: Path

    @property
    def is_another(self) -> bool:
        """Return whether this is another district than the sample."""
        return self.folder != self.sample

    def parsed(self, model: type[Model]) -> Model:
        """Return the file that a model describes; raises RulebookUnusable."""
        return config_files.parsed(self.file(FILES[model]), model)

    def file(self, name: str) -> Path:
        return self.folder / name if self.has(name) else self.sample / name

    def has(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def files(self) -> tuple[Path, ...]:
        """Return every file in use, the district's own or the sample's."""
        folders = (self.folder, self.sample)
        names = {path.name for folder in folders for path in folder.glob("*.yaml")}
        return tuple(self.file(name) for name in sorted(names))
