"""Pages of the Prefect UI, as an operator uses them: forms, runs, artifacts."""

import json
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, Response

SECONDS = 1000
# The timeout for a page on a busy machine, while a round runs.
PATIENCE_MS = 90 * SECONDS
NEWER, OLDER = "/v2", ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A submitted form: the id of its run, and the parameters that were sent."""

    run: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a deployment in one of the two UIs; its fields are found by their titles."""

    page: Page

    def _title(self, title: str) -> Locator:
        return self.page.get_by_text(re.compile(rf"^{re.escape(title)}( \(Optional\))?$")).first

    def _field(self, title: str) -> Locator:
        return self._title(title).locator("xpath=following::fieldset[1]")

    def write(self, title: str, text: str) -> None:
        self._field(title).locator("textarea,input").first.fill(text)

    def choose(self, title: str, option: str) -> None:
        self._field(title).locator("button").first.click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def pick(self, title: str, day: str) -> None:
        """Enter a day (yyyy-mm-dd) in the calendar dialog."""
        self._field(title).locator("button").first.click()
        self.page.get_by_label("Date (yyyy-MM-dd)").fill(day)
        self.page.keyboard.press("Escape")

    def switch(self, title: str) -> None:
        self._field(title).get_by_role("switch").click()

    def omit(self, title: str) -> None:
        """Clear a field by its menu."""
        self._title(title).locator("xpath=following::button[1]").click()
        self.page.get_by_role("menuitem", name="Omit value").click()

    def add(self, title: str) -> Locator:
        """Add an entry to a list and return its fields."""
        field = self._field(title)
        field.get_by_role("button", name="Add item").click()
        return field.locator("textarea")

    def send(self) -> Sent:
        """Submit the form; fails with the server's answer if no run was created."""
        with self.page.expect_response(_creates_a_run, timeout=PATIENCE_MS) as response:
            self.page.get_by_role("button", name="Submit").click()
        answer = response.value
        assert answer.status == 201, answer.text()
        body = json.loads(answer.request.post_data or "{}")
        return Sent(answer.json()["id"], body["parameters"])


def _creates_a_run(answer: Response) -> bool:
    return answer.url.endswith("/create_flow_run")


@dataclass(frozen=True, slots=True)
class PrefectPages:
    """The newer or the older UI of a Prefect server."""

    page: Page
    address: str
    ui: str = NEWER

    def form(self, deployment: str) -> Form:
        """Open "Custom run" of a deployment, by its id."""
        self._open(f"/deployments/deployment/{deployment}/run")
        self.page.get_by_role("button", name="Submit").wait_for()
        self.page.get_by_text("Parameters", exact=True).first.wait_for()
        return Form(self.page)

    def retry(self, run: str) -> None:
        """Press Retry on a run's page and confirm it."""
        self._open(f"/runs/flow-run/{run}")
        if self.ui == NEWER:
            self.page.get_by_role("button", name="Open menu").click()
            self.page.get_by_role("menuitem", name="Retry").click()
            dialog = self.page.get_by_role("alertdialog").or_(self.page.get_by_role("dialog"))
            button = dialog.get_by_role("button", name="Retry")
        else:
            self.page.get_by_role("button", name="Retry").click()
            button = self.page.get_by_role("button", name="Retry").last
        with self.page.expect_response(lambda answer: "set_state" in answer.url):
            button.click()

    def change(self, deployment: str) -> None:
        """Press Save on the edit page of a deployment."""
        self._open(f"/deployments/deployment/{deployment}/edit")
        self.page.get_by_role("button", name=re.compile("^(Save|Update|Submit)$")).click()

    def artifact(self, number: str, expected: str) -> str:
        """Return the text of an artifact's page, by its id, after the expected text appears."""
        self._open(f"/artifacts/artifact/{number}")
        self.page.get_by_text(expected).first.wait_for()
        return self.page.locator("body").inner_text()

    def _open(self, path: str) -> None:
        self.page.goto(f"{self.address}{self.ui}{path}")
