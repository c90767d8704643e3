"""Which of the plugged devices is meant: by serial, by port, and every way in which it is not there. On folders like sysfs."""

from pathlib import Path

import pytest

from kiosk.hardware.enrolled import Enrolled, differences, dump, enrol, parse, rules, whereabouts
from kiosk.hardware.plugged import Miss, Missed, Plugged, Wanted, find, is_numbered, plugged
from kiosk.hardware.receipt import connect

PLACE = "pci-0000:00:14.0-usb-0:"


def device(port: str, serial: str = "", product: str = "0e15") -> Plugged:
    place = PLACE + port.partition("-")[2]
    return Plugged(vendor="04b8", product=product, serial=serial, port=port, place=place, bus=1, number=9)


def wanted(serial: str = "", path: str = "") -> Wanted:
    return Wanted(vendor="04b8", product="0e15", serial=serial, path=path)


def tree(folder: Path, *, controller: str = "0000:00:14.0", kind: str = "pci", **ports: str) -> Path:
    """``p1_2="SERIAL"`` plugs a printer at 1-2; Linux links each from one flat folder into the tree of controllers and hubs."""
    flat = folder / "bus"
    flat.mkdir()
    (folder / "kinds" / kind).mkdir(parents=True)
    above = folder / "devices" / controller
    above.mkdir(parents=True)
    (above / "subsystem").symlink_to(folder / "kinds" / kind)
    for number, (name, serial) in enumerate(ports.items(), 4):
        port = name.removeprefix("p").replace("_", "-", 1).replace("_", ".")
        place = above / "usb1" / port
        place.mkdir(parents=True)
        facts = {"idVendor": "04b8", "idProduct": "0e15", "busnum": "1", "devnum": str(number), "serial": serial}
        for fact, value in facts.items():
            (place / fact).write_text(f"{value}\n")
        (flat / port).symlink_to(place)
        (flat / f"{port}:1.0").mkdir()
    return flat


def test_what_is_plugged_is_read_from_linux(tmp_path: Path) -> None:
    first, second = plugged(tree(tmp_path, p1_2="A1", p1_4_3=""))
    assert (first.port, first.serial, first.place) == ("1-2", "A1", PLACE + "2")
    assert str(first.node) == "/dev/bus/usb/001/004"
    assert (second.port, second.serial, second.place) == ("1-4.3", "", PLACE + "4.3")


def test_a_board_computers_controller_is_named_as_udev_names_it(tmp_path: Path) -> None:
    (found,) = plugged(tree(tmp_path, controller="xhci-hcd.0.auto", kind="platform", p1_1="A"))
    assert found.place == "platform-xhci-hcd.0.auto-usb-0:1"


def test_a_computer_without_usb_has_nothing_plugged(tmp_path: Path) -> None:
    assert plugged(tmp_path / "nowhere") == ()


def test_a_device_that_leaves_while_it_is_read_is_no_error(tmp_path: Path) -> None:
    flat = tree(tmp_path, p1_2="A1")
    (flat / "1-2" / "serial").unlink()
    (flat / "1-2" / "devnum").unlink()
    assert [(found.serial, found.number) for found in plugged(flat)] == [("", 0)]


@pytest.mark.parametrize(
    ("want", "there", "expected"),
    [
        (wanted("A"), [device("1-2", "A"), device("1-3", "B")], device("1-2", "A")),
        (wanted("A"), [device("1-7", "A")], device("1-7", "A")),  # renumbered, another port: still it
        (wanted(path="1-2"), [device("1-2", "0"), device("1-3", "0")], device("1-2", "0")),
        (wanted(path=PLACE + "3"), [device("1-2", "0"), device("1-3", "0")], device("1-3", "0")),
        (wanted(), [device("1-5")], device("1-5")),
        (wanted("0", path="1-3"), [device("1-2", "0"), device("1-3", "0")], device("1-3", "0")),
        (wanted("A"), [], Missed(Miss.ABSENT)),
        (wanted("A"), [device("1-2", "A", product="0202")], Missed(Miss.ABSENT)),
        (wanted("A"), [device("1-2", "B")], Missed(Miss.OTHER, "enrolled serial A, found B at 1-2")),
        (wanted("A"), [device("1-2")], Missed(Miss.OTHER, "enrolled serial A, found none at 1-2")),
        (wanted(path="1-2"), [device("1-3")], Missed(Miss.MOVED, "enrolled at 1-2, found at 1-3")),
        (wanted(), [device("1-2"), device("1-3")], Missed(Miss.ALIKE, "2 alike at 1-2, 1-3")),
        (wanted("0"), [device("1-2", "0"), device("1-3", "0")], Missed(Miss.ALIKE, "2 alike at 1-2, 1-3")),
    ],
)
def test_which_one_is_meant(want: Wanted, there: list[Plugged], expected: Plugged | Missed) -> None:
    assert find(want, there) == expected


