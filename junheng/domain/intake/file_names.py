"""Parses file names: codes and names, ignoring numbers, dates and correction marks."""

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress

from junheng.domain.intake.sheets import half_width, label_of

_IN_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]|【.*?】|〔.*?〕")
_CODE = re.compile(r"\d{6,}")
_MARKS = re.compile(
    r"(更正|修改|修订|最终|订正)(件|版|稿|表|后)?|副本|复件|定稿|20\d\d(学年|年度|年)?|\d{6,}",
)
# Control and format characters, lone surrogates, separators of lines and paragraphs.
_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_BETWEEN = "_-—–.·、+0123456789"


def readable(name: str) -> str:
    r"""Return a file name in characters that lists can show and databases can store.

    Python represents bytes that are not UTF-8 as lone surrogates. They are decoded as GB18030,
    which old Windows writes into archives; if that fails too, they are escaped (`\xd6`). Line
    breaks and the characters that reverse the order of a text are escaped as well.
    """
    return "".join(_visible(character) for character in _decoded(name))


def _decoded(name: str) -> str:
    try:
        raw = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # A surrogate that stands for no byte: typed in a form, not read from a disk.
        return name
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return raw.decode("utf-8", "backslashreplace")


def _visible(character: str) -> str:
    if unicodedata.category(character) in _NOT_SHOWN:
        return character.encode("unicode_escape").decode()
    return character


def codes_in(file_stem: str) -> tuple[str, ...]:
    """Return the possible school codes in a file's name, in order."""
    return tuple(_CODE.findall(half_width(file_stem)))


def plain_name(file_stem: str) -> str:
    """Return the name in a file's name, without code, year, number, brackets and 更正."""
    return _MARKS.sub("", _IN_BRACKETS.sub("", label_of(file_stem))).strip(_BETWEEN)


def names_in(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the known names in a text, longest first, then in the text's order.

    A name inside a longer found name is left out. Text in brackets, such as （更正）, is searched
    only if there is no name outside of brackets.
    """
    label = label_of(text)
    by_label = {label_of(name): name for name in known}
    for searched in (_IN_BRACKETS.sub("", label), label):
        found = [name for name in by_label if name in searched]
        alone = [
            name for name in found if not any(name in other for other in found if name != other)
        ]
        if alone:
            ordered = sorted(alone, key=lambda name: (-len(name), searched.index(name)))
            return tuple(by_label[name] for name in ordered)
    return ()
