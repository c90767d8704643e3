"""The life of an application: who may move it, from where, why; nobody does two offices' work."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminduk.application import MOVES, Action, Forbidden, Role, State, Work, actions_for, move

WALK = (
    (Action.SETUJUI, Role.VERIFIKATOR, State.DISETUJUI),
    (Action.ENTRI, Role.OPERATOR_SIAK, State.DIPROSES),
    (Action.VALIDASI, Role.VALIDATOR, State.DIVALIDASI),
    (Action.TANDA_TANGANI, Role.PENANDA_TANGAN, State.DITANDATANGANI),
    (Action.TERBITKAN, Role.VERIFIKATOR, State.SIAP_CETAK),
    (Action.SELESAIKAN, Role.SISTEM, State.SELESAI),
)


def code_of(work: Work, action: Action, *, actor: str, role: Role, reason: str = "") -> str:
    with pytest.raises(Forbidden) as caught:
        move(work, action, actor=actor, role=role, reason=reason)
    return caught.value.code


def test_the_whole_walk_with_five_people() -> None:
    work = Work(State.DIAJUKAN)
    for number, (action, role, state) in enumerate(WALK):
        work = move(work, action, actor=f"petugas-{number}", role=role)
        assert work.state is state
    assert (work.entered_by, work.validated_by) == ("petugas-1", "petugas-2")


def test_who_enters_may_not_validate() -> None:
    work = Work(State.DIPROSES, entered_by="ani")
    assert code_of(work, Action.VALIDASI, actor="ani", role=Role.VALIDATOR) == "sudah_dientri_sendiri"
    assert Action.VALIDASI not in actions_for(work, actor="ani", role=Role.VALIDATOR)


def test_who_validates_may_not_sign() -> None:
    work = Work(State.DIVALIDASI, entered_by="ani", validated_by="budi")
    assert code_of(work, Action.TANDA_TANGANI, actor="budi", role=Role.PENANDA_TANGAN) == "sudah_divalidasi_sendiri"


def test_a_second_entry_wipes_the_first_validation() -> None:
    back = move(Work(State.DIPROSES, "ani"), Action.TOLAK_VALIDASI, actor="budi", role=Role.VALIDATOR, reason="R08")
    again = move(back, Action.ENTRI, actor="citra", role=Role.OPERATOR_SIAK)
    assert (again.entered_by, again.validated_by) == ("citra", None)


@pytest.mark.parametrize("action", [action for action, made in MOVES.items() if made.needs_reason])
def test_a_return_needs_a_reason(action: Action) -> None:
    made = MOVES[action]
    work, role = Work(min(made.sources)), min(made.roles)
    assert code_of(work, action, actor="x", role=role) == "alasan_wajib"
    assert move(work, action, actor="x", role=role, reason="R04").state is made.target


@pytest.mark.parametrize(("action", "role"), list(product(Action, Role)))
def test_only_the_named_roles_move(action: Action, role: Role) -> None:
    made = MOVES[action]
    work = Work(min(made.sources))
    if role in made.roles:
        assert move(work, action, actor="x", role=role, reason="R04").state is made.target
    else:
        assert code_of(work, action, actor="x", role=role, reason="R04") == "peran_salah"


@pytest.mark.parametrize(("action", "state"), list(product(Action, State)))
def test_only_the_named_states_move(action: Action, state: State) -> None:
    made = MOVES[action]
    if state not in made.sources:
        assert code_of(Work(state), action, actor="x", role=min(made.roles), reason="R04") == "keadaan_salah"


@given(st.lists(st.tuples(st.sampled_from(Action), st.sampled_from(Role), st.sampled_from("abc")), max_size=30))
def test_however_officers_press_nobody_does_two_offices_of_one_application(
    steps: list[tuple[Action, Role, str]],
) -> None:
    work = Work(State.DIAJUKAN)
    for action, role, actor in steps:
        before = work
        if action in actions_for(work, actor=actor, role=role):
            work = move(work, action, actor=actor, role=role, reason="R04")
        if work.state is State.DIVALIDASI and before.state is State.DIPROSES:
            assert work.validated_by != work.entered_by
        if work.state is State.DITANDATANGANI and before.state is State.DIVALIDASI:
            assert actor != work.validated_by


def test_an_end_is_an_end_for_officers() -> None:
    for state, role in product((State.SELESAI, State.DIBATALKAN, State.PERLU_DILENGKAPI), Role):
        assert actions_for(Work(state), actor="x", role=role) == ()
