from pathlib import Path

from benchmarks.results import EMPTY, record, rounded, show, table
from benchmarks.study.tally import peers_seconds, total
from benchmarks.turns import spread, steady, turns
from clpipe.store import read_json

HERE = {"cpu": "one", "cores": 2}


def test_sections_are_kept_from_run_to_run(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    record("study", {"tuned_peers_ratio": 4.123456}, HERE, path)
    record("replicates", {"speedup": 1.5}, HERE, path)
    found = read_json(path)
    assert found["study"] == {"tuned_peers_ratio": 4.1235}
    assert found["replicates"] == {"speedup": 1.5}
    assert found.keys() == {*EMPTY, "machine"}


def test_sections_of_another_machine_go(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    record("study", {"tuned_peers_ratio": 4.0}, HERE, path)
    record("replicates", {"speedup": 1.5}, {**HERE, "cores": 4}, path)
    assert read_json(path)["study"] == {"tuned_peers_ratio": None}


def test_a_file_of_one_section_can_be_shown(tmp_path: Path) -> None:
    record("replicates", {"speedup": 1.5}, HERE, tmp_path / "bench.json")
    assert "1.5" in show(read_json(tmp_path / "bench.json"))


def test_what_is_no_number_is_null() -> None:
    assert rounded([float("inf"), 123456.7, True, "x"]) == [None, 123460.0, True, "x"]


def test_columns_line_up() -> None:
    assert table([["who", "s"], ["ours", "0.5"]]) == "who     s\nours  0.5"


def test_contenders_take_turns() -> None:
    assert "".join(turns("abc", 2)) == "abccba"


def test_the_warm_up_is_left_out() -> None:
    assert steady([9.0, 9.0, 9.0, 1.0, 2.0, 3.0]) == 2.0
    assert steady([9.0, 5.0]) == 7.0


def test_a_sample_is_spread_evenly() -> None:
    assert spread([str(i) for i in range(10)], 3) == ["0", "3", "6"]
    assert spread(["a"], 3) == ["a"]


def test_one_measured_seed_of_the_peers_stands_for_all() -> None:
    arm = [{"whole_s": 12.0, "seconds": 10.0}]
    assert peers_seconds({"base": {"m": {"whole_s": 5.0}}, "arms": {"a": arm}}, 4) == 47.0
    assert total({"base": {"m": 3.0}, "arms": {"a": {"learn_s": 1.0, "ask_s": 2.0}}}) == 6.0
