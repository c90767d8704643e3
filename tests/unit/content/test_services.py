"""What the domain reference says of services, sentence by sentence (§1.3 to §1.6): names, outputs, papers, routes."""

import pytest

from adminduk.services import FieldKind, Proof, Service
from content.loader import load

WONOGIRI = load()
SERVICES = list(WONOGIRI.services.values())
APPLIED = [service for service in SERVICES if service.flow == "apply"]
PROFILES = ("wonogiri", "buleleng", "mataram", "balangan", "maluku_tengah")
FORMS = {"F-1.01", "F-1.02", "F-1.03", "F-1.04", "F-1.05", "F-1.06", "F-1.07", "F-2.01", "F-2.03", "F-2.04"}
CODES = """
    AKUN BIO KK-BARU-1 KK-BARU-2 KK-BARU-3 KK-BARU-4 KK-BARU-5 KK-BARU-6 KK-UBAH-1 KK-UBAH-2 KK-UBAH-3 KK-HR KK-OA KTP-BARU
    KTP-HR KTP-UBAH KTP-DTG KTP-LD KIA-BARU KIA-HR SKPWNI SKP-BATAL SKDWNI SKPLN SKDLN SKTT AKL AKL-TRI AKL-KHUSUS AKL-IBU
    AKL-TAU AKM AKM-TT AKM-OA AYO-SKAK AKW AKC AKA AKS ANGKAT BETUL-L BETUL-M BETUL-K DOK-HR LAHIR-MATI BTL-KAWIN BTL-CERAI
    LEPAS-WN SKPTI SKPS LAPOR-LN KONSOL DATA-CECER CETAK CEK
""".split()
OUTPUTS = """
    KTP KK KIA SKPWNI SKDWNI SKPLN SKDLN SKTT SK_KELAHIRAN SK_LAHIR_MATI SK_BATAL_KAWIN SK_BATAL_CERAI SK_KEMATIAN SK_ANGKAT
    SK_LEPAS_WN SKPTI SKPS AKTA_KELAHIRAN AKTA_KEMATIAN AKTA_PERKAWINAN AKTA_PERCERAIAN AKTA_PENGAKUAN AKTA_PENGESAHAN
""".split()


def code(service: Service) -> str:
    return service.code


def papers(name: str, **answers: str) -> list[str]:
    return [paper.code for paper in WONOGIRI.services[name].papers_for(answers)]


@pytest.mark.parametrize("name", CODES)
def test_every_service_of_the_catalogue_is_there(name: str) -> None:
    assert name in WONOGIRI.services


@pytest.mark.parametrize("output", OUTPUTS)
def test_every_one_of_the_23_outputs_is_reached_by_a_service(output: str) -> None:
    assert any(made.code == output for service in SERVICES for made in service.outputs)


def test_there_are_23_outputs_and_the_biodata_sheet() -> None:
    assert set(WONOGIRI.outputs) == {*OUTPUTS, "BIODATA"}


def test_21_of_the_23_are_printed_in_the_village_and_two_are_cards() -> None:
    cards = [name for name in OUTPUTS if WONOGIRI.outputs[name].media == "card"]
    assert cards == ["KTP", "KIA"]
    assert all(WONOGIRI.outputs[name].media == "a4" for name in OUTPUTS if name not in cards)


def test_every_form_of_the_ministry_is_used() -> None:
    assert {form for service in SERVICES for form in service.forms} >= FORMS


@pytest.mark.parametrize("alias", WONOGIRI.aliases, ids=str)
def test_a_name_of_the_five_regions_finds_its_service(alias: str) -> None:
    assert WONOGIRI.aliases[alias]
    assert set(WONOGIRI.aliases[alias]) <= set(WONOGIRI.services)


@pytest.mark.parametrize("service", APPLIED, ids=code)
def test_an_application_asks_who_applies_first(service: Service) -> None:
    assert [field.key for field in service.fields()][:3] == ["nik", "no_kk", "nama"]


@pytest.mark.parametrize("service", SERVICES, ids=code)
def test_kuasa_asks_for_whom_and_for_the_signed_letter(service: Service) -> None:
    has_question = any(field.key == "untuk" for field in service.fields())
    assert has_question == service.kuasa
    assert ("surat_kuasa" in papers(service.code, untuk="kuasa")) == service.kuasa
    assert "surat_kuasa" not in papers(service.code, untuk="keluarga")
    assert ("F-1.07" in service.forms) == service.kuasa


