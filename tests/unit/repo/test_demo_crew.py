"""What `make run` starts: a courier that ends is begun anew, a centre that ends is shown, Ctrl-C leaves nothing behind."""

import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning import crew as crews
from provisioning import demo
from provisioning.crew import FIRST_PAUSE_S, LONGEST_PAUSE_S, MOST_ENDS, WITHIN_S, Crew, Part, PartEnded
from tests.unit.uplink.village import wait_until


class Watch:
    """A clock that is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


def part(word: str, folder: Path, *, again: bool = True, name: str = "courier") -> Part:
    return Part(name, ("tests.unit.repo.demo_part", word, str(folder)), again=again)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def crew(tmp_path: Path, watch: Watch, said: list[str], request: pytest.FixtureRequest) -> Iterator[Crew]:
    """Of one part, which does the word that the test names."""
    made = Crew(tmp_path, (part(request.param, tmp_path),), said.append, watch)
    made.start()
    yield made
    made.stop()


def began(folder: Path) -> int:
    return len((folder / "began").read_text().split())


def wait_ended(crew: Crew) -> None:
    wait_until(lambda: crew.running["courier"].poll() is not None)


@pytest.mark.parametrize("crew", ["0"], indirect=True)
def test_a_courier_whose_store_was_replaced_begins_again_as_under_systemd(
    crew: Crew, watch: Watch, said: list[str], tmp_path: Path
) -> None:
    wait_ended(crew)
    crew.look()
    assert crew.running == {}
    assert "begins again in 2 s" in said[0]
    watch.now += FIRST_PAUSE_S - 0.1
    crew.look()
    assert crew.running == {}, "not before its pause is over"
    watch.now += 0.2
    crew.look()
    wait_ended(crew)
    assert began(tmp_path) == 2


@pytest.mark.parametrize("crew", ["2"], indirect=True)
def test_one_that_ends_again_and_again_is_shown_with_its_log(crew: Crew, watch: Watch, said: list[str]) -> None:
    for number in range(1, MOST_ENDS):
        wait_ended(crew)
        crew.look()
        pause = min(FIRST_PAUSE_S * 2 ** (number - 1), LONGEST_PAUSE_S)
        assert f"in {pause:.0f} s" in said[-1]
        watch.now += pause
        crew.look()
    wait_ended(crew)
    with pytest.raises(PartEnded, match="courier ended with 2") as shown:
        crew.look()
    assert "2 began" in str(shown.value)


@pytest.mark.parametrize("crew", ["0"], indirect=True)
def test_one_that_ends_now_and_then_is_begun_for_ever(crew: Crew, watch: Watch) -> None:
    for _ in range(MOST_ENDS + 1):
        wait_ended(crew)
        crew.look()
        watch.now += WITHIN_S + 1
        crew.look()
        assert "courier" in crew.running


def test_a_centre_that_ends_ends_the_demo(tmp_path: Path, watch: Watch) -> None:
    made = Crew(tmp_path, (part("3", tmp_path, again=False, name="centre"),), clock=watch)
    made.start()
    wait_until(lambda: made.running["centre"].poll() is not None)
    with pytest.raises(PartEnded, match="centre ended with 3"):
        made.look()
    made.stop()


def test_ctrl_c_leaves_nothing_behind_whatever_the_parts_are_doing(
    tmp_path: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One works, one is deaf, one has ended and waits for its next beginning."""
    monkeypatch.setattr(crews, "END_S", 0.2)
    names = {"work": "centre", "deaf": "worker", "0": "courier"}
    made = Crew(tmp_path, tuple(part(word, tmp_path, name=name) for word, name in names.items()), clock=watch)
    made.start()
    pids = [process.pid for process in made.running.values()]
    wait_until(lambda: (tmp_path / "deaf").exists() and made.running["courier"].poll() is not None)
    made.look()
    made.stop()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    watch.now += LONGEST_PAUSE_S
    made.look()
    assert sorted(made.running) == ["centre", "worker"], "the third was not begun any more"


def test_some_are_stopped_for_a_while_and_begun_again_only_when_told(tmp_path: Path, watch: Watch) -> None:
    """As when the kiosk leaves its desa: screen and courier rest, the centre works on."""
    made = Crew(tmp_path, tuple(part("work", tmp_path, name=name) for name in ("centre", "courier")), clock=watch)
    made.start()
    try:
        made.stop("courier")
        made.run(part("0", tmp_path, name="move"))
        watch.now += LONGEST_PAUSE_S
        made.look()
        assert [made.running[name].poll() is None for name in ("centre", "courier")] == [True, False]
        made.start("courier")
        made.look()
        assert made.running["courier"].poll() is None
    finally:
        made.stop()


def test_the_move_is_asked_for_where_systemd_watches(tmp_path: Path) -> None:
    watched = (crews.TOP / "systemd" / "kios-move.path").read_text()
    assert not demo.move_asked(tmp_path)
    for name in ("move.request", "move.taken"):
        assert f"/errands/{name}" in watched
        file = tmp_path / "kiosk" / "state" / "errands" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        assert demo.move_asked(tmp_path)
        file.unlink()


def test_systemd_does_the_same_for_the_same_parts() -> None:
    again = {one.name for one in demo.parts(Path("x"), "none") if one.again}
    assert again == {"courier", "carrier", "kiosk"}
    for unit in ("kios-courier", "kios-ui"):
        text = (crews.TOP / "systemd" / f"{unit}.service").read_text()
        assert "Restart=always" in text
        assert f"RestartSec={FIRST_PAUSE_S:.0f}" in text


@pytest.mark.nightly
def test_a_demo_of_before_gets_its_content_root_and_a_second_start_changes_nothing(tmp_path: Path) -> None:
    demo.prepare(tmp_path)
    settings = tmp_path / "kiosk" / "kiosk.toml"
    told = tomllib.loads(settings.read_text())
    root = (tmp_path / "kiosk" / told["updates"]["root_file"]).read_text()
    assert json.loads(root) == json.loads((tmp_path / "centre" / "content" / "1.root.json").read_text())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    demo.prepare(tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    text = settings.read_text()
    settings.write_text(text[: text.index("[updates]")] + text[text.index("[identity]") :])
    demo.prepare(tmp_path)
    assert tomllib.loads(settings.read_text())["updates"] == told["updates"]
