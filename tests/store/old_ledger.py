"""A database at revision 0002, with the rows that the code of that version wrote."""

from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from junheng.store.database import database

EVALUATIONS = (
    # Id, school year, sequence in the year.
    (1, 2024, 1),
    (2, 2025, 1),
)
TOWN = "运河街道"
REGISTERED = (
    # Collection id, school code, town: in the newer register the school belongs to another town.
    (1, "3370405001", "马兰屯镇"),
    (2, "3370405001", TOWN),
)
REMEDIATIONS = (
    {
        "id": 1,
        "reference": "370405-2024-0001",
        "school_year": 2024,
        "indicator": "R3",
        "unit": "3370405001",
        "unit_name": "运河街道第一小学",
        "lead": "区教育局",
        "supporting": '["区编办", "区人社局"]',
        "basis": "区教育局（五）",
        "items": '["3370405001:小学", "3370405001:初中"]',
        "opened_on": "2024-10-21",
        "due_on": "2024-11-18",
        # Still failing in the next year.
        "evaluation_id": 2,
    },
    {
        "id": 2,
        "reference": "370405-2024-0002",
        "school_year": 2024,
        "indicator": "T06",
        "unit": "运河街道",
        "unit_name": "运河街道",
        "lead": "运河街道",
        "supporting": "[]",
        "basis": "镇街（二）",
        "items": "[]",
        "opened_on": "2024-10-21",
        "due_on": "2024-11-18",
        "evaluation_id": 1,
    },
    {
        "id": 5,
        "reference": "370405-2025-0001",
        "school_year": 2025,
        "indicator": "L14",
        "unit": "370405",
        "unit_name": "台儿庄区",
        "lead": "区残联",
        "supporting": '["区教育局"]',
        "basis": "区残联",
        "items": "[]",
        "opened_on": "2025-10-20",
        "due_on": "2025-11-17",
        "evaluation_id": 2,
    },
)
ENTRIES = (
    # Reference, rung, recipient.
    ("370405-2024-0001", "handed_over", "区教育局"),
    ("370405-2024-0001", "summons", "区教育局"),
    ("370405-2025-0001", "handed_over", "区残联"),
)


def engine(address: str) -> Engine:
    """Return an engine that does not migrate."""
    url = make_url(address)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    return create_engine(url)


def move(opened: Engine, revision: str, *, is_up: bool) -> None:
    with opened.begin() as connection:
        database.move(connection, revision, is_up=is_up)


def make(address: str) -> None:
    """Create the database of an office that used revision 0002 for two years."""
    opened = engine(address)
    move(opened, "0002", is_up=True)
    with opened.begin() as connection:
        for number, year, sequence in EVALUATIONS:
            connection.execute(
                text(
                    "INSERT INTO evaluation (id, district_code, school_year, rules_year, sequence,"
                    " rulebook_hash, data_hash, broken, evaluated_at) VALUES (:id, '370405', :year,"
                    " :year, :sequence, 'r', 'd', '{}', '2025-10-20 01:30:00+00:00')"
                ),
                {"id": number, "year": year, "sequence": sequence},
            )
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO collection (id, district_code, school_year, sequence, folder,"
                    " digest, received_at) VALUES (:id, '370405', 2025, :id, 'f', :digest,"
                    " '2025-10-20 01:30:00+00:00')"
                ),
                {"id": number, "digest": str(number)},
            )
        for collection, code, town in REGISTERED:
            connection.execute(
                text(
                    "INSERT INTO register_entry (collection_id, position, code, name, kind, town,"
                    " locale, ownership) VALUES (:collection, 0, :code, '', '', :town, '', '')"
                ),
                {"collection": collection, "code": code, "town": town},
            )
        for row in REMEDIATIONS:
            connection.execute(
                text(
                    "INSERT INTO remediation (id, reference, district_code, school_year, indicator,"
                    " unit, unit_name, lead, supporting, basis, items, opened_on, due_on, status,"
                    " evaluation_id) VALUES (:id, :reference, '370405', :school_year, :indicator,"
                    " :unit, :unit_name, :lead, :supporting, :basis, :items, :opened_on, :due_on,"
                    " 'open', :evaluation_id)"
                ),
                row,
            )
        connection.execute(
            text(
                "INSERT INTO notice (id, key, district_code, recipient, address, channel,"
                " planned_on, text, status) VALUES (1, 'k', '370405', '区教育局', '#a', 'outbox',"
                " '2024-10-21', '卡片', 'sent')"
            )
        )
        for number, (reference, rung, recipient) in enumerate(ENTRIES, 1):
            connection.execute(
                text(
                    "INSERT INTO notice_entry (id, notice_id, reference, rung, recipient)"
                    " VALUES (:id, 1, :reference, :rung, :recipient)"
                ),
                {"id": number, "reference": reference, "rung": rung, "recipient": recipient},
            )
    opened.dispose()
