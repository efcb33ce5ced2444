"""Pages of the Prefect UI, as an operator uses them: forms, runs, artifacts."""

import json
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, Response

SECONDS = 1000
# A page on a busy machine, with the server at work on a round.
PATIENCE_MS = 90 * SECONDS
NEWER, OLDER = "/v2", ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent: the run it began, and what it said."""

    run: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a deployment in one of the two UIs; its places are found by their titles."""

    page: Page

    def _title(self, title: str) -> Locator:
        return self.page.get_by_text(re.compile(rf"^{re.escape(title)}( \(Optional\))?$")).first

    def _place(self, title: str) -> Locator:
        return self._title(title).locator("xpath=following::fieldset[1]")

    def write(self, title: str, text: str) -> None:
        self._place(title).locator("textarea,input").first.fill(text)

    def choose(self, title: str, option: str) -> None:
        self._place(title).locator("button").first.click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def pick(self, title: str, day: str) -> None:
        """Write a day (yyyy-mm-dd) into the calendar that opens."""
        self._place(title).locator("button").first.click()
        self.page.get_by_label("Date (yyyy-MM-dd)").fill(day)
        self.page.keyboard.press("Escape")

    def switch(self, title: str) -> None:
        self._place(title).get_by_role("switch").click()

    def omit(self, title: str) -> None:
        """Clear a place by its menu, as its description says."""
        self._title(title).locator("xpath=following::button[1]").click()
        self.page.get_by_role("menuitem", name="Omit value").click()

    def add(self, title: str) -> Locator:
        """Add an entry to a list and return its places."""
        place = self._place(title)
        place.get_by_role("button", name="Add item").click()
        return place.locator("textarea")

    def send(self) -> Sent:
        """Submit the form; fails with what the server said where it took no run."""
        with self.page.expect_response(_begins_a_run, timeout=PATIENCE_MS) as answered:
            self.page.get_by_role("button", name="Submit").click()
        answer = answered.value
        assert answer.status == 201, answer.text()
        sent = json.loads(answer.request.post_data or "{}")
        return Sent(answer.json()["id"], sent["parameters"])


def _begins_a_run(answer: Response) -> bool:
    return answer.url.endswith("/create_flow_run")


@dataclass(frozen=True, slots=True)
class PrefectPages:
    """The UI of a Prefect server, the newer one or the older."""

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
            asked = self.page.get_by_role("alertdialog").or_(self.page.get_by_role("dialog"))
            button = asked.get_by_role("button", name="Retry")
        else:
            self.page.get_by_role("button", name="Retry").click()
            button = self.page.get_by_role("button", name="Retry").last
        with self.page.expect_response(lambda answer: "set_state" in answer.url):
            button.click()

    def change(self, deployment: str) -> None:
        """Press Save on the page on which a deployment is changed."""
        self._open(f"/deployments/deployment/{deployment}/edit")
        self.page.get_by_role("button", name=re.compile("^(Save|Update|Submit)$")).click()

    def artifact(self, number: str, told: str) -> str:
        """Return what the page of an artifact says, by its id, once it tells what is expected."""
        self._open(f"/artifacts/artifact/{number}")
        self.page.get_by_text(told).first.wait_for()
        return self.page.locator("body").inner_text()

    def _open(self, path: str) -> None:
        self.page.goto(f"{self.address}{self.ui}{path}")
