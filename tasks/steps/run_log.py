"""Log filter of runs: adds the step's name, translates Prefect's lines, hides tracebacks.

A refusal is expected and its sentence is enough; only a bug keeps its traceback.
"""

import ast
import logging
import re
import sys

from junheng.refusals import Refusal
from junheng.wording.operations.runs import PrefectSayings

RUNS = ("prefect.flow_runs", "prefect.task_runs")
OURS = ("junheng", "tasks", "expectations")
# Messages of Prefect with the name of their translation in config/wording/runs.yaml; None hides the
# message. Other messages pass unchanged: better in English than not at all.
SAYINGS: tuple[tuple[str, str | None], ...] = (
    (r"Beginning (sub)?flow run .*", "began"),
    (r"View at (?P<what>.+)", "view"),
    (r"Finished in state Completed\(.*", "done"),
    (r"Finished in state Cached\(.*", "cached"),
    (r"Finished in state (Cancelled|Cancelling)\(.*", "cancelled"),
    (r"Flow run was cancelled( successfully)?\.|Cancelled flow run .*", "cancelled"),
    (r"Finished in state \w+\((?P<what>.*)\)", "not_done"),
    (r"Encountered exception during execution: .*", "bug"),
    (r"Engine execution .*exited with unexpected exception", "bug"),
    (r"Task run failed .* - Retry (?P<at>\d+)/(?P<all>\d+) will start (?P<when>.*)", "again"),
    (r"Task run failed with \w+: .* - Retries are exhausted", "given_up"),
    (r"Task run failed with \w+: .*", "failed"),
    (r"(Task|Flow) run encountered an exception:? (?P<what>.*)", "bug_in_words"),
    (r"Validation of flow parameters failed with error: (?P<what>.*)", "parameters"),
    (r"Unexpected exception encountered when trying to load flow", "not_loaded"),
    (r"Crash detected! (?P<what>.*)", "crashed"),
    # A process exits by itself when the reader of its output is gone.
    (r"Execution was aborted by Python system exit call\.", "ended_itself"),
    (r"Execution was (aborted|cancelled) by .*", "ended_by_signal"),
    (r".*[Pp]rocess.* exited with (non-zero )?status code:? (?P<code>-?\d+).*", "exited"),
    (r"Rescheduling flow run .*|Rescheduled flow run .*", "rescheduled"),
    (r"Process for flow run .* (exited cleanly|reported a handled outcome)\.", None),
    (r"(Check (whether|the flow run)|If this was|Verify ).*|Increase the memory .*", None),
    (r"Worker .* submitting flow run .*|Flow run .* submitted to infrastructure", None),
    (r"Starting flow run process\.\.\.|Opening process\.\.\.", None),
    (r"Running hook '.*' in response to .*|Hook '.*' finished running successfully", None),
    (r"An error was encountered while running hook .*", "hook"),
    (r"Runner failed to retrieve flow to execute on_\w+ hooks .*", "hook"),
    (r"Running \d+ deployment pull step\(s\)|Executing deployment step: .*", None),
    (r"(All deployment steps|Deployment step .*) completed successfully", None),
)  # fmt: skip
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in SAYINGS)
# The prefix of a Prefect state message before a Chinese sentence: the class of the exception.
_CLASS = re.compile(
    r"^((Task|Flow) run encountered an exception:? )?[A-Z]\w*: (?=.*[\u4e00-\u9fff])", re.DOTALL
)


class InChinese(logging.Filter):
    """Translates the log records of runs in place; several handlers may filter the same record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is shown."""
        is_shown = getattr(record, "is_shown_to_operators", None)
        if is_shown is None:
            is_shown = _translate(record)
            record.is_shown_to_operators = is_shown
        return bool(is_shown)


def in_chinese(message: str) -> str:
    """Translate the message of a Prefect state; an unknown message is returned unchanged."""
    wording = _wording()
    return message if wording is None else _in_words(message, wording)


