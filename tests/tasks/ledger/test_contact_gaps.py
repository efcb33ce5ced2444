"""Contact gaps: units without contact are named before anything is handed over."""

from datetime import date
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.adapters import clock
from junheng.store import history
from tasks.ledger import contact_gaps
from tasks.ledger.contact_gaps import NobodyToContact
from tests.tasks import own_contacts

MONDAY = date(2025, 11, 3)
BEFORE_THE_REFORM = date(2019, 2, 28)
TOWNS = ("运河街道", "邳庄镇", "涧头集镇", "泥沟镇", "张山子镇", "马兰屯镇")


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = own_contacts.without(tmp_path / "district", *own_contacts.GONE)
    monkeypatch.setenv("JUNHENG_DISTRICT", str(folder))
    return folder


class TestGaps:
    def test_the_sample_has_no_gaps(self) -> None:
        assert contact_gaps.gaps(MONDAY) == ()

    @pytest.mark.usefixtures("district")
    def test_merged_departments_are_one_gap_under_their_current_name(self) -> None:
        assert contact_gaps.gaps(MONDAY) == ("区财政局", "区自然资源局", *TOWNS)

    @pytest.mark.usefixtures("district")
    def test_departments_not_yet_merged_are_two_gaps(self) -> None:
        assert contact_gaps.gaps(BEFORE_THE_REFORM) == (*own_contacts.GONE, *TOWNS)

    def test_a_unit_with_a_substitute_is_no_gap(self, district: Path) -> None:
        with (district / "contacts.yaml").open("a", encoding="utf-8") as file:
            file.write("  - {units: [区财政局], name: 王五, role: substitute}\n")

        assert "区财政局" not in contact_gaps.gaps(MONDAY)

    def test_a_district_with_the_contacts_of_the_sample_has_no_gaps(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "xuecheng"
        folder.mkdir()
        text = 'code: "370403"\nname: 薛城区\ntowns: [临城街道, 沙沟镇]\n'
        (folder / "district.yaml").write_text(text, "utf-8")
        monkeypatch.setenv("JUNHENG_DISTRICT", str(folder))

        assert contact_gaps.gaps(MONDAY) == ()


class TestCheck:
    def test_passes_without_gaps(self) -> None:
        contact_gaps.check(MONDAY, now=clock.now())

    @pytest.mark.usefixtures("district")
    def test_the_refusal_names_the_units_and_what_to_do(self) -> None:
        with pytest.raises(NobodyToContact) as refused:
            contact_gaps.check(MONDAY, now=clock.now())

        sentence = refused.value.args[0]
        assert sentence.startswith("8 个单位没有可联系的人：区财政局、区自然资源局、运河街道、")
        assert "请在 contacts.yaml 补上联系人或替补" in sentence
        assert "--despite-gaps" in sentence

    @pytest.mark.usefixtures("district")
    def test_a_reason_overrides_gaps_and_is_recorded_once(self) -> None:
        for _ in range(2):
            contact_gaps.check(
                MONDAY, despite="换届期间，联系人下周报来", by="张三", now=clock.now()
            )

        with bootstrap.session() as session:
            overrides = [
                linked.event
                for linked in history.whole(session, "370405")
                if linked.event.kind == "gaps_overridden"
            ]
        assert [(event.by, event.reason) for event in overrides] == [
            ("张三", "换届期间，联系人下周报来")
        ]
        assert "区财政局" in overrides[0].details

    @pytest.mark.usefixtures("district")
    def test_a_blank_reason_is_refused(self) -> None:
        with pytest.raises(NobodyToContact):
            contact_gaps.check(MONDAY, despite=" ", now=clock.now())