@pytest.mark.parametrize("service", [service for service in SERVICES if service.witnesses.count], ids=code)
def test_two_witnesses_are_grown_up_and_nobody_else_of_the_form(service: Service) -> None:
    numbers = [field for field in service.fields() if field.key in ("saksi1_nik", "saksi2_nik")]
    assert len(numbers) == service.witnesses.count == 2
    for field in numbers:
        assert field.kind is FieldKind.NIK
        assert field.min_age == service.witnesses.min_age == 21
        assert {"nik", "ayah_nik", "ibu_nik"} <= set(field.differs_from)


@pytest.mark.parametrize("service", SERVICES, ids=code)
def test_witnesses_stand_where_the_civil_registry_form_is_for_an_event(service: Service) -> None:
    assert (service.witnesses.count == 2) == any(field.key == "saksi1_nik" for field in service.fields())


def test_a_witness_card_is_not_asked_for_by_the_circular() -> None:
    assert not any(service.witnesses.card_copy for service in SERVICES)
    assert not any(paper.code == "ktp_saksi" for service in SERVICES for paper in service.papers)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("AKL", 60),
        ("AKM", 30),
        ("AYO-SKAK", 30),
        ("LAHIR-MATI", 30),
        ("AKW", 60),
        ("AKC", 60),
        ("SKTT", 14),
        ("SKDLN", 14),
    ],
)
def test_deadlines_are_shown(name: str, days: int) -> None:
    assert WONOGIRI.services[name].deadline_days == days


@pytest.mark.parametrize("service", SERVICES, ids=code)
def test_the_office_promises_one_day_for_paper_three_for_cards_seven_for_visits(service: Service) -> None:
    assert service.sla_working_days in {"A": (1,), "B": (1, 3, 7), "C": (3,), "D": (7,)}[service.mode]


@pytest.mark.parametrize("service", [s for s in SERVICES if any(o.media == "card" for o in s.outputs)], ids=code)
def test_who_gets_a_card_is_told_where(service: Service) -> None:
    assert any("struk" in step for step in service.next_steps)


def test_a_lost_thing_needs_the_police_and_a_broken_one_itself() -> None:
    for name, broken in (
        ("KK-HR", "kk_rusak"),
        ("KTP-HR", "ktp_rusak"),
        ("KIA-HR", "kia_rusak"),
        ("DOK-HR", "akta_rusak"),
    ):
        assert "surat_hilang" in papers(name, sebab="hilang")
        assert broken not in papers(name, sebab="hilang")
        assert broken in papers(name, sebab="rusak")
        assert "surat_hilang" not in papers(name, sebab="rusak")


def test_a_birth_without_papers_needs_statements_and_the_slot_cannot_be_mistaken() -> None:
    assert papers("AKL", ada_surat_lahir="ya", buku_nikah="ya") == ["surat_lahir", "kk", "buku_nikah"]
    assert papers("AKL", ada_surat_lahir="tidak", buku_nikah="tidak") == ["sptjm_lahir", "kk", "sptjm"]
    assert any("perkawinan belum tercatat" in note for note in WONOGIRI.services["AKL"].notes)


def test_a_house_of_somebody_else_needs_his_word() -> None:
    for name in ("SKPWNI", "SKDWNI", "KK-BARU-4", "KTP-DTG", "BIO"):
        assert "tidak_keberatan" in papers(name, menumpang_rumah="ya")
        assert "tidak_keberatan" not in papers(name, menumpang_rumah="tidak")


def test_minors_who_move_alone_need_their_parents_word() -> None:
    assert "izin_ortu" in papers("SKPWNI", anak_saja="ya")


def test_a_grown_child_needs_photos_for_the_card_and_a_baby_does_not() -> None:
    assert "foto_anak" in papers("KIA-BARU", kia_umur="besar")
    assert "foto_anak" not in papers("KIA-BARU", kia_umur="balita")


def test_the_account_takes_four_photos() -> None:
    assert papers("AKUN") == ["foto_ktp", "kk", "tanda_tangan", "swafoto"]


def test_one_application_gives_three_documents() -> None:
    assert [output.code for output in WONOGIRI.services["AKL-TRI"].outputs] == ["AKTA_KELAHIRAN", "KK", "KIA"]


def test_a_second_copy_is_of_the_akta_that_was_asked_for() -> None:
    outputs = WONOGIRI.services["DOK-HR"].outputs_for({"akta_jenis": "kematian"})
    assert [output.code for output in outputs] == ["AKTA_KEMATIAN"]


