"""Releases of content: who takes one, and what is no release however it is signed."""

from typing import Any

import pytest

from adminduk.releases import Release, ReleaseError, is_target, place_in_line, target_name

KIOSKS = [f"K-{number:04d}" for number in range(1, 4001)]


def release(**changes: Any) -> Release:
    return Release(**{"number": 3, "percent": 0, "salt": "garam", **changes})


@pytest.mark.parametrize("percent", [0, 10, 50, 100])
def test_a_share_of_the_kiosks_takes_it(percent: int) -> None:
    taking = sum(release(percent=percent).is_for(kiosk, "", "1.0") for kiosk in KIOSKS)
    assert abs(taking / len(KIOSKS) - percent / 100) < 0.02


def test_who_is_in_at_ten_percent_stays_in_at_fifty() -> None:
    first = {kiosk for kiosk in KIOSKS if release(percent=10).is_for(kiosk, "", "1.0")}
    assert first < {kiosk for kiosk in KIOSKS if release(percent=50).is_for(kiosk, "", "1.0")}


def test_another_salt_begins_with_other_kiosks() -> None:
    first, other = ({kiosk for kiosk in KIOSKS if place_in_line(salt, kiosk) < 10} for salt in ("a", "b"))
    assert len(first & other) < len(first) / 3


def test_the_pilot_group_takes_it_before_anybody_else() -> None:
    pilot = release(groups=("perintis", "kota"))
    assert pilot.is_for("K-0001", "perintis", "1.0")
    assert not pilot.is_for("K-0001", "lain", "1.0")
    assert not release(groups=()).is_for("K-0001", "", "1.0"), "no group is in no group"


@pytest.mark.parametrize(
    ("software", "takes"), [("1.2.0", True), ("1.2", True), ("1.10", True), ("1.1.9", False), ("", False), ("x", False)]
)
def test_older_software_leaves_it(software: str, takes: bool) -> None:
    assert release(percent=100, least_software="1.2").is_for("K-0001", "", software) is takes


def test_what_is_signed_reads_back() -> None:
    one = release(percent=25, groups=("kota",), least_software="0.1")
    assert Release.of("kab/3312/content-3.zip", "3312", one.custom()) == one


@pytest.mark.parametrize(
    "change",
    [
        {"number": 4}, {"number": "3"}, {"number": True}, {"number": 0}, {"percent": 101}, {"percent": -1}, {"percent": 1.5},
        {"salt": ""}, {"salt": 7}, {"groups": "kota"}, {"groups": [1]}, {"groups": ["KOTA"]}, {"least_software": "1.x"},
        {"least_software": None}, {"besides": 1},
    ],
)  # fmt: skip
def test_what_is_no_release_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ReleaseError):
        Release.of("kab/3312/content-3.zip", "3312", {**release().custom(), **change})


@pytest.mark.parametrize("custom", [None, [], "x", {}])
def test_a_target_that_says_nothing_of_itself_is_refused(custom: object) -> None:
    with pytest.raises(ReleaseError):
        Release.of("kab/3312/content-3.zip", "3312", custom)


def test_names_of_other_kabupaten_and_other_things_are_no_targets() -> None:
    assert is_target(target_name("3312", 12), "3312")
    for name in (
        "kab/5108/content-1.zip",
        "kab/3312/content-0.zip",
        "kab/3312/../content-1.zip",
        "kab/3312/content-1.zip\n",
    ):
        assert not is_target(name, "3312")
