"""What differs between machines: JUNHENG_HOME, where the database is, how chat is reached."""

from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

# The day of an office is Beijing's, whatever zone the machine keeps.
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
PROJECT_ROOT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """Read from the environment, `JUNHENG_…`; everything has a default that works."""

    model_config = SettingsConfigDict(env_prefix="JUNHENG_", env_ignore_empty=True, frozen=True)

    home: Path = Path("var")
    config: Path = PROJECT_ROOT / "config"
    district: str = "taierzhuang"
    database_url: str | None = None
    slack_token: SecretStr | None = None
    slack_base_url: str | None = None

    @property
    def database(self) -> str:
        """Return the SQLAlchemy address of the database, the embedded one by default."""
        if self.database_url is None:
            return f"sqlite:///{self.home.resolve() / 'junheng.db'}"
        # People write postgresql://; the driver we bring is psycopg 3.
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def received_folder(self) -> Path:
        """Where every file is kept as it was sent, under its hash."""
        return self.home / "received"

    @property
    def evidence_folder(self) -> Path:
        """Where evidence is kept, each file under its hash."""
        return self.home / "evidence"

    @property
    def ledgers_folder(self) -> Path:
        """Where the ledger's workbooks lie, for the office to hand out."""
        return self.home / "ledgers"

    @property
    def inbox_folder(self) -> Path:
        """Where an office lays what is sent in, a folder a year, for the scheduled round."""
        return self.home / "inbox"

    @property
    def outbox_folder(self) -> Path:
        """Where messages lie that no chat takes."""
        return self.home / "outbox"

    @property
    def reports_folder(self) -> Path:
        """Where the verdict reports lie, for whoever opens them in a browser."""
        return self.home / "reports"
