"""Each closed set of config/wording has exactly one field for each member."""

from collections.abc import Iterable, Iterator

import pytest

from junheng.adapters.messaging.unreachable import NetworkTrouble
from junheng.adapters.slack.answers import Advice
from junheng.domain.chase import reminders
from junheng.domain.chase.ladder import Audience
from junheng.domain.chase.message_status import NoticeStatus
from junheng.domain.chase.office_queue import Kind as WaitingKind
from junheng.domain.chat.buttons import OFFERED
from junheng.domain.chat.interactions import Blank
from junheng.domain.duties import duty_map
from junheng.domain.duties.periods import Period
from junheng.domain.history.auditing import CHILDREN, Mismatch
from junheng.domain.history.hash_chain import BreakKind, EventKind
from junheng.domain.intake.forms import ItemType, Problem
from junheng.domain.intake.sheets import Obstacle
from junheng.domain.intake.submissions import Standing
from junheng.domain.judging import comparison, distances, recognition
from junheng.domain.judging.findings import Verdict
from junheng.domain.ledger import evidence, lights, scorecards, sign_offs
from junheng.domain.ledger.independence import Dependence
from junheng.domain.ledger.lifecycle import Cause, Closing, Move, Status
from junheng.domain.operations.disk_errors import DiskTrouble
from junheng.domain.operations.health_checks import Subject
from junheng.domain.operations.run_requests import Operation
from junheng.domain.people.contacts import SPEAKS_FOR_UNIT, Role
from junheng.domain.people.handover import What
from junheng.domain.people.routes import Channel
from junheng.domain.standard import applicability
from junheng.domain.standard.measures import MEASURES
from junheng.domain.standard.standard import Grain, Holds, Severity
from junheng.domain.workbook.book import Column, Progress
from junheng.domain.workbook.faults import BookProblem
from junheng.rulebook import Rulebook
from junheng.store.database.failures import Trouble
from junheng.wording.chase import cards, channels, chat, contacts, network, slack
from junheng.wording.intake import faults
from junheng.wording.judging import figures, handbook, report, trace, units
from junheng.wording.judging import recognition as recognition_words
from junheng.wording.ledger import duties, ledger, ledger_book, refusals, show, sign_off
from junheng.wording.ledger import evidence as evidence_words
from junheng.wording.ledger import scorecards as scorecard_words
from junheng.wording.machine import database, disk
from junheng.wording.operations import (
    alarms,
    artifacts,
    audit,
    doctor,
    guard,
    listings,
    runs,
    server,
)
from junheng.wording.words import PerMember, Words, fields_by_key
from tasks.chase.unsent import Why
from tasks.ledger.upkeep import STEPS
from tasks.steps.run_log import SAYINGS

