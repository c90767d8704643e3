"""The desk's form "Ganti dokumen"."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from adminduk.application import Forbidden, State, Work
from central.accounts import Officer
from central.context import Context
from central.desk import cases, replacing
from central.desk.guards import only
from central.documents.checking import MOST_BYTES, DocumentError


def can_replace(case: cases.Case, officer: Officer) -> bool:
    """Whether the form is shown."""
    return not replacing.refusal(Work(case.row.state, validated_by=case.validated_by), officer)


def add_replacing(blueprint: Blueprint, context: Context) -> None:
    """One button; in words why not."""

    @blueprint.post("/permohonan/<uuid:case_id>/dokumen/<uuid:document_id>/ganti", endpoint="replace")
    @only()
    def replace(case_id: str, document_id: str) -> BaseResponse | tuple[str, int]:
        if request.form.get("keadaan") not in list(State):
            abort(400, "keadaan")
        seen, why, file = State(request.form["keadaan"]), request.form.get("alasan", ""), request.files.get("berkas")
        pdf = file.read(MOST_BYTES + 1) if file and file.filename else b""
        try:
            replacing.replace(context, g.officer, str(case_id), str(document_id), seen=seen, why=why, pdf=pdf)
        except (Forbidden, DocumentError) as error:
            status = 403 if isinstance(error, Forbidden) else 422
            return render_template("message.html", code=error.code, back=case_id), status
        except cases.Overtaken:
            return render_template("message.html", code="didahului", back=case_id), 409
        return redirect(url_for("desk.case", case_id=case_id), 303)
