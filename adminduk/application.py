"""An application and its life: states, who may move it, why.

Source: domain reference §2.1–2.2 (roles and workflow of five kabupaten). Pure: nothing is stored here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    DIAJUKAN = "DIAJUKAN"
    DISETUJUI = "DISETUJUI"
    DIPROSES = "DIPROSES"
    DIVALIDASI = "DIVALIDASI"
    DITANDATANGANI = "DITANDATANGANI"
    SIAP_CETAK = "SIAP_CETAK"
    SELESAI = "SELESAI"
    PERLU_DILENGKAPI = "PERLU_DILENGKAPI"
    DIBATALKAN = "DIBATALKAN"


class Role(StrEnum):
    VERIFIKATOR = "verifikator"
    OPERATOR_SIAK = "operator_siak"
    VALIDATOR = "validator"
    PENANDA_TANGAN = "penanda_tangan"
    ADMIN = "admin"
    SISTEM = "sistem"


class Action(StrEnum):
    SETUJUI = "setujui"
    KEMBALIKAN = "kembalikan"
    BATALKAN = "batalkan"
    ENTRI = "entri"
    VALIDASI = "validasi"
    TOLAK_VALIDASI = "tolak_validasi"
    TANDA_TANGANI = "tanda_tangani"
    TERBITKAN = "terbitkan"
    SELESAIKAN = "selesaikan"


class Forbidden(Exception):  # noqa: N818 - reads as what it is; not a programming error
    """A move that may not be made. ``code`` is stable; the desk words it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Move:
    """One arrow of the workflow."""

    sources: frozenset[State]
    target: State
    roles: frozenset[Role]
    needs_reason: bool = False


def _move(sources: tuple[State, ...], target: State, roles: tuple[Role, ...], *, needs_reason: bool = False) -> Move:
    return Move(frozenset(sources), target, frozenset(roles), needs_reason)


MOVES: Mapping[Action, Move] = {
    Action.SETUJUI: _move((State.DIAJUKAN,), State.DISETUJUI, (Role.VERIFIKATOR,)),
    Action.KEMBALIKAN: _move((State.DIAJUKAN,), State.PERLU_DILENGKAPI, (Role.VERIFIKATOR,), needs_reason=True),
    Action.BATALKAN: _move((State.DIAJUKAN, State.DISETUJUI), State.DIBATALKAN, (Role.VERIFIKATOR,), needs_reason=True),
    Action.ENTRI: _move((State.DISETUJUI,), State.DIPROSES, (Role.OPERATOR_SIAK,)),
    Action.VALIDASI: _move((State.DIPROSES,), State.DIVALIDASI, (Role.VALIDATOR,)),
    Action.TOLAK_VALIDASI: _move((State.DIPROSES,), State.DISETUJUI, (Role.VALIDATOR,), needs_reason=True),
    Action.TANDA_TANGANI: _move((State.DIVALIDASI,), State.DITANDATANGANI, (Role.PENANDA_TANGAN,)),
    Action.TERBITKAN: _move((State.DITANDATANGANI,), State.SIAP_CETAK, (Role.VERIFIKATOR, Role.PENANDA_TANGAN)),
    # the system closes: after the self-print, or after validation where a service has no document
    Action.SELESAIKAN: _move((State.SIAP_CETAK, State.DIVALIDASI), State.SELESAI, (Role.SISTEM,)),
}


@dataclass(frozen=True, slots=True)
class Work:
    """What a move needs to know of an application."""

    state: State
    entered_by: str | None = None
    validated_by: str | None = None


def check(work: Work, action: Action, *, actor: str, role: Role, reason: str = "") -> str:
    """The code that forbids the move, or an empty string."""
    move = MOVES[action]
    if role not in move.roles:
        return "peran_salah"
    if work.state not in move.sources:
        return "keadaan_salah"
    if action is Action.VALIDASI and actor == work.entered_by:
        return "sudah_dientri_sendiri"
    if action is Action.TANDA_TANGANI and actor == work.validated_by:
        return "sudah_divalidasi_sendiri"
    return "alasan_wajib" if move.needs_reason and not reason else ""


def move(work: Work, action: Action, *, actor: str, role: Role, reason: str = "") -> Work:
    """The application after the move.

    Raises:
        Forbidden: ``peran_salah``, ``keadaan_salah``, ``sudah_dientri_sendiri``, ``sudah_divalidasi_sendiri``,
            ``alasan_wajib``.
    """
    if code := check(work, action, actor=actor, role=role, reason=reason):
        raise Forbidden(code)
    moved = replace(work, state=MOVES[action].target)
    if action is Action.ENTRI:
        return replace(moved, entered_by=actor, validated_by=None)
    return replace(moved, validated_by=actor) if action is Action.VALIDASI else moved


def actions_for(work: Work, *, actor: str, role: Role) -> tuple[Action, ...]:
    """What this officer may do now; a reason is assumed to be given."""
    return tuple(action for action in Action if not check(work, action, actor=actor, role=role, reason="R"))