def test_a_serial_number_of_its_own_is_what_a_device_is_enrolled_by() -> None:
    first, second = device("1-2", "A"), device("1-3", "B")
    assert enrol("struk", first, [first, second]) == Enrolled("struk", wanted("A"))


@pytest.mark.parametrize("serial", ["", "0001"])
def test_twins_are_enrolled_by_their_ports(serial: str) -> None:
    first, second = device("1-2", serial), device("1-3", serial)
    assert enrol("struk", first, [first, second]) == Enrolled("struk", wanted(path=PLACE + "2"))


def test_what_was_enrolled_is_read_back() -> None:
    both = (Enrolled("struk", wanted("A")), Enrolled("antrean", wanted(path=PLACE + "3")))
    assert parse(dump(both)) == both


def test_each_rule_holds_what_tells_the_device_apart() -> None:
    lines = rules([Enrolled("struk", wanted("A")), Enrolled("antrean", wanted(path=PLACE + "3"))]).splitlines()
    assert len(lines) == 4
    assert all('ATTRS{serial}=="A"' in line or 'ATTR{serial}=="A"' in line for line in lines[:2])
    assert f'ENV{{ID_PATH}}=="{PLACE}3:*"' in lines[2]
    assert f'ENV{{ID_PATH}}=="{PLACE}3"' in lines[3]
    assert [line for line in lines if "ttyUSB" in line or "/lp" in line] == []


def test_the_plugged_set_is_held_against_the_enrolled_one() -> None:
    """Twins by port: the cable of one was put into another hole, the other was taken away."""
    set_up = [Enrolled("struk", wanted(path=PLACE + "2")), Enrolled("kode", Wanted(vendor="1a86", product="7523"))]
    assert differences(set_up, [device("1-5", "0")]) == {
        "struk": Missed(Miss.MOVED, f"enrolled at {PLACE}2, found at 1-5"),
        "kode": Missed(Miss.ABSENT),
    }
    assert differences(set_up[:1], [device("1-2", "0")]) == {}


def test_crossed_cables_of_two_kinds_are_both_named() -> None:
    set_up = [
        Enrolled("struk", wanted(path=PLACE + "2")),
        Enrolled("kode", Wanted(vendor="04b8", product="0202", path=PLACE + "3")),
    ]
    crossed = [device("1-3"), device("1-2", product="0202")]
    assert {role: missed.evidence for role, missed in differences(set_up, crossed).items()} == {
        "struk": f"enrolled at {PLACE}2, found at 1-3",
        "kode": f"enrolled at {PLACE}3, found at 1-2",
    }


def test_a_name_under_dev_is_looked_up_by_its_role(tmp_path: Path) -> None:
    file, flat = tmp_path / "devices.toml", tree(tmp_path, p1_5="0")
    file.write_text(dump([Enrolled("struk", wanted(path=PLACE + "2"))]))
    found = whereabouts(Path("/dev/kios-struk"), file=file, sysfs=flat)
    assert found == Missed(Miss.MOVED, f"enrolled at {PLACE}2, found at 1-5")
    assert whereabouts(Path("/dev/kios-lain"), file=file, sysfs=flat) is None
    assert whereabouts(Path("/dev/serial/by-id/x"), file=file, sysfs=flat) is None
    assert whereabouts(Path("/dev/kios-struk"), file=tmp_path / "none.toml", sysfs=flat) is None


def test_a_list_that_cannot_be_read_explains_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    file = tmp_path / "devices.toml"
    for text in ("[struk", '[struk]\nwarna = "biru"\n', "struk = 3\n"):
        file.write_text(text)
        assert whereabouts(Path("/dev/kios-struk"), file=file, sysfs=tmp_path) is None


@pytest.mark.parametrize(
    ("path", "numbered"),
    [
        ("/dev/ttyUSB0", True), ("/dev/ttyACM1", True), ("/dev/usb/lp0", True), ("/dev/video2", True),
        ("/dev/kios-struk", False), ("/dev/serial/by-id/usb-EPSON_TM-T20-if00", False), ("/dev/ttyS0", False),
    ],
)  # fmt: skip
def test_a_name_that_is_another_device_tomorrow(path: str, numbered: bool) -> None:
    assert is_numbered(path) is numbered


def test_no_receipt_printer_is_opened_by_such_a_name() -> None:
    with pytest.raises(ValueError, match="another device tomorrow"):
        connect("serial:///dev/ttyUSB0?baud=38400")
    assert connect("serial:///dev/kios-struk?baud=38400").state().code == "receipt.absent"
