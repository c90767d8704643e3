"""kill -9 of screen, courier and centre at every durable step.

By day at some of them, by night at all and at least two hundred times each. A step is a call that changes a file, or says a
word to somebody else (a paper, a line); the process is gone before it is done, so each state between two steps is met.
"""

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults.cases import CASES, PACKETS, at_centre, at_kiosk
from tests.faults.forked import Ending, Fault, Step, Zygote
from tests.faults.village import Village, some

ENOUGH = 200
Steps = Callable[[str], tuple[Step, ...]]
NIGHT = [pytest.mark.nightly, pytest.mark.timeout(1800)]


def kills_in(steps: Sequence[Step]) -> list[Fault]:
    return [Fault(step.call, step.number) for step in steps]


def chosen(faults: Sequence[Fault], every: int) -> Sequence[Fault]:
    """Each ``every``-th; all of them, round and round until it is enough, where every one is wanted."""
    few = some(faults, every)
    return few if every > 1 else list(itertools.islice(itertools.cycle(few), max(len(few), ENOUGH + ENOUGH // 5)))


def interrupted(
    zygote: Zygote, story: str, faults: Sequence[Fault], given: Callable[[], dict[str, Any]]
) -> list[Ending]:
    """A step that a run did not have lets it come to its end; there are few of these."""
    endings = [zygote.run(story, fault=fault, **given()) for fault in faults]
    assert [ending.told for ending in endings if not (ending.killed or ending.whole)] == []
    kills = sum(ending.killed for ending in endings)
    assert kills >= (ENOUGH if len(faults) > ENOUGH else 0.8 * len(faults)), f"{kills} kills of {len(faults)}"
    return endings


def screens_killed(zygote: Zygote, village: Village, faults: Sequence[Fault], every: int) -> list[str]:
    """Tickets on the papers that came out."""
    endings = interrupted(zygote, "submit", chosen(faults, every), lambda: at_kiosk(village))
    last = zygote.run("submit", **at_kiosk(village))  # the start after the last kill
    assert last.whole
    return [ticket for ending in (*endings, last) for ticket in ending.of("paper")]


def couriers_killed(zygote: Zygote, village: Village, faults: Sequence[Fault], every: int) -> None:
    """Until nothing waits."""

    def given() -> dict[str, Any]:
        while len(village.vault.ids()) < PACKETS:
            assert zygote.run("submit", **at_kiosk(village)).whole
        return at_kiosk(village)

    with village.serving():
        interrupted(zygote, "carry", chosen(faults, every), given)
        assert zygote.run("carry", **at_kiosk(village)).told == ("empty",)


def workers_killed(zygote: Zygote, village: Village, faults: Sequence[Fault], every: int) -> None:
    """Until everything is admitted."""
    interrupted(zygote, "admit", some(faults, every), lambda: at_centre(village))
    assert zygote.run("admit", **at_centre(village)).whole


@pytest.mark.parametrize("every", [29, pytest.param(1, marks=NIGHT)])
def test_whoever_is_killed_at_whichever_step_each_paper_has_one_application(
    zygote: Zygote, stages: dict[str, Village], steps_of: Steps, tmp_path: Path, every: int
) -> None:
    """One kiosk and one centre, each kill on what the last one left."""
    village = stages["founded"].copy(tmp_path / "village")
    papers = screens_killed(zygote, village, kills_in(steps_of("the screen keeps an application")), every)
    assert len(set(papers)) == len(papers) > 1, "a ticket was printed twice"
    kept = village.tickets_kept()
    assert set(papers) <= set(kept), "a paper without a packet"
    assert village.vault.ids() == set(village.states())
    assert village.leftovers() == []
    couriers_killed(zygote, village, kills_in(steps_of("the courier delivers")), every)
    assert village.vault.ids() == frozenset()
    assert set(village.states().values()) == {"PURGED"}
    workers_killed(zygote, village, kills_in(steps_of("the centre admits")), every)
    tickets = village.applications()
    assert len(set(tickets)) == len(tickets), "an application was doubled"
    assert set(kept) <= set(tickets)
    assert len(village.at_centre("admitted")) == len(tickets) == len(village.states())
    assert village.leftovers() == []


BY_ITSELF = {name: case for name, case in CASES.items() if case.story not in ("submit", "carry")}


@pytest.mark.parametrize("every", [37, pytest.param(1, marks=NIGHT)])
@pytest.mark.parametrize("name", BY_ITSELF)
def test_a_kill_at_each_step_is_made_good_by_the_next_start(
    zygote: Zygote, stages: dict[str, Village], steps_of: Steps, tmp_path: Path, name: str, every: int
) -> None:
    case = CASES[name]
    for number, fault in enumerate(some(kills_in(steps_of(name)), every)):
        village = stages[case.stage].copy(tmp_path / f"village-{number}")
        given = case.given(village)
        killed = zygote.run(case.story, fault=fault, **given)
        assert killed.killed, f"{fault}: {killed}"
        after = zygote.run(case.story, **given)
        assert after.whole, f"{fault}: {after}"
        try:
            case.holds(village, [killed, after])
        except AssertionError as error:
            raise AssertionError(f"after a kill at {fault}") from error
        finally:
            village.close()


def test_screen_courier_and_centre_take_steps_enough_for_two_hundred_kills_each(steps_of: Steps) -> None:
    """By night each step of the centre's is one kill; those of screen and courier come round until there are enough."""
    assert (
        sum(len(steps_of(name)) for name in ("the centre takes in", "the centre reads the stick", "the centre admits"))
        > ENOUGH
    )
    assert len(steps_of("the courier delivers")) > ENOUGH / 2
    assert len(steps_of("the screen keeps an application")) > 40