def is_bug(message: str) -> bool:
    """Return whether the message of a Prefect state is about a bug, not a refusal."""
    known = _known(_CLASS.sub("", message))
    return known is not None and known[0] in {"bug", "bug_in_words"}


def _in_words(message: str, wording: PrefectSayings) -> str:
    sentence = _CLASS.sub("", message)
    name, found = _known(sentence) or (None, {})
    if name is None:
        return sentence.rstrip("。")
    return _filled(name, {"why": wording.unknown, **found}, wording)


def _translate(record: logging.LogRecord) -> bool:
    name = record.name
    if name.startswith(RUNS):
        wording = _wording()
        if wording is not None and not _translated(record, wording):
            return False
    elif name.partition(".")[0] not in OURS:
        return True
    step = getattr(record, "task_name", None) or _running_step()
    message = record.getMessage()
    if step and not message.startswith(f"{step}："):
        record.msg, record.args = f"{step}：{message}", ()
    return True


def _translated(record: logging.LogRecord, wording: PrefectSayings) -> bool:
    """Translate a record of Prefect; return whether it is shown."""
    known = _known(record.getMessage())
    if known is None:
        return True
    name, found = known
    if name is None:
        return False
    error = _error_of(record)
    if name == "bug" and isinstance(error, Refusal):
        # The final state of the run has the sentence.
        return False
    found |= {"why": _sentence(error, wording)}
    record.msg, record.args = _filled(name, found, wording), ()
    if isinstance(error, Refusal):
        record.exc_info = record.exc_text = None
    return True


def _known(message: str) -> tuple[str | None, dict[str, str]] | None:
    for pattern, words in _PATTERNS:
        found = pattern.fullmatch(message)
        if found is not None:
            return words, {name: value or "" for name, value in found.groupdict().items()}
    return None


def _filled(name: str, found: dict[str, str], wording: PrefectSayings) -> str:
    if "code" in found:
        found["reason"] = wording.exit_reason(int(found["code"]))
    if "when" in found:
        seconds = re.match(r"[\d.]+", found["when"])
        waits = wording.in_seconds if seconds else wording.at_once
        found["when"] = waits.format(seconds=round(float(seconds[0])) if seconds else 0)
    if "what" in found:
        found["what"] = _in_words(_unquoted(found["what"]), wording)
    return wording.of(name).format(**found)


def _unquoted(printed: str) -> str:
    """Return the message of a printed state, in which it is quoted and followed by the type."""
    bare = re.sub(r",? ?type=[A-Z]+$", "", printed)
    try:
        return str(ast.literal_eval(bare))
    except (ValueError, SyntaxError):
        return bare


def _error_of(record: logging.LogRecord) -> BaseException | None:
    if record.exc_info and record.exc_info[1] is not None:
        return record.exc_info[1]
    arguments = record.args if isinstance(record.args, tuple) else ()
    return next((value for value in arguments if isinstance(value, BaseException)), None)


def _sentence(error: BaseException | None, wording: PrefectSayings) -> str:
    if error is None:
        return wording.unknown
    if isinstance(error, Refusal):
        return error.sentence.rstrip("。")
    return wording.unexpected.format(kind=type(error).__name__, said=error)


def _wording() -> PrefectSayings | None:
    """Return our translations; None if config/ cannot be read: messages then stay in English."""
    from junheng import bootstrap
    from junheng import wording as wordings
    from junheng.bootstrap import SettingsUnusable
    from junheng.rulebook import RulebookUnusable

    try:
        return wordings.load(bootstrap.settings().config / "wording").runs.prefect
    except (SettingsUnusable, RulebookUnusable):
        return None


def _running_step() -> str | None:
    """Return the name of the running step."""
    contexts = sys.modules.get("prefect.context")
    running = contexts.TaskRunContext.get() if contexts is not None else None
    return None if running is None else str(running.task.name)
