"""Parsers of environment files: the syntax of systemd (systemd.exec(5)) and of Docker Compose."""

import re

ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
VARIABLE = re.compile(r"\$(?:\{[^}]*\}|[A-Za-z_][A-Za-z0-9_]*)")


def as_systemd(text: str) -> dict[str, str]:
    """Parse as EnvironmentFile=: `#` only at the start of a line, quotes removed, `$` kept."""
    found = {}
    # A backslash at the end of a line continues it.
    for line in text.replace("\\\n", "").splitlines():
        if line.strip() and line.lstrip()[0] not in "#;" and "=" in line:
            name, _, value = line.partition("=")
            found[name.strip()] = re.sub(r"\\(.)", r"\1", _unquoted(value.strip()))
    return found


def as_compose(text: str) -> dict[str, str]:
    """Parse as env_file: ` #` ends a value, `$NAME` is expanded, but not in 'single' quotes."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        matched = ASSIGNMENT.fullmatch(line)
        if matched and not line.lstrip().startswith("#"):
            name, value = matched.groups()
            is_quoted = value[:1] in {"'", '"'}
            value = value if is_quoted else re.split(r"\s#", value)[0].rstrip()
            unquoted = _unquoted(value)
            found[name] = unquoted if value.startswith("'") else VARIABLE.sub("", unquoted)
    return found


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value
