"""The `junheng` command: each step by hand, the lists, the demo, and Prefect for the office."""

import typer

from app.cli.commands.audit import audit
from app.cli.commands.backup import machine
from app.cli.commands.cards import telling
from app.cli.commands.chat import chat
from app.cli.commands.check_config import check_config
from app.cli.commands.contacts import people
from app.cli.commands.lists import listing
from app.cli.commands.queries import reading
from app.cli.commands.remediation import remediating
from app.cli.commands.round import rounds
from app.cli.commands.serving import operating
from app.cli.commands.sign_off import sign_off
from app.cli.commands.users import users
from app.cli.usage_errors import OneLineGroup

app = typer.Typer(
    cls=OneLineGroup,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="均衡：义务教育优质均衡发展年度创建工作。",
)
app.add_typer(rounds)
app.add_typer(listing)
listing.command()(chat)
listing.command()(check_config)
app.add_typer(reading)
app.add_typer(telling)
app.add_typer(machine)
app.add_typer(remediating, name="remediation")
app.add_typer(audit, name="audit")
app.add_typer(people, name="contacts")
app.add_typer(sign_off, name="sign-off")
app.add_typer(operating)
app.add_typer(users, name="users")


if __name__ == "__main__":
    app()
