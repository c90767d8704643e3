"""What a test waits for: a code before an eye, a scanner's page, the battery, the disk, the sheet under the camera."""

from collections.abc import Callable, Mapping

from kiosk import imaging
from kiosk.hardware.health import Condition
from kiosk.hardware.power.protocol import Mains
from kiosk.imaging import Corners
from kiosk.imaging.target import Reading, read_target
from kiosk.session import capture
from kiosk.session.parts import Parts
from kiosk.session.scanning import Scan
from kiosk.session.technician import mat, verdicts
from kiosk.session.technician.trials import Stage, Trial, confirm
from kiosk.session.technician.verdicts import Verdict

# --- what happens by itself -------------------------------------------------------------------------------------------


def look(trial: Trial, parts: Parts) -> None:
    """Called by the page's poll: has a code come, has the scanner ended, is the battery on?"""
    if (waiting := _LOOK.get(trial.stage)) is not None:
        waiting(trial, parts)


def _look_for_slip(trial: Trial, parts: Parts) -> None:
    seen = {*capture.codes(parts), parts.codes.next() or ""}
    if trial.code in seen:
        confirm(trial, parts)
        trial.stage, trial.note = Stage.TIDY, ""
    elif any(map(verdicts.is_test, seen)):
        trial.note = "struk_lain"


def _look_for_code(trial: Trial, parts: Parts) -> None:
    seen = parts.codes.next()
    if seen == trial.code or seen in trial.others:
        trial.stage, trial.note = Stage.HEARD, ""
    elif seen is not None:
        trial.end("kode_lain")


def _look_at_scan(trial: Trial, parts: Parts) -> None:
    result = trial.scan.result if trial.scan is not None else None
    if result is None:
        return
    trial.scan, trial.stage = None, Stage.LAY
    if result.code:
        trial.end(result.code)
    elif result.pages:
        _judge_scan(trial, parts, result.pages[0])


def _judge_scan(trial: Trial, parts: Parts, page: bytes) -> None:
    try:
        picture = imaging.decode_upload(page)
        reading = read_target(picture, imaging.whole_frame(picture))
    except imaging.ImagingError:
        trial.end("scanner.failed")
        return
    if trial.device == "scanner":
        trial.finish(verdicts.of_scan(reading, parts.scanned, parts.toolbox.limits))
    else:
        _judge_print(trial, parts, reading, scanned=True)


def _judge_print(trial: Trial, parts: Parts, reading: Reading, *, scanned: bool = False) -> None:
    if reading.code == trial.code:
        confirm(trial, parts)
    trial.finish(verdicts.of_print(reading, trial.code, parts.toolbox.limits, scanned=scanned))


def _look_at_power(trial: Trial, parts: Parts) -> None:
    state, waited = parts.power.state(), parts.clock.monotonic() - trial.begun
    if trial.note:  # it was on battery when the test began: wait for the mains, then begin
        if state.mains is Mains.YES:
            trial.note, trial.begun = "", parts.clock.monotonic()
    elif state.mains is Mains.NO:
        trial.end(seconds=round(waited, 1), battery_percent=state.battery_percent)
    elif waited > parts.toolbox.limits.unplug_s:
        trial.end("tidak_terlihat")


def _look_at_canary(trial: Trial, parts: Parts) -> None:
    result, waited = trial.canary.result if trial.canary else None, parts.clock.monotonic() - trial.begun
    if result is not None:
        trial.end(*((result.code,) if result.condition is not Condition.READY else ()), seconds=round(waited, 1))
    elif waited > parts.toolbox.limits.canary_s:
        trial.end("tidak_menjawab")


_LOOK: Mapping[Stage, Callable[[Trial, Parts], None]] = {
    Stage.SHOW: _look_for_slip,
    Stage.READ: _look_for_code,
    Stage.SCANNING: _look_at_scan,
    Stage.UNPLUG: _look_at_power,
    Stage.WRITING: _look_at_canary,
}


# --- what a person does -----------------------------------------------------------------------------------------------


def check(trial: Trial, parts: Parts) -> None:
    """Look at the sheet under the camera."""
    if trial.stage is not Stage.LAY or trial.device == "scanner":
        return
    frame = parts.camera.latest()
    found = None if frame is None else imaging.find_sheet(frame.image)
    if frame is None or found is None:
        trial.note = "lembar_tidak_ada" if frame is not None else parts.camera.state().code or "camera.lost"
        return
    reading = read_target(frame.image, found)
    if trial.device == "paper":
        _judge_print(trial, parts, reading)
        return
    verdict = verdicts.of_camera(reading, parts.thresholds)
    lay = _turned(parts, mat.shares(frame.image, found)) if verdicts.is_test(reading.code) else {}
    trial.finish(Verdict(codes=verdict.codes, numbers={**verdict.numbers, **lay}))


def _turned(parts: Parts, now: Corners) -> dict[str, float]:
    """How far the sheet is from where it lay when the mat was placed; nothing where that is not known."""
    placed = mat.known(parts)
    if placed is None or placed.sheet is None:
        return {}
    return {"turned_share": round(verdicts.turned(placed.sheet, now), 4)}


def scan(trial: Trial, parts: Parts) -> None:
    """Read the sheet on the scanner's glass; ``look`` takes what comes."""
    if trial.stage is not Stage.LAY or trial.device == "camera":
        return
    health = parts.scanner.state()
    if not health.usable:
        trial.note = health.code or "scanner.absent"
        return
    trial.scan, trial.stage, trial.note = Scan(parts.scanner), Stage.SCANNING, ""
    trial.scan.start()
