"""The staff's page Kiriman: each row with its reason, the technician's words where somebody must look, and the button."""

from dataclasses import replace

from kiosk.hardware.health import Condition, Health
from kiosk.session import Step
from tests.unit.session.test_sendings import wait
from tests.unit.session.world import World
from tests.unit.store.making import numbered_id
from tests.unit.ui.hand import Hand


def at_outbox(world: World, hand: Hand, step: Step = Step.STAFF_OUTBOX) -> str:
    world.kiosk.touch(world.kiosk.visit.id)
    world.kiosk.visit.step = step
    return hand.look()


def test_an_empty_queue_says_that_all_has_arrived(world: World, hand: Hand) -> None:
    page = at_outbox(world, hand)
    assert "Semua sudah sampai di kantor" in page
    assert hand.forms("send_again") == []


def test_a_row_tells_its_ticket_reason_tries_and_next(world: World, hand: Hand) -> None:
    given = wait(world, 1)
    world.parts.store.claim()
    world.parts.store.set_back(given.id, "http_503")
    page = at_outbox(world, hand)
    assert "1 menunggu dikirim ke kantor" in page
    assert f"{given.ticket[:4]}-{given.ticket[4:8]}-{given.ticket[8:]}" in page
    assert "Pusat sedang sibuk" in page
    assert "1 kali dicoba" in page
    assert "<code>http_503</code>" in page
    assert given.id not in page
    assert hand.forms("send_again") == []


def test_a_stuck_one_has_the_technicians_words_and_the_button_puts_it_back(world: World, hand: Hand) -> None:
    given = wait(world, 1)
    world.parts.store.need_attention(given.id, "terlalu_besar")
    page = at_outbox(world, hand)
    assert "Perlu perhatian" in page
    assert "largest_packet" in page
    hand.press("send_again", kiriman=given.id)
    assert "Kiriman itu masuk antrean lagi" in hand.page
    assert world.kiosk.stuck() == 0


def test_a_long_queue_is_turned_page_by_page(world: World, hand: Hand) -> None:
    for number in range(1, 6):
        wait(world, number)
    assert at_outbox(world, hand).count('class="doubt"') == 4
    hand.press("list", halaman="1")
    assert hand.page.count('class="doubt"') == 1
    world.parts.store.need_attention(numbered_id(1), "terlalu_besar")  # somebody must read more of each
    assert hand.look().count('class="doubt"') == 2


def test_the_staffs_menu_and_the_page_tell_what_is_wrong_besides(world: World, hand: Hand) -> None:
    given = wait(world, 1)
    world.parts.store.need_attention(given.id, "terlalu_besar")
    world.kiosk.parts = replace(world.parts, copy=lambda: Health(Condition.ABSENT, "copy.absent"))
    assert world.parts.faults["copy.absent"].staff in at_outbox(world, hand)