OFFERED_BY_CARDS = {move.value for move in OFFERED}
WITH_A_FORM = OFFERED_BY_CARDS - {Move.RECEIPT}
READS_LINES = set(Audience) - {Audience.LEADING_GROUP}
OBSTACLES = {f"does_not_open_{obstacle}" for obstacle in set(Obstacle) - {Obstacle.DAMAGED}}
CLOSED_SETS: dict[type[Words], Iterable[str]] = {
    artifacts.NoticeNames: NoticeStatus,
    artifacts.StandingNames: Standing,
    artifacts.VerdictNames: Verdict,
    audit.ChainBreaks: {*BreakKind, "unreadable"},
    audit.ListNames: CHILDREN,
    audit.Places: {*CHILDREN, "own"},
    audit.RowMismatches: Mismatch,
    cards.Counters: {Grain.SECTION, Grain.SCHOOL, Grain.CLASS, Grain.PROJECT, "other"},
    cards.Counts: Audience,
    cards.DueHeadings: Audience,
    cards.First: Audience,
    cards.Headings: Audience,
    cards.Lines: READS_LINES,
    cards.Todo: Audience,
    cards.WaitingKinds: WaitingKind,
    channels.ChannelNames: Channel,
    chat.Blanks: Blank,
    chat.ButtonNames: {*OFFERED_BY_CARDS, "ledger"},
    chat.DoneLines: {*OFFERED_BY_CARDS, "report_with_files"},
    chat.Forms: {*WITH_A_FORM, "cancel"},
    chat.MoveReasons: {Move.RECEIPT, Move.REPORT},
    chat.TextBlanks: WITH_A_FORM,
    contacts.ChangeNames: What,
    contacts.PostNames: set(Role) - SPEAKS_FOR_UNIT,
    duties.AnswerNames: duty_map.Answer,
    duties.PeriodNames: Period,
    evidence_words.EvidenceRefusals: evidence.Refusal,
    faults.FaultWords: {
        *Problem,
        *OBSTACLES,
        "code_not_on_register_without_expected",
        "code_of_another_as_found",
        *("wanted", "places", "unit", "cut", "longest_quote"),
    },
    faults.WantedWords: {*ItemType, "signed_amount"},
    guard.OperationNames: Operation,
    handbook.GrainNames: Grain,
    handbook.SeverityNames: Severity,
    ledger.CauseNames: Cause,
    ledger.ClosingNames: Closing,
    ledger.EventKindNames: EventKind,
    ledger.LightNames: {*lights.Light, "none"},
    ledger.MoveNames: Move,
    ledger.StatusNames: Status,
    refusals.IndependenceRefusals: Dependence,
    ledger.UpkeepWords: {name for name, _ in STEPS},
    database.DatabaseReasons: Trouble,
    disk.DiskReasons: DiskTrouble,
    doctor.CheckNames: Subject,
    ledger_book.ColumnHeadings: Column,
    network.NetworkWords: NetworkTrouble,
    ledger_book.BookFaults: {
        *BookProblem,
        "fixed_cell_changed_without_found",
        "fixed_cell_changed_without_expected",
    },
    ledger_book.ProgressSpellings: Progress,
    listings.OwedReasons: Why,
    listings.ReminderNames: reminders.Status,
    runs.PrefectSayings: {
        *(name for _, name in SAYINGS if name is not None),
        *("unexpected", "unknown", "exit_codes", "in_seconds", "at_once"),
    },
    recognition_words.AnswerNames: recognition.Answer,
    recognition_words.OverallAnswers: recognition.Answer,
    scorecard_words.ScorecardTitles: scorecards.Kind,
    slack.AdviceWords: Advice,
    sign_off.ChangeNames: {*sign_offs.Change, "ask"},
    sign_off.DecidedRefusals: sign_offs.Status,
    sign_off.SignOffRefusals: {*sign_offs.Fault, "none", "unknown"},
    sign_off.SignOffTitles: sign_offs.Status,
    sign_off.StatusNames: sign_offs.Status,
    trace.FlipCauses: comparison.Cause,
    units.HoldsNames: Holds,
    units.LineDistances: {distances.WANTING, distances.UNDER_FLOOR},
}
# Sets without an enumeration: places of cells, columns, measures, conditions, deployments.
NAMED_OTHERWISE: frozenset[type[Words]] = frozenset(
    {
        alarms.WorkNames,
        audit.FieldNames,
        cards.Spots,
        faults.Places,
        figures.FigureNames,
        ledger.OtherMoveNames,
        server.ProcessNames,
        ledger.TurnNames,
        ledger_book.Places,
        refusals.LackingWords,
        refusals.UntilByMove,
        report.HeatStandings,
        runs.ProgressWords,
        show.ShownFields,
        show.ToldMoves,
        units.AnswerNames,
        units.AppliesWords,
        units.SectionColumns,
        units.ThresholdKinds,
    }
)


def closed_sets(of: type[Words] = PerMember) -> Iterator[type[Words]]:
    for model in of.__subclasses__():
        if model.model_fields:
            yield model
        yield from closed_sets(model)


@pytest.mark.parametrize(
    "model", CLOSED_SETS, ids=lambda model: f"{model.__module__}.{model.__name__}"
)
def test_a_closed_set_has_exactly_one_field_for_each_member(
    model: type[Words],
) -> None:
    assert set(fields_by_key(model)) == set(CLOSED_SETS[model])


def test_every_closed_set_is_checked() -> None:
    assert set(closed_sets()) == CLOSED_SETS.keys() | NAMED_OTHERWISE


def test_the_wording_of_moves_names_existing_moves() -> None:
    models = (ledger.OtherMoveNames, refusals.UntilByMove, show.ToldMoves)

    for model in models:
        assert set(fields_by_key(model)) <= set(Move)


def test_the_wording_of_measures_and_conditions_names_existing_ones() -> None:
    assert set(fields_by_key(units.AnswerNames)) <= MEASURES.keys()
    assert set(fields_by_key(units.AppliesWords)) <= applicability.CONDITIONS.keys()


def test_the_named_kinds_of_schools_have_their_own_thresholds(rulebook: Rulebook) -> None:
    thresholds = [
        edition.threshold for line in rulebook.standard.lines for edition in line.editions
    ]
    kinds = {kind for threshold in thresholds if isinstance(threshold, dict) for kind in threshold}

    assert set(fields_by_key(units.ThresholdKinds)) <= kinds
