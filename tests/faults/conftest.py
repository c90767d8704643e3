"""One zygote for all of them; a village whose kiosk the centre knows, founded once and copied; one centre that serves."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.faults.cases import CASES, STAGES
from tests.faults.forked import STEPS, WIRE, Step, Zygote
from tests.faults.village import Village


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    with Zygote("tests.faults.stories") as one:
        yield one


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Village:
    return Village.found(tmp_path_factory.mktemp("founded"))


@pytest.fixture(scope="session")
def served(founded: Village, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    """The centre that copies of this village speak to: the same kiosk, other packets."""
    village = founded.copy(tmp_path_factory.mktemp("served") / "village")
    with village.serving():
        yield village


@pytest.fixture(scope="session")
def stages(
    served: Village, founded: Village, zygote: Zygote, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Village]:
    """Villages as far as they have come, to be copied."""
    made = {"founded": founded}
    folder, newest = tmp_path_factory.mktemp("stages"), founded
    for name, step in STAGES.items():
        newest = newest.copy(folder / name)
        newest.url = served.url
        step(newest, zygote)
        made[name] = newest
    return made


@pytest.fixture(scope="session")
def steps_of(
    zygote: Zygote, stages: dict[str, Village], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[Step, ...]]:
    """Each durable step that a case takes when nothing is in its way, and each word that it says, in their order."""

    @cache
    def steps(name: str) -> tuple[Step, ...]:
        case = CASES[name]
        village = stages[case.stage].copy(tmp_path_factory.mktemp("whole") / "village")
        ending = zygote.run(case.story, watch=(*STEPS, *WIRE), **case.given(village))
        assert ending.whole, ending
        case.holds(village, [ending])
        village.close()
        return ending.steps

    return steps
