"""The admin's page of kiosks: new codes, kiosks that wait for a yes, and turning one away. Only for admins."""

import re
from typing import Any

import segno
from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from adminduk import enrolment_codes
from adminduk.application import Role
from central.context import Context
from central.desk.guards import only
from central.fleet import deciding, enrolment, kiosks, overview
from central.fleet.kiosks import EnrolmentError

admins_only = only(Role.ADMIN)


def add_kiosks(blueprint: Blueprint, context: Context) -> None:
    """One page and its buttons."""
    add_joining(blueprint, context)

    @blueprint.get("/kios", endpoint="kiosks")
    @admins_only
    def everybody() -> tuple[str, int]:
        return _page(context)

    @blueprint.post("/kios/<kiosk_id>/cabut", endpoint="kiosk_revoke")
    @admins_only
    def revoke(kiosk_id: str) -> tuple[str, int] | BaseResponse:
        """The kiosk's id is typed again: this cannot be undone."""
        typed = request.form.get("kata", "").strip().upper()
        if typed != kiosk_id or not re.fullmatch(r"K-[0-9]{4}", kiosk_id):
            return _page(context, 400, refused="ketik_nomor")
        if not kiosks.revoke(context, kiosk_id, actor=g.officer.username):
            return _page(context, 409, refused="sudah_dicabut")
        return redirect(url_for("desk.kiosks"), 303)


def _page(context: Context, status: int = 200, **shown: Any) -> tuple[str, int]:
    lists = {"kiosks": overview.everybody(context), "waiting": deciding.waiting(context)}
    return render_template("kiosks.html", **lists, spoken=enrolment_codes.spoken, **shown), status


def add_joining(blueprint: Blueprint, context: Context) -> None:
    """A code; a yes or a no."""

    @blueprint.post("/kios/kode", endpoint="kiosk_code")
    @admins_only
    def code() -> tuple[str, int]:
        """Shown in this answer and never again."""
        try:
            new = enrolment.issue(context, desa=request.form.get("desa", ""), actor=g.officer.username)
        except EnrolmentError as error:
            return _page(context, 400, refused=error.code)
        drawn = segno.make(enrolment_codes.qr_text(new.code)).svg_inline(scale=5)
        picture = Markup(drawn)  # noqa: S704 - our own drawing
        return _page(context, code=enrolment_codes.grouped(new.code), picture=picture, new=new)

    @blueprint.post("/kios/menunggu/<row>", endpoint="kiosk_decide")
    @admins_only
    def decide(row: str) -> tuple[str, int] | BaseResponse:
        """``sidik``: the digits that stood on the admin's page when the button was pressed."""
        who, answer = g.officer.username, request.form.get("putusan", "")
        if answer not in ("terima", "tolak"):
            abort(400, "putusan")
        try:
            if answer == "terima":
                deciding.confirm(context, row, fingerprint=request.form.get("sidik", ""), actor=who)
            else:
                deciding.decline(context, row, actor=who)
        except EnrolmentError as error:
            return _page(context, 409, refused=error.code)
        return redirect(url_for("desk.kiosks"), 303)
