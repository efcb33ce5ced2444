"""A ledger with both the bundled sample and real reports, which older versions allowed."""

from datetime import UTC, datetime

from junheng import bootstrap
from junheng.adapters import samples
from junheng.domain.intake.submissions import RegisteredSchool
from junheng.store import submissions as store
from junheng.store.database.database import Session

NOW = datetime(2025, 10, 20, 1, tzinfo=UTC)
REAL = ("3370405900", "真实小学")


def mix_sample_and_real() -> None:
    """Store sample and real data in the same database."""
    sample = next(iter(sorted(samples.schools())))
    with bootstrap.session() as opened:
        keep(opened, registered(*sample))
        keep(opened, registered(*REAL))


def registered(code: str, name: str) -> RegisteredSchool:
    return RegisteredSchool(code, name, "小学", "运河街道", "城区", "公办")


def keep(opened: Session, *schools: RegisteredSchool, district: str = "370405") -> None:
    """Store a register without a check, as older versions did."""
    store.keep(
        opened,
        district_code=district,
        school_year=2025,
        folder=str(schools),
        digest=str(schools),
        received_at=NOW,
        register=schools,
        submissions=(),
    )
