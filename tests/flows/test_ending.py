"""A run that cannot do its work ends with one sentence."""

import pytest
from prefect import get_client

from flows.annual_round import annual_round
from tasks.submissions import FolderUnusable


@pytest.mark.usefixtures("prefect_server")
# Prefect's client leaves its socket to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
class TestAnnualRound:
    def test_a_folder_that_is_not_there_is_the_last_line_of_the_log_and_tried_once(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        state = annual_round(year=2025, folder="no-such-folder", return_state=True)

        assert state.is_failed()
        last = [record for record in caplog.records if record.name == "prefect.flow_runs"][-1]
        assert last.getMessage() == "Finished in state Failed('没有这个文件夹：no-such-folder')"
        with get_client(sync_client=True) as client:
            runs = client.read_task_runs()
        assert [run.run_count for run in runs if run.name.startswith("收取报送")] == [1]

    def test_whoever_calls_it_gets_the_refusal_itself(self) -> None:
        with pytest.raises(FolderUnusable, match="没有这个文件夹"):
            annual_round(year=2025, folder="no-such-folder")
