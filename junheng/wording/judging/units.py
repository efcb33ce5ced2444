"""The sentences of config/wording/units.yaml: units, thresholds and distances."""

from typing import Annotated

from junheng.wording.words import Names, PerMember, Takes, Words

_Gap = Annotated[str, Takes("name", "amount", "unit")]
_OfLines = Annotated[str, Takes("amount")]


class HoldsNames(Names):
    """The sign before a threshold, for each `Holds`."""

    at_least: str
    at_most: str
    above: str
    below: str
    is_true: str


class OneOrSeveral(Words):
    one: str
    several: str


class AnswerNames(PerMember[str | OneOrSeveral]):
    """The required answer of a measure, by the names of measures."""

    all_stated_yes: OneOrSeveral
    all_stated_no: OneOrSeveral
    both_grades_are_good: str
    school_buses_comply: str
    joined_every_stage: str
    is_unified_between_town_and_country: str
    is_carried_out_with_evidence: str
    is_received: str
    subject_level_is_upper: str


class SectionColumns(Names):
    """Names of columns whose label in the form says more than the column contains."""

    associate_degree_teachers: str


class AppliesWords(Names):
    """The units that a condition of `applicability` selects, with its parameters."""

    counted_section: Annotated[str, Takes("smallest_teaching_point")]
    not_special_school: str
    small_rural_school: Annotated[str, Takes("students_below")]
    enrols_by_zone: str


class ThresholdKinds(Names):
    """The kinds of schools with their own threshold, by their names in the standard."""

    ordinary: str
    through: str
    ordinary_relaxed: str
    through_relaxed: str


class LineDistances(Names):
    """Distances that are counted in lines, by the names of their gaps."""

    lines_wanting: _OfLines
    lines_under_floor: _OfLines


class DistanceWords(Words):
    short: _Gap
    over: _Gap
    lift: Annotated[str, Takes("places", "name", "amount", "unit")]
    lines: LineDistances


class UnitWords(Words):
    section: Annotated[str, Takes("school", "stage")]
    class_: Annotated[str, Takes("school", "name")]
    stage: Annotated[str, Takes("district", "stage")]
    holds: HoldsNames
    answers: AnswerNames
    none: Annotated[str, Takes("amount", "unit")]
    sections: SectionColumns
    applies: AppliesWords
    kinds: ThresholdKinds
    distance: DistanceWords
