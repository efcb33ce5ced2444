"""A district's own folder of config/, completed by the sample district's files."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DistrictFolder:
    """A district's own files; what it lacks is the sample's."""

    folder: Path
    sample: Path

    def file(self, name: str) -> Path:
        return self.folder / name if self.has(name) else self.sample / name

    def has(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def files(self) -> tuple[Path, ...]:
        """Return every file that counts, the district's own or the sample's."""
        names = {path.name for at in (self.folder, self.sample) for path in at.glob("*.yaml")}
        return tuple(self.file(name) for name in sorted(names))
