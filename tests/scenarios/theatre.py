"""The stage for tests: a whole kiosk in one process, with twins or with real drivers before third-party simulators, a person at
its screen, and, when a scenario asks for the line, the real centre behind a bad one."""

import base64
import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from content.bundle import pack, unpack
from kiosk.appliance import settle_after_crash
from kiosk.hardware.health import READY, Condition, Health
from kiosk.hardware.scanner.simulated import SimulatedScanner
from kiosk.hardware.simulation import SimulatedDevices
from kiosk.panel.papers import PAPERS
from kiosk.scenarios import Scenario
from kiosk.scenarios.script import Value
from kiosk.scenarios.twins import TwinHands
from kiosk.session import Event, Kiosk, Parts, Step
from kiosk.session.facts import facts
from kiosk.store import Store
from kiosk.updates import Shelf, UpdateError
from kiosk.updates.judging import judge_of
from kiosk.uplink import Courier, Post, open_courier
from kiosk.vault import Vault
from tests.devices.simulators import until
from tests.faultproxy import FaultProxy
from tests.scenarios.real_hands import RealDevice
from tests.unit.content.planting import checked
from tests.unit.documents.paperwork import Office, blank_pdf
from tests.unit.session.world import KEY, World, new_world
from tests.unit.ui.hand import Hand
from tests.unit.ui.harness import pages
from tests.unit.uplink.village import QUICK, RealCentre

DOCUMENTS = ({"id": "d1", "output": "KK", "name": "Kartu Keluarga", "pages": "1"},)
DISK = {"fill": Health(Condition.FAULT, "disk.full"), "read_only": Health(Condition.FAULT, "disk.read_only")}
A_WHILE = 30.0  # seconds that a real device may take
TICK = 0.5  # a real kiosk's pulse
MOST = 40  # pulses of one wait