def test_the_fast_track_has_its_own_queue_and_wonogiri_has_it_alone() -> None:
    assert WONOGIRI.services["AYO-SKAK"].queue == "cepat"
    assert [name for name in PROFILES if "AYO-SKAK" in load(name).services] == ["wonogiri"]


def test_only_biodata_asks_for_the_letter_of_the_neighbourhood() -> None:
    assert [s.code for s in SERVICES if any(paper.code == "pengantar" for paper in s.papers)] == ["BIO"]


def test_ten_people_may_move_together() -> None:
    fields = WONOGIRI.services["SKPWNI"].asked({"yang_pindah": "semua", "jumlah_pindah": "10"})
    assert sum(field.key.endswith("_nik") and field.key.startswith("ikut") for field in fields) == 10
    fewer = WONOGIRI.services["SKPWNI"].asked({"yang_pindah": "semua", "jumlah_pindah": "2"})
    assert [field.key for field in fewer if field.key.startswith("ikut")] == [
        "ikut1_nama", "ikut1_nik", "ikut1_hubungan", "ikut2_nama", "ikut2_nik", "ikut2_hubungan",
    ]  # fmt: skip
    assert not [f for f in WONOGIRI.services["SKPWNI"].asked({"yang_pindah": "kepala"}) if f.key.startswith("ikut")]


def test_biodata_takes_ten_members_and_a_new_one_has_no_nik() -> None:
    fields = WONOGIRI.services["BIO"].asked({"jumlah_biodata": "10"})
    assert (
        sum(field.key.endswith("_nama") and "ibu" not in field.key and "ayah" not in field.key for field in fields)
        == 10
    )
    assert not [field.key for field in fields if field.key.startswith("anggota") and field.key.endswith("_nik")
                and "ibu" not in field.key and "ayah" not in field.key]  # fmt: skip


def test_what_is_asked_of_several_says_of_whom() -> None:
    fields = {field.key: field for field in WONOGIRI.services["SKPWNI"].fields()}
    assert (fields["ikut2_nik"].whose, fields["ikut2_nik"].number) == ("Anggota yang ikut", 2)
    birth = {field.key: field for field in WONOGIRI.services["AKL"].fields()}
    assert birth["ibu_nik"].whose == "Ibu"


# --- what differs between kabupaten -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("district", "place"),
    [
        ("510801", "Kantor Kecamatan Seririt"), ("510802", "Kantor Kecamatan Seririt"),
        ("510803", "Kantor Kecamatan Seririt"), ("510804", "Kantor Kecamatan Seririt"),
        ("510805", "Dinas Dukcapil Buleleng"), ("510806", "Dinas Dukcapil Buleleng"),
        ("510807", "Kantor Kecamatan Kubutambahan"), ("510808", "Kantor Kecamatan Kubutambahan"),
        ("510809", "Kantor Kecamatan Kubutambahan"),
    ],
)  # fmt: skip
def test_buleleng_prints_cards_at_three_places(district: str, place: str) -> None:
    for name in ("KTP-HR", "KTP-UBAH"):
        assert load("buleleng").services[name].place_for(f"{district}2001") == place


def test_originals_are_handed_over_in_mataram_and_nowhere_in_wonogiri() -> None:
    assert load("mataram").services["AKL"].proof_at_collection is Proof.DISERAHKAN_SAAT_AMBIL
    assert WONOGIRI.services["AKL"].proof_at_collection is Proof.TIDAK_PERLU
    assert WONOGIRI.services["AKC"].proof_at_collection is Proof.DITARIK


def test_profiles_differ_in_what_they_offer_say_and_look_like() -> None:
    profiles = [load(name) for name in PROFILES]
    assert len({tuple(sorted(profile.services)) for profile in profiles}) == 5
    assert len({tuple(profile.status_words.values()) for profile in profiles}) == 5
    assert len({profile.place.pattern for profile in profiles}) == 5
    assert len({profile.place.accent for profile in profiles}) == 5
    assert {profile.place.channel for profile in profiles} == {"sms", "wa", "email", "none"}
    assert {profile.place.timezone_word for profile in profiles} == {"WIB", "WITA", "WIT"}


def test_mataram_keeps_the_identity_card_at_the_counter() -> None:
    assert not [name for name in load("mataram").services if name.startswith("KTP")]


def test_maluku_tengah_begins_with_three_kinds() -> None:
    kinds = {name.split("-")[0] for name in load("maluku_tengah").services} - {"CEK", "CETAK"}
    assert kinds == {"KK", "AKL", "SKPWNI"}
