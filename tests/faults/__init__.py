"""The matrix of faults: what may go wrong, at which step, and the test that holds it.

==================================  =========================================================================================
fault                               held by (tests/…; by night all of it, by day a sample)
==================================  =========================================================================================
kill -9 of the screen               faults/test_kills.py: every durable step and every paper of a submission and of a saved draft;
                                    journeys/test_killed.py: 20 at random in a real browser; unit/store/test_store_power_cuts.py
kill -9 of the courier              faults/test_kills.py: every durable step and every word on the line of a delivery;
                                    unit/uplink/test_uplink_killed.py: at any instant, on a line that is cut; every transaction
kill -9 of the centre               faults/test_kills.py: intake, stick, admission; journeys/test_killed.py: real processes
kill -9 beside these                faults/test_kills.py: second copy, export, receipts from a stick, new content;
                                    unit/updates/test_updates_shelf.py, unit/kiosk/test_enrolling.py (enrolment, key, move)
reply lost after the commit         unit/uplink/test_uplink_delivery.py, unit/uplink/test_side_exit.py, unit/kiosk/test_enrolling.py
duplicate, late, reordered,         unit/central/test_centre_any_order.py (500 stories on each database by night),
parallel                            unit/store/test_store_claim_machine.py, unit/store/test_store_downlink.py (pages)
disk full at each write             faults/test_no_room.py: submission, draft, courier, second copy, export, receipts, new content,
                                    intake, stick at the office, admission; a start on a full disk
disk: before it is full             unit/session/test_freeze.py, devices/test_power_disk.py
torn or flipped packet              kiosk: unit/uplink/test_uplink_delivery.py; centre: faults/test_spoilt.py; second copy:
                                    unit/vault/test_second_copy.py; stick: unit/uplink/test_side_exit.py
half an upload, its offset          faults/test_spoilt.py: cut, longer than it may be, full of nothing, one bit, emptied, gone
corrupted page                      kiosk: unit/store/test_store_mending.py; centre: faults/test_spoilt.py
clock: 50 years back, a day ahead,  faults/test_clocks.py; unit/staff/test_staff_unlocking.py (roster, lock-out),
jumping at every step               unit/uplink/test_uplink_courier.py (signatures), unit/updates/test_updates_trust.py
syncs of a submission               faults/test_syncs.py: one of the file, one of its folder, one of the store
power cut of a whole machine        powercuts/: what the kernel had not written goes too
==================================  =========================================================================================

Each case runs in a child of one process that has loaded everything (`forked.Zygote`); strace follows the child and kills it at,
or refuses it, the N-th call of one kind. So a step is exact, and costs a tenth of a second.
"""
