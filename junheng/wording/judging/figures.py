"""The names of config/wording/figures.yaml."""

from junheng.wording.words import Names


class FigureNames(Names):
    """The names of columns and measures that are not items of a form, and of answers."""

    associate_degree_teachers: str
    section_share: str
    compulsory_students: str
    classes: str
    largest_class: str
    students: str
    level: str
    gap: str
    progress: str
    has_evidence: str
    is_received: str
    counted_visiting_teachers: str
    counted_elsewhere_area_m2: str
    counted_music_rooms: str
    counted_fine_arts_rooms: str
    lines_met: str
    every_line_reaches_share: str
    yes: str
    no: str
    not_reported: str
