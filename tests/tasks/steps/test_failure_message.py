"""A refused run ends with one sentence."""

import pytest

from flows.annual_round import annual_round
from tasks.intake.submissions import FolderUnusable
from tests.flows.retrying import Retried


@pytest.mark.usefixtures("prefect_server")
# Prefect's client leaves its socket to the garbage collector (ResourceWarning).
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
class TestAnnualRound:
    def test_a_missing_folder_is_the_last_line_of_the_log_and_not_retried(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        round_ = Retried(annual_round, year=2025, folder="no-such-folder")

        assert round_.run().is_failed()

        last = [record for record in caplog.records if record.name == "prefect.flow_runs"][-1]
        message = str(last.getMessage())
        assert message.startswith("没有办成：没有这个文件夹：no-such-folder；")
        assert "。" not in message
        assert "此前办完的都已保存" in message
        assert "点 Retry" in message
        assert round_.tries("收取报送") == [1]

    def test_a_caller_of_the_flow_gets_the_refusal(self) -> None:
        with pytest.raises(FolderUnusable, match="没有这个文件夹"):
            annual_round(year=2025, folder="no-such-folder")
