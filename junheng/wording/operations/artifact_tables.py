"""The headings of config/wording/artifact_tables.yaml."""

from junheng.wording.words import Words


class ReportHeadings(Words):
    unit: str
    status: str
    file: str
    reason: str


class UnplacedFile(Words):
    unit: str
    status: str


class VerdictHeadings(Words):
    indicator: str
    name: str
    group: str


class LedgerHeadings(Words):
    lead: str
    remediations: str
    first_due_on: str
    last_due_on: str
    indicators: str


class CardHeadings(Words):
    recipient: str
    day: str
    items: str
    address: str
    status: str
    sent_at: str
    reason: str


class ArtifactTables(Words):
    reports: ReportHeadings
    unplaced: UnplacedFile
    verdicts: VerdictHeadings
    ledger: LedgerHeadings
    cards: CardHeadings
