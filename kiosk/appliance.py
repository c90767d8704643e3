"""Puts the parts together; the only module that knows them all. Two processes: the screen and the courier."""

import logging
import os
import secrets
import shutil
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from adminduk.clock import Clock, SystemClock
from kiosk import __version__, forgetting, keys, opened, rehearsal, reserve, shown_content
from kiosk.logs import set_up_logging
from kiosk.notify import notify
from kiosk.safeguards import open_safeguards
from kiosk.settings import Settings
from kiosk.shown_content import Shown
from kiosk.store import Store, mending
from kiosk.vault import Vault

if TYPE_CHECKING:
    from flask import Flask

    from kiosk.hardware.health import Health
    from kiosk.session import Kiosk, Parts
    from kiosk.session.technician.toolbox import Toolbox
    from kiosk.shell import Shell
    from kiosk.uplink.hours import QuietHours

log = logging.getLogger(__name__)

PICTURES = Path(__file__).parent / "ui" / "static" / "pictures"
WATCH_S = 5.0
UI_THREADS = 12  # a live camera picture keeps one for as long as it is looked at


def open_store(settings: Settings, clock: Clock) -> Store:
    """The kiosk's file, migrated. Raises StoreError, KeyMissingError."""
    return Store.open(*file_and_key(settings), clock=clock, dice=secrets)


def open_or_mend_store(settings: Settings, clock: Clock) -> Store:
    """The same, for the screen at its start: a damaged file is put aside."""
    return mending.open_or_mend(*file_and_key(settings), clock=clock, dice=secrets)


def file_and_key(settings: Settings) -> tuple[Path, bytes]:
    settings.state.mkdir(mode=0o2770, parents=True, exist_ok=True)
    return settings.state / "kiosk.db", keys.read(settings.state, keys.STORE_KEY)


def open_vault(settings: Settings) -> Vault:
    return Vault(settings.state / "vault")


def open_drafts(settings: Settings) -> Vault:
    """Saved drafts: the screen's alone, the courier never sees them."""
    return Vault(settings.state / "drafts")


def open_waiting(settings: Settings) -> Vault:
    """Finished documents, sealed to their owners' receipts: the courier brings them, the screen reads."""
    return Vault(settings.state / "documents")


# --- the courier ------------------------------------------------------------------------------------------------------


