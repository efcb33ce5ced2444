"""What is said of a mistake in a file of config/: the place in it, and what is wanted there."""

from typing import Any

from pydantic import ValidationError

# By the kinds of pydantic's own messages, which are English.
_WANTED = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项，请核对写法",
    "string_type": "应填文字",
    "string_too_short": "不能为空",
    "too_short": "不能为空",
    "tuple_type": "应填列表，如 [甲, 乙]",
    "list_type": "应填列表，如 [甲, 乙]",
    "set_type": "应填列表，如 [甲, 乙]",
    "frozen_set_type": "应填列表，如 [甲, 乙]",
    "dict_type": "应填若干“名称: 内容”",
    "mapping_type": "应填若干“名称: 内容”",
    "model_type": "应填若干“名称: 内容”",
    "model_attributes_type": "应填若干“名称: 内容”",
    "bool_type": "应填 true 或 false",
    "bool_parsing": "应填 true 或 false",
    "int_type": "应填整数",
    "int_parsing": "应填整数",
    "int_from_float": "应填整数",
    "float_type": "应填数字",
    "float_parsing": "应填数字",
    "date_type": "应填日期，如 2025-09-01",
    "date_parsing": "应填日期，如 2025-09-01",
    "date_from_datetime_parsing": "应填日期，如 2025-09-01",
    "date_from_datetime_inexact": "应填日期，如 2025-09-01",
    "enum": "应从 {expected} 中选填",
    "literal_error": "应从 {expected} 中选填",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "value_error": "填得不对（{error}）",
}
_OTHERWISE = "填得不对（{message}）"


def said(error: ValidationError) -> str:
    """Return what is said of the first mistake: where it stands, and what is wanted there."""
    first = error.errors()[0]
    context: dict[str, Any] = first.get("ctx", {})
    template = _WANTED.get(first["type"], _OTHERWISE)
    wanted = template.format(**{"message": first["msg"], **context})
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}：{wanted}" if place else wanted
