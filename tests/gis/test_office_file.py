from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from gis.office_file import has_doctype, swells

LIMITS = {"members": 3, "unpacked": 4 << 20, "ratio": 100}


def packed(members: Mapping[str, bytes]) -> zipfile.ZipFile:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return zipfile.ZipFile(data)


@pytest.mark.parametrize(("members", "answer"), [
    ({"a.xml": b"<a/>"}, False),
    ({"a.xml": bytes(900_000)}, False),  # small members may shrink as they like
    ({"a.xml": bytes(1_200_000)}, True),
    ({f"{n}.xml": b"" for n in range(4)}, True),
    ({f"{n}.bin": bytes(range(256)) * 4000 + bytes([n]) * 400_000 for n in range(3)}, True),
])  # fmt: skip
def test_what_unpacks_to_too_much(members: dict[str, bytes], answer: bool) -> None:
    with packed(members) as archive:
        assert swells(archive, **LIMITS) is answer


@pytest.mark.parametrize(("name", "body", "answer"), [
    ("xl/a.xml", b"<a/>", False),
    ("xl/a.xml", b'<!doctype a [<!ENTITY b "c">]><a/>', True),
    ("_rels/.rels", "<!DOCTYPE a><a/>".encode("utf-16"), True),
    ("media/picture.bin", b"<!DOCTYPE a>", False),
])  # fmt: skip
def test_a_document_type_is_seen(name: str, body: bytes, answer: bool) -> None:
    with packed({"first.xml": b"<a/>", name: body}) as archive:
        assert has_doctype(archive) is answer