class Theatre:
    """``real``: role → a real driver and the hands on its simulator; the others are twins."""

    def __init__(
        self, folder: Path, *, office: Office, real: Mapping[str, RealDevice] | None = None, centre: RealCentre | None = None
    ) -> None:  # fmt: skip
        self.folder, self.real, self.office = folder, dict(real or {}), office
        self.disk = READY
        world = new_world(folder / "kiosk", roots=office.pem, scanner=SimulatedScanner(), disk=lambda: self.disk)
        self.world = self._fitted(world)
        scanner = world.parts.scanner
        assert isinstance(scanner, SimulatedScanner)
        self._twins = TwinHands(
            SimulatedDevices(world.receipt, world.paper, world.camera, scanner, world.codes, world.power), PAPERS
        )
        self._centre, self._open = centre, ExitStack()
        self._line: FaultProxy | None = None
        self._courier: Courier | None = None
        self._claim: tuple[str, str] = ("", "")
        self._sealed: set[str] = set()  # every packet of this kiosk that was ever seen
        self._began = {role: device.papers() for role, device in self.real.items()}

    def _fitted(self, world: World) -> World:
        parts = replace(world.parts, **{role: device.driver for role, device in self.real.items()})
        return replace(world, parts=parts, kiosk=Kiosk(parts))

    def close(self) -> None:
        self._open.close()
        self.world.parts.store.close()

    # --- what befalls it ----------------------------------------------------------------------------------------------

    def push(self, device: str, hand: str, options: Mapping[str, Value]) -> None:
        if device in self.real:
            self.real[device].push(hand, options)
        elif device == "disk":
            self.disk = DISK.get(hand, READY)
        elif device == "line":
            self._push_line(hand, options)
        elif device == "clock":
            self.world.clock.jump(self.world.clock.now() + timedelta(seconds=float(options["by"])))
        elif device == "kiosk":
            self._befall(hand)
        else:
            self._twins.push(device, hand, options)

    def _befall(self, hand: str) -> None:
        if hand == "power_cut":
            self.lose_power()
        elif hand == "window_dies":
            self.open_another_window()
        elif hand == "new_content":
            self.bring_half_a_content()

    def bring_half_a_content(self) -> None:
        """A signed update that the power cut in the middle of a file, and then one whose file was cut before it was signed:
        the first is never loaded, the second is refused by the kiosk's own check, and what runs goes on."""
        shelf = Shelf(self.folder / "kiosk" / "updates")
        files = dict(unpack(pack("wonogiri")))
        service = next(name for name in files if "/services/" in name)
        files[service] = files[service][: len(files[service]) // 2]
        with shelf.alone():
            for name in list(files)[: list(files).index(service) + 1]:
                path = shelf.folder / "content-1.tmp" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(files[name])
        assert (shelf.waiting(), shelf.begin("after the cut")) == (0, 0)
        with shelf.alone(), pytest.raises(UpdateError) as refused:
            shelf.stage(1, files, judge_of("wonogiri", "3312", _first_mistake))
        assert (refused.value.code, refused.value.why) == ("content.refused", service)
        assert (shelf.begin("after the refusal"), list(shelf.folder.glob("content-*"))) == (0, [])

    def lose_power(self) -> None:
        """All memory is gone; the files stand as they stood. (Real processes are killed in tests/journeys/test_killed.py.)"""
        old = self.world.parts
        store = Store.open(self.folder / "kiosk" / "kiosk.db", KEY, clock=old.clock, dice=secrets)
        vault, drafts = Vault(self.folder / "kiosk" / "vault"), Vault(self.folder / "kiosk" / "drafts")
        old.store.close()
        settle_after_crash(store, vault, drafts)
        parts: Parts = replace(old, store=store, vault=vault, drafts=drafts)
        self.world = replace(self.world, parts=parts, kiosk=Kiosk(parts))

    def open_another_window(self) -> None:
        """The web process is gone; the next one enters with a fresh key and must find the visit as it was."""
        hand = Hand(pages(self.world))
        hand.enter()
        assert f'data-step="{self.world.step}"' in hand.page

    def _push_line(self, hand: str, options: Mapping[str, Value]) -> None:
        line = self.line
        match hand:
            case "answer":
                line.answer_with(int(options["status"]), times=int(options["times"]))
            case "down":
                line.hang_up()
            case "up":
                line.pick_up()

    @property
    def line(self) -> FaultProxy:
        """The centre is set up, and the courier, when they are first spoken of."""
        assert self._centre is not None, "this scenario needs the centre"
        if self._line is None:
            self._line = self._open.enter_context(FaultProxy(self._centre.port))
            key = Ed25519PrivateKey.generate()
            post = Post(
                store_file=self.folder / "kiosk" / "kiosk.db", vault_folder=self.folder / "kiosk" / "vault", url=self._line.url,
                kiosk_id=self._centre.enrol(key), desa="3312122001", store_key=KEY, device_key=key,
                receipt_key=self._centre.receipt_key, limits=QUICK, versions={"kiosk": "test"},
            )  # fmt: skip
            self._courier = self._open.enter_context(open_courier(post, clock=self.world.clock, dice=secrets))
        return self._line

    # --- time ---------------------------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        """By the kiosk's pulse; the courier does what is due."""
        pulses = min(max(1, round(seconds / TICK)), MOST)
        for _ in range(pulses):
            self.world.clock.advance(seconds / pulses)
            for device in self.real.values():
                device.pass_time(seconds / pulses)
            self._pulse()

    def _pulse(self) -> None:
        """What goes on by itself: the page's pulse and its live picture, the watch's round over the devices, the courier."""
        self.world.kiosk.seconds_left()
        self.world.kiosk.look()
        self.world.kiosk.health()
        if self.world.step is Step.CAPTURE:
            self.world.parts.camera.latest()
        if self._courier is not None:
            self._courier.deliver_next()

    # --- the person ---------------------------------------------------------------------------------------------------

    def act(self, act: str, options: Mapping[str, Value]) -> None:
        getattr(self, f"_{act}")(**{name: value for name, value in options.items() if name != "for"})

    def _fill_in(self, service: str = "KK-UBAH-3") -> None:
        self.world.to_questions(service)
        self.world.answer()

    def _photograph(self) -> None:
        if "camera" in self.real:
            self.real["camera"].push("lay", {"paper": "birth"})
            self._look_until(lambda: self.world.parts.camera.latest() is not None)
        else:
            self.push("camera", "lay", {"paper": "birth"})
        while self.world.step in (Step.CAPTURE, Step.PAGE):
            self.world.do(self.world.kiosk.take(), self.world.kiosk.use_page())

    def _take(self) -> None:
        self.world.do(self.world.kiosk.take())

    def _scan(self) -> None:
        self.world.do(self.world.kiosk.scan())

        def done() -> bool:
            self.world.kiosk.look_at_scan()
            return self.world.step is not Step.SCANNING

        self._look_until(done)
        if self.world.step is Step.PAGE:
            self.world.do(self.world.kiosk.use_page())

    def _send(self) -> None:
        self.world.do(self.world.kiosk.submit())
        claim = self.world.kiosk.visit.claim
        if claim is not None:
            self._claim = (claim.ticket, claim.pin)

    def _slip_again(self, times: int = 1) -> None:
        for _ in range(times):
            self.world.do(self.world.kiosk.slip_again())

    def _slip_came_out(self) -> None:
        self.world.do(self.world.kiosk.slip_came_out())

    def _slip_did_not_come_out(self) -> None:
        self.world.do(self.world.kiosk.slip_again())

    def _ask_status(self) -> None:
        """By ticket and PIN; what the centre signed is there."""
        world = self.world
        if world.step is not Step.HOME:
            world.kiosk.leave()
        world.to_waiting(*self._claim)
        world.centre_answers(state="SIAP_CETAK", words="Pengajuan sudah selesai", documents=DOCUMENTS)
        world.do(world.kiosk.open_document("d1"))
        world.centre_answers(pdf=base64.b64encode(self.office.sign(blank_pdf())).decode())

    def _print(self) -> None:
        self.world.do(self.world.kiosk.print_document())

    def _print_again(self, times: int = 1) -> None:
        for _ in range(times):
            self.world.do(self.world.kiosk.print_document())

    def _type(self, text: str) -> None:
        self.world.do(self.world.kiosk.answer(text))

    def _touch(self) -> None:
        assert self.world.kiosk.touch(self.world.kiosk.visit.id)

    def _begin(self) -> None:
        self.world.do(Event.APPLY)

    def _leave(self) -> None:
        self.world.kiosk.leave()

    # --- what is seen -------------------------------------------------------------------------------------------------

    def seen(self, wanted: Mapping[str, Value]) -> Mapping[str, Value]:
        found = self._facts()
        if self.real and any(found.get(name) != value for name, value in wanted.items()):

            def holds() -> bool:
                self._pulse()
                now = self._facts()
                return all(now.get(name) == value for name, value in wanted.items())

            self._look_until(holds, must=False)
            found = self._facts()
        return found

    def _look_until(self, holds: Callable[[], bool], *, must: bool = True) -> None:
        try:
            until(holds, seconds=A_WHILE, what="what is seen")
        except AssertionError:
            if must:
                raise

    def _facts(self) -> dict[str, Value]:
        if "camera" in self.real:
            self.world.parts.camera.latest()
        found: dict[str, Value] = dict(facts(self.world.kiosk))
        slips = self._papers("receipt")
        found |= {"slips": len(slips), "sheets": len(self._papers("paper")), "copy": _copy(slips[-1]) if slips else 0}
        if self._centre is not None and self._line is not None:
            waiting = set(self.world.parts.vault.ids())
            self._sealed |= waiting
            delivered = set(self._centre.received()) & self._sealed
            found |= {"delivered": len(delivered), "applications": len(delivered | waiting)}
        return found

    def _papers(self, role: str) -> list[str]:
        """What came out since the beginning."""
        if role in self.real:
            return self.real[role].papers()[len(self._began[role]) :]
        twin = self.world.receipt if role == "receipt" else self.world.paper
        return [paper if isinstance(paper, str) else "" for paper in twin.printed]


def _first_mistake(root: Path, profile: str) -> str:
    """The kiosk's own check, in this process."""
    found = checked(root, profile).mistakes
    return str(found[0].file.relative_to(root)) if found else ""


def _copy(slip: str) -> int:
    found = [line for line in slip.splitlines() if "SALINAN KE-" in line]
    return int(found[0].split("KE-")[1].split()[0]) if found else 1


def roles(scenario: Scenario) -> frozenset[str]:
    return scenario.needs & {"receipt", "paper", "camera", "scanner", "codes", "power"}
