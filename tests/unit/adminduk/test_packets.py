"""Sealed packets: what goes in comes out at the centre, and nothing else can be made of them."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from adminduk import packets
from adminduk.packets import (
    HEADER_SIZE,
    INFO,
    Packet,
    PacketError,
    Page,
    SealingKey,
    ending,
    open_packet,
    read_header,
    seal,
)

PRIVATE = X25519PrivateKey.generate()
KEY = SealingKey(PRIVATE.public_key())
PACKET = Packet(
    id=UUID("01a1fc62-68af-764b-8599-9db65e4023c8"), service="KK-UBAH-3", kiosk_id="K-0001", desa="3312122001",
    sealed_at="2026-11-21T03:00:00.000000Z", clock_trusted=True, ticket="000178604937", secret=bytes(range(16)),
    pin="402740", answers={"nik": "3312120101909901", "nama": "WARGA CONTOH"},
    papers={"kk_lama": (Page("kk_lama-1.jpg", b"\xff\xd8satu"), Page("kk_lama-2.jpg", b"\xff\xd8dua"))},
    notice_version="2026-1",
)  # fmt: skip
SEALED = seal(PACKET, KEY)


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(PacketError) as caught:
        action()
    return caught.value.code


def test_the_centre_reads_what_the_kiosk_sealed() -> None:
    assert open_packet(SEALED, PRIVATE) == PACKET


def test_a_completion_and_a_helper_travel_along() -> None:
    packet = replace(PACKET, replaces=UUID(int=7), assisted_by="petugas-1")
    assert open_packet(seal(packet, KEY), PRIVATE) == packet


@settings(max_examples=60)
@given(
    answers=st.dictionaries(st.text(max_size=12), st.text(max_size=40), max_size=8),
    pages=st.lists(st.binary(max_size=200), max_size=6),
)
def test_any_answers_and_pages_come_back(answers: dict[str, str], pages: list[bytes]) -> None:
    papers = {"bukti": tuple(Page(f"bukti-{n}.jpg", page) for n, page in enumerate(pages, 1))} if pages else {}
    packet = replace(PACKET, answers=answers, papers=papers)
    assert open_packet(seal(packet, KEY), PRIVATE) == packet


@settings(max_examples=150)
@given(at=st.integers(0, len(SEALED) - 1), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_is_found(at: int, bit: int) -> None:
    broken = bytearray(SEALED)
    broken[at] ^= 1 << bit
    with pytest.raises(PacketError):
        open_packet(bytes(broken), PRIVATE)


@settings(max_examples=80)
@given(length=st.integers(0, len(SEALED) - 1))
def test_a_torn_packet_is_found(length: int) -> None:
    with pytest.raises(PacketError):
        open_packet(SEALED[:length], PRIVATE)


@given(st.binary(max_size=300))
def test_noise_is_no_packet(noise: bytes) -> None:
    with pytest.raises(PacketError):
        open_packet(noise, PRIVATE)


def test_a_stolen_packet_tells_nothing_but_its_size() -> None:
    for secret in (b"3312120101909901", b"WARGA", b"402740", b"000178604937", bytes(range(16)), b"kk_lama"):
        assert secret not in SEALED
    assert read_header(SEALED).id == PACKET.id


def test_another_office_cannot_open_it() -> None:
    assert code_of(lambda: open_packet(SEALED, X25519PrivateKey.generate())) == "kunci_lain"


def test_an_independent_implementation_opens_it() -> None:
    import pyhpke

    suite = pyhpke.CipherSuite.new(
        pyhpke.KEMId.DHKEM_X25519_HKDF_SHA256, pyhpke.KDFId.HKDF_SHA256, pyhpke.AEADId.CHACHA20_POLY1305
    )
    key = suite.kem.deserialize_private_key(PRIVATE.private_bytes_raw())
    body = SEALED[HEADER_SIZE:]
    opened = suite.create_recipient_context(body[:32], key, info=INFO + SEALED[:HEADER_SIZE]).open(body[32:])
    with zipfile.ZipFile(io.BytesIO(opened)) as archive:
        assert json.loads(archive.read("packet.json"))["ticket"] == PACKET.ticket
        assert archive.read("pages/kk_lama-1.jpg") == b"\xff\xd8satu"


def test_a_header_of_another_packet_does_not_fit() -> None:
    other = replace(PACKET, id=UUID(int=1))
    mixed = seal(other, KEY)[:HEADER_SIZE] + SEALED[HEADER_SIZE:]
    assert code_of(lambda: open_packet(mixed, PRIVATE)) == "segel_rusak"


@pytest.mark.parametrize(("at", "byte", "code"), [(0, 0x58, "bukan_paket"), (4, 2, "versi"), (5, 9, "versi")])
def test_a_strange_header_is_named(at: int, byte: int, code: str) -> None:
    strange = bytearray(SEALED)
    strange[at] = byte
    assert code_of(lambda: read_header(bytes(strange))) == code


def resealed(plaintext: bytes) -> bytes:
    """What an enrolled but rogue kiosk could send: a true seal around bad content."""
    header = SEALED[:HEADER_SIZE]
    return header + packets.seal_to(KEY.public, plaintext, INFO + header)


def archive(manifest: object, pages: dict[str, bytes], *, method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        made.writestr("packet.json", manifest if isinstance(manifest, str) else json.dumps(manifest))
        for name, content in pages.items():
            made.writestr(name, content)
    return out.getvalue()


def manifest(**changes: object) -> dict[str, object]:
    made: dict[str, object] = packets._manifest(PACKET)
    return {**made, **changes}


PAGES = {f"pages/{page.name}": page.content for page in PACKET.papers["kk_lama"]}


@pytest.mark.parametrize(
    "plaintext",
    [
        b"no archive",
        archive("{", PAGES),
        archive('{"v":1,"v":1}', PAGES),
        archive([], PAGES),
        archive(manifest(v=2), PAGES),
        archive(manifest(ticket=5), PAGES),
        archive(manifest(clock_trusted="yes"), PAGES),
        archive(manifest(answers={"nik": 3}), PAGES),
        archive(manifest(answers=[]), PAGES),
        archive(manifest(papers={"kk_lama": [{"name": "kk_lama-1.jpg", "sha256": "00"}]}), PAGES),
        archive(manifest(papers={"kk_lama": [{"name": "../../etc/passwd", "sha256": "00"}]}), PAGES),
        archive(manifest(id=str(UUID(int=3))), PAGES),
        archive(manifest(secret="zz"), PAGES),
        archive(manifest(assisted_by=4), PAGES),
        archive({**manifest(), "surprise": 1}, PAGES),
        archive(manifest(), {**PAGES, "pages/../x": b"1"}),
        archive(manifest(), {**PAGES, "other.txt": b"1"}),
        archive(manifest(), PAGES, method=zipfile.ZIP_DEFLATED),
        archive(manifest(), {}),
    ],
)
def test_a_rogue_kiosk_cannot_smuggle(plaintext: bytes) -> None:
    assert code_of(lambda: open_packet(resealed(plaintext), PRIVATE)) == "isi_rusak"


def test_too_many_pages_are_refused_on_both_sides() -> None:
    many = tuple(Page(f"bukti-{n}.jpg", b"x") for n in range(packets.MAX_PAGES + 1))
    assert code_of(lambda: seal(replace(PACKET, papers={"bukti": many}), KEY)) == "terlalu_besar"
    crowd = {f"pages/bukti-{n}.jpg": b"x" for n in range(packets.MAX_PAGES + 1)}
    assert code_of(lambda: open_packet(resealed(archive(manifest(), crowd)), PRIVATE)) == "terlalu_besar"


@pytest.mark.parametrize("name", ["WARGA CONTOH.jpg", "kk-1.png", "../kk-1.jpg", "kk-1.jpg.exe", "-1.jpg", "kk.jpg"])
def test_a_page_is_never_named_after_a_person_or_a_path(name: str) -> None:
    papers = {"kk": (Page(name, b"x"),)}
    assert code_of(lambda: seal(replace(PACKET, papers=papers), KEY)) == "nama_halaman"


def test_two_pages_of_one_name_are_refused() -> None:
    papers = {"kk": (Page("kk-1.jpg", b"x"), Page("kk-1.jpg", b"y"))}
    assert code_of(lambda: seal(replace(PACKET, papers=papers), KEY)) == "nama_halaman"


def test_small_messages_are_sealed_to_one_key_and_one_purpose() -> None:
    sealed = packets.seal_to(KEY.public, b"apa kabar", b"tujuan/1")
    assert packets.unseal(PRIVATE, sealed, b"tujuan/1") == b"apa kabar"
    assert code_of(lambda: packets.unseal(PRIVATE, sealed, b"tujuan/2")) == "segel_rusak"
    assert code_of(lambda: packets.unseal(PRIVATE, b"", b"tujuan/1")) == "segel_rusak"


def test_nothing_personal_shows_in_a_repr_or_an_error() -> None:
    shown = repr(PACKET) + repr(PACKET.papers["kk_lama"][0])
    for secret in ("3312120101909901", "WARGA", "402740", "satu"):
        assert secret not in shown


def test_a_page_knows_its_media_type() -> None:
    assert Page("kk-1.avif", b"").media_type == "image/avif"
    assert Page("kk-1.jpg", b"").media_type == "image/jpeg"
    assert Page("kk-1.pdf", b"").media_type == "application/pdf"


def test_a_page_kept_by_the_release_before_keeps_its_kind() -> None:
    assert ending(b"\xff\xd8\xff\xe0\0\x10JFIF") == ending(b"") == "jpg"
    assert ending(bytearray(b"\0\0\0\x1cftypavif\0\0\0\0")) == "avif"


def test_what_the_kiosk_remarked_of_a_picture_travels_along() -> None:
    packet = replace(PACKET, remarks={"kk_lama": ("blur", "glare")})
    assert open_packet(seal(packet, KEY), PRIVATE) == packet


def test_a_packet_of_a_kiosk_that_knows_no_remarks_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    known = packets._manifest
    monkeypatch.setattr(packets, "_manifest", lambda packet: {k: v for k, v in known(packet).items() if k != "remarks"})
    assert open_packet(seal(PACKET, KEY), PRIVATE) == PACKET


@pytest.mark.parametrize("told", [[], {"kk_lama": "blur"}, {"kk_lama": [1]}, {"kk_lama": None}])
def test_remarks_of_another_kind_are_broken_content(monkeypatch: pytest.MonkeyPatch, told: object) -> None:
    known = packets._manifest
    monkeypatch.setattr(packets, "_manifest", lambda packet: {**known(packet), "remarks": told})
    assert code_of(lambda: open_packet(seal(PACKET, KEY), PRIVATE)) == "isi_rusak"
