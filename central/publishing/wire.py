"""The signed content on the wire: files, whole or in ranges. What may be believed of them, the kiosk finds out itself."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

OCTETS = "application/octet-stream"


def add_content(blueprint: Blueprint, folder: Path) -> None:
    """``folder``: the publisher's. Only its two public halves are served; a name that leads out of them is not there."""

    def file(half: str, name: str) -> Response:
        return send_from_directory(
            (folder / half).absolute(), name, mimetype=OCTETS, conditional=True, etag=False, max_age=0
        )

    @blueprint.get("/content/metadata/<name>")
    def content_metadata(name: str) -> Response:
        return file("metadata", name)

    @blueprint.get("/content/targets/<path:name>")
    def content_target(name: str) -> Response:
        return file("targets", name)
