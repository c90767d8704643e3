"""Every service of every profile, screen by screen, by its buttons: no dead end, no missing text, no missing paper."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from adminduk.services import Catalogue, Service
from content.loader import load
from kiosk.session import Event, Step, Visit, forms
from tests.right_answers import right_answer
from tests.unit.session.world import World, new_world
from tests.unit.ui.hand import Hand
from tests.unit.ui.harness import pages

SAME_BY_DAY = 3
PROFILES = ("wonogiri", "buleleng", "mataram", "balangan", "maluku_tengah")
BROKEN = re.compile(r"None|Undefined|\{\{|\}\}|%\(|<svg></svg>|blocks\.|services\.")


@lru_cache
def catalogue(profile: str) -> Catalogue:
    return load(profile)


def applications() -> Iterator[Any]:
    """(profile, service). By day all of Wonogiri's, and of the others what differs from those before it, to the letter, and
    three of what does not; at night all of all."""
    seen = set[str]()
    for profile in PROFILES:
        own = [service for service in catalogue(profile).services.values() if service.flow == "apply"]
        for number, service in enumerate(own):
            known = repr(service) in seen and number >= SAME_BY_DAY
            seen.add(repr(service))
            yield pytest.param(profile, service.code, marks=[pytest.mark.nightly] if known else [])


def lay(visit: Visit) -> Event:
    """A page of the paper in work, without the camera: the walk is about screens, pictures have tests of their own."""
    visit.draft.pages[forms.current_paper(visit).code] = [bytearray(b"\xff\xd8 halaman contoh")]
    return forms.after_this_paper(visit)


def kiosk_of(profile: str, folder: Path) -> tuple[World, Hand]:
    world = new_world(folder, catalogue=catalogue(profile))
    hand = Hand(pages(world))
    hand.enter()
    return world, hand


def walk(world: World, hand: Hand, service: Service, *, last: bool) -> set[str]:
    """From the menu to the receipt; the papers that were asked for. ``last``: the last choice of each question."""
    hand.to_questions(service)
    seen = set()
    for _ in range(400):
        assert not BROKEN.search(hand.words), hand.words
        if world.step is Step.QUESTION:
            field = forms.current_field(world.kiosk.visit)
            assert field.label in hand.words
            choices = [choice.value for choice in field.choices] or (["ya", "tidak"] if field.kind == "yes_no" else [])
            hand.answer(choices[-1] if last and choices else right_answer(field))
        elif world.step is Step.CAPTURE:
            paper = forms.current_paper(world.kiosk.visit)
            assert paper.name in hand.words
            seen.add(paper.code)
            world.do(lay)
            hand.look()
        else:
            break
    assert world.step is Step.REVIEW, (world.step, world.kiosk.visit.at, world.kiosk.visit.complaint)
    hand.find("submit")
    hand.press("submit")
    assert world.step is Step.RECEIPT, world.kiosk.visit.complaint
    return seen


def finish(profile: str, code: str, folder: Path, *lasts: bool) -> None:
    """Once with the first, or the last, choice of each question."""
    world, hand = kiosk_of(profile, folder)
    service = catalogue(profile).services[code]
    asked = set()
    for last in lasts:
        asked |= walk(world, hand, service, last=last)
        (packet,) = [packet for packet in world.packets() if packet.ticket == world.kiosk.visit.claim.ticket]  # type: ignore[union-attr]  # at the receipt
        assert set(packet.papers) == {paper.code for paper in service.papers_for(packet.answers)}
        world.kiosk.leave()
        hand.look()
    assert {paper.code for paper in service.papers if paper.when is None} <= asked
    world.parts.store.close()


@pytest.mark.parametrize(("profile", "code"), list(applications()), ids=lambda value: value)
def test_a_service_is_finished_by_its_buttons(profile: str, code: str, tmp_path: Path) -> None:
    """By day one service with the first choice of each question, the next one with the last."""
    finish(profile, code, tmp_path, list(catalogue(profile).services).index(code) % 2 == 1)


@pytest.mark.nightly
@pytest.mark.parametrize("code", [code for code, one in catalogue("wonogiri").services.items() if one.flow == "apply"])
def test_a_service_is_finished_with_the_first_choices_and_with_the_last(code: str, tmp_path: Path) -> None:
    finish("wonogiri", code, tmp_path, False, True)


@pytest.mark.parametrize("code", ["CEK", "CETAK"])
def test_status_and_printing_are_in_the_menu_too(code: str, tmp_path: Path) -> None:
    world, hand = kiosk_of("wonogiri", tmp_path)
    hand.press("apply")
    hand.choose(catalogue("wonogiri").services[code])
    assert world.step is Step.TICKET
    world.parts.store.close()


def test_every_group_has_services_and_every_service_is_in_a_group(tmp_path: Path) -> None:
    for profile in PROFILES:
        groups = catalogue(profile).groups
        shown = {service.code for group in groups for service in catalogue(profile).in_group(group.code)}
        assert shown == set(catalogue(profile).services)


def test_a_menu_without_words_would_be_found(tmp_path: Path) -> None:
    """The walk's own alarm: a question without words makes it fail."""
    broken = catalogue("wonogiri").services["KONSOL"]
    field = replace(broken.blocks[0].fields[0], label="")
    block = replace(broken.blocks[0], fields=(field, *broken.blocks[0].fields[1:]))
    service = replace(broken, blocks=(block, *broken.blocks[1:]))
    services = {**catalogue("wonogiri").services, "KONSOL": service}
    world = new_world(tmp_path, catalogue=replace(catalogue("wonogiri"), services=services))
    hand = Hand(pages(world))
    hand.enter()
    hand.to_questions(service)
    assert not re.search(r"<h1>\s*(<span[^>]*>)?[A-Za-z]", hand.page.split("<main")[1])
    world.parts.store.close()