def run_courier(settings: Settings) -> None:
    """Until told to stop."""
    from kiosk.uplink import service

    set_up_logging()
    settings.state.mkdir(mode=0o2770, parents=True, exist_ok=True)
    post = service.Post(
        store_file=settings.state / "kiosk.db",
        vault_folder=settings.state / "vault",
        url=settings.centre.url,
        kiosk_id=settings.identity.kiosk_id,
        desa=settings.identity.desa,
        store_key=keys.read(settings.state, keys.STORE_KEY),
        device_key=keys.device_key(settings.state),
        receipt_key=bytes.fromhex(settings.centre.receipt_key),
        ca_file=settings.centre.ca_file,
        versions={"kiosk": __version__},
        key_storage=keys.storage(),
        most_kbit_s=settings.uplink.most_kbit_s,
        hours=quiet_hours(settings),
        content=shown_content.round_maker(settings),
        pull_s=settings.uplink.pull_s,
        waiting_days=settings.storage.waiting_days,
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    service.run_courier(post, stop, clock=SystemClock(), dice=secrets, ready=told("READY=1"), alive=told("WATCHDOG=1"))


def quiet_hours(settings: Settings) -> "QuietHours | None":
    """By the kabupaten's clocks; its content is read only where there are such hours."""
    from kiosk.uplink.hours import QuietHours

    if not settings.uplink.quiet_from:
        return None
    zone = shown_content.installed(settings).catalogue.place.timezone
    return QuietHours.of(settings.uplink.quiet_from, settings.uplink.quiet_until, zone)


def told(state: str) -> Callable[[], None]:
    """Tell systemd that, each time it is called."""

    def tell() -> None:
        notify(state)

    return tell


# --- the screen -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Screen:
    """The screen process's parts, ready to serve."""

    kiosk: "Kiosk"
    app: "Flask"
    address: Callable[[], str]
    panel: "Flask | None"
    shown: Shown


def settle_after_crash(store: Store, vault: Vault, drafts: Vault) -> None:
    """At start nothing is printing and nobody is at the screen: the ledger says so, and orphans go; but none in a store that
    has just been made because the old one was damaged or gone."""
    from kiosk.session.drafts import DAYS

    for packet_id in mending.take_up(store, vault, drafts.ids(), days=DAYS):
        log.warning("packet_taken_up id=%s", packet_id)
    for packet_id in store.drop_unpromised(vault.ids()):
        log.warning("packet_never_kept id=%s", packet_id)
    for job in store.reconcile_prints():
        log.warning("print_doubtful kind=%s subject=%s", job.kind, job.subject)
    for packet_id in vault.clean_up(store.packet_ids()):
        store.note("orphan_erased", packet_id)
        log.warning("orphan_erased id=%s", packet_id)
    for draft_id in drafts.clean_up(store.drafts.ids()):
        log.warning("draft_orphan_erased id=%s", draft_id)
    store.forget_questions()


def build_parts(
    settings: Settings,
    *,
    on_wiped: Callable[[], None],
    loaded: shown_content.Loaded | None = None,
    clock: Clock | None = None,
) -> "Parts":
    """Content, store, vault and devices as the session wants them. ``loaded``: instead of what was installed; ``clock``:
    instead of the machine's."""
    from uuid6 import uuid7

    from adminduk.packets import SealingKey
    from content.loader import load_regions, load_send_errors
    from kiosk.hardware import camera, codes
    from kiosk.imaging import line_reader
    from kiosk.session import Identity, Parts

    clock = clock or SystemClock()
    store, vault, kept = open_or_mend_store(settings, clock), open_vault(settings), open_drafts(settings)
    settle_after_crash(store, vault, kept)
    opened.tell_misplaced()
    own, loaded = settings.identity, loaded or shown_content.installed(settings)
    guards = open_safeguards(settings, store, vault, clock, content=shown_content.age_of(settings, loaded))
    return Parts(
        catalogue=loaded.catalogue, faults=loaded.faults, forms=loaded.forms,
        regions=load_regions(settings.assets / "regions.tsv"),
        thresholds=loaded.camera, scanned=loaded.scanned,
        patience=loaded.patience if settings.auto_capture else None, lines=line_reader(),
        identity=Identity(kiosk_id=own.kiosk_id, number=own.number, desa=own.desa, desa_name=own.desa_name),
        sealing_key=SealingKey.from_raw(bytes.fromhex(settings.centre.sealing_key)),
        roots=Path(settings.centre.roots_file).read_bytes(), staff_key=bytes.fromhex(settings.centre.receipt_key),
        store=store, vault=vault, drafts=kept, waiting=open_waiting(settings),
        receipt=opened.open_receipt(settings, clock), paper=opened.open_paper(settings, clock),
        camera=camera.connect(settings.devices.camera),
        selfie=camera.connect_face(settings.devices.selfie), read_nik=settings.read_nik,
        scanner=opened.open_scanner(settings, clock, runtime=run_folder(settings)),
        codes=codes.connect(settings.devices.codes, clock=clock), card=opened.open_card(settings, clock),
        power=opened.open_power(settings, clock),
        disk=opened.open_disk(settings, clock).latest, clock=clock, dice=secrets, new_id=lambda: str(uuid7()),
        poster=poster_maker(settings, loaded), toolbox=open_toolbox(settings), on_wiped=on_wiped,
        freeze=guards.freeze, copy=guards.copy, on_kept=guards.on_kept,
        content=shown_content.told(store, clock), send_errors=load_send_errors(),
    )  # fmt: skip


def open_toolbox(settings: Settings) -> "Toolbox":
    """The technician's words and tests. Its canary has a folder of its own: the disk's watch sends one too."""
    from content.loader import ROOT, read_toml
    from kiosk.hardware.power.disk import canary
    from kiosk.session.technician.toolbox import Toolbox

    def send() -> "Health":
        folder = settings.state / "bench"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return canary(folder, secrets.token_bytes(512))

    return Toolbox.of(
        read_toml(ROOT / "technician.toml"), version=__version__, canary=send, key_storage=keys.storage(),
        addresses={**asdict(settings.devices), "disk": settings.state_dir, "copy": settings.storage.second_copy},
        free_mb=lambda: shutil.disk_usage(settings.state).free // 1024**2,
    )  # fmt: skip


def poster_maker(settings: Settings, loaded: shown_content.Loaded) -> Callable[[date], bytes]:
    """Makes the villagers' poster with the screen's own pictures, icons and letters."""
    import blanks

    def make(day: date) -> bytes:
        catalogue, own = loaded.catalogue, settings.identity
        words = blanks.parse_words(loaded.poster, catalogue)
        pictures = blanks.pictures_in(
            settings.assets / "static" / "icons", Path(__file__).parent / "ui" / "static" / "pictures"
        )
        return blanks.poster(
            catalogue, words, desa_name=own.desa_name, today=day, pictures=pictures, fonts=settings.assets / "fonts"
        )

    return make


def build_screen(
    settings: Settings, *, by_hand: bool, on_wiped: Callable[[], None], clock: Clock | None = None
) -> Screen:
    """``by_hand``: no window of ours; people open the address themselves."""
    from content.loader import ROOT
    from kiosk.session import Kiosk
    from kiosk.ui.app import create_app
    from kiosk.ui.entry import Entry
    from kiosk.ui.sizes import PanelSize

    shown = shown_content.show(settings)
    kiosk = Kiosk(build_parts(settings, on_wiped=on_wiped, loaded=shown.loaded, clock=clock))
    shown.tell(kiosk.parts.store)
    entry, port, size = Entry(reusable=by_hand), settings.screen.port, settings.screen
    glass = PanelSize(diagonal_inch=size.diagonal_inch, width=size.width, height=size.height, bottom_mm=size.bottom_mm)
    app = create_app(kiosk, entry=entry, panel=glass, assets=settings.assets, port=port, recordings=ROOT / "recordings")

    def address() -> str:
        return f"http://127.0.0.1:{port}/masuk?kunci={entry.fresh()}"

    screen = Screen(kiosk, app, address, rehearsal.demo_panel(kiosk) if settings.panel.port else None, shown)
    demand_first_page(screen, port)
    return screen


def demand_first_page(screen: Screen, port: int) -> None:
    """New content may load and still be no page: then it goes, and the next start has what served before.

    Raises RuntimeError for content that was sent back.
    """
    running = screen.shown.running
    if running is None or not running.number:
        return
    client, host = screen.app.test_client(), {"Host": f"127.0.0.1:{port}"}
    client.get(screen.address(), headers=host)
    if client.get("/", headers=host).status_code != 200:
        running.send_back()
        raise RuntimeError(f"content {running.number} gives no first page")


def run_screen(settings: Settings, *, shell: str | None = None, clock: Clock | None = None) -> None:
    """Serve the pages and show the window until it is closed or we are told to stop."""
    from kiosk.shell import connect
    from kiosk.ui.serving import serve

    set_up_logging()
    kind = shell or settings.screen.shell
    window: list[Shell] = []
    brooms: list[forgetting.Broom] = []

    def renew() -> None:
        for shown_in in window:
            shown_in.renew()
        for broom in brooms:
            broom.left()

    reserve.settle(settings.state)
    screen = build_screen(settings, by_hand=kind == "none", on_wiped=renew, clock=clock)
    forgetting.settle()
    served = [serve(screen.app, port=settings.screen.port, threads=UI_THREADS, after=forgetting.blank_stack)]
    if screen.panel is not None:
        served.append(serve(screen.panel, port=settings.panel.port))
    brooms.append(forgetting.Broom(*(pages.drop_idle for pages in served)))
    if kind == "none":
        leave_address(settings, screen.address)
    window.append(
        connect(
            kind,
            address=screen.address,
            origin=f"http://127.0.0.1:{settings.screen.port}",
            width=settings.screen.width,
            height=settings.screen.height,
            profile=run_folder(settings),
        )
    )
    try:
        with_watchdog(window[0], screen.kiosk, screen.shown, brooms[0])
    finally:
        for pages in served:
            pages.stop()


def with_watchdog(window: "Shell", kiosk: "Kiosk", shown: Shown, broom: forgetting.Broom) -> None:
    """The window on this thread; beside it a thread that ends idle visits, sweeps up after each, and feeds systemd while the
    pages live.

    When new content waits and nobody is here, the window is closed: this process ends, and systemd's next one takes it."""
    over = threading.Event()

    def watch() -> None:
        told_before: dict[str, str] = {}
        while not over.wait(WATCH_S):
            kiosk.seconds_left()
            broom.sweep_if_left()
            tell_devices(kiosk, told_before)
            notify("WATCHDOG=1")
            shown.confirm()
            if shown.outdated(kiosk):
                log.info("leaving_for_new_content")
                window.close()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: window.close())
    notify("READY=1")
    threading.Thread(target=watch, name="watch", daemon=True).start()
    try:
        window.run()
    finally:
        over.set()


def tell_devices(kiosk: "Kiosk", told_before: dict[str, str]) -> None:
    """How the devices and their paper are, for the heartbeat; written down when it changes."""
    from kiosk.session import consumables

    readings = kiosk.health()
    kiosk.parts.toolbox.sightings.look(readings, kiosk.parts.clock.monotonic())
    devices = {**readings, **consumables.look(kiosk.parts, readings)}
    codes = {role: health.code or str(health.condition) for role, health in devices.items()}
    codes.pop(shown_content.ROLE, None)  # the courier and the start write it themselves
    for role, code in {**codes, "freeze": next(iter(kiosk.parts.freeze()), "ready")}.items():
        if told_before.get(role) != code:
            kiosk.parts.store.report_device(role, code)
            told_before[role] = code


def run_folder(settings: Settings, environment: Mapping[str, str] = os.environ) -> Path:
    """Short-lived files: systemd's runtime folder (tmpfs), else beside the state."""
    folder = Path(environment.get("RUNTIME_DIRECTORY", settings.state.parent / "run"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def leave_address(settings: Settings, address: Callable[[], str]) -> None:
    """For `make run` and tests without a window: the address, readable by this user only."""
    path = run_folder(settings) / "address"
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(address())
