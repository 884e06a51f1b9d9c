"""OpenDocument spreadsheets, as LibreOffice and WPS write them: values, repetitions, merged cells, hidden rows."""

from __future__ import annotations

import zipfile

import pytest

from gis.formats import read_features
from models.errors import Refused, Unreadable
from tests.faults.samples import SAMPLES
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

X, Y = HERE
NAME = "urn:oasis:names:tc:opendocument:xmlns:"
RING = [(X, Y), (X, Y + 100), (X + 100, Y + 100), (X + 100, Y)]


@pytest.fixture(autouse=True)
def _here():
    with no_child():
        yield


def text(value, more=""):
    return f'<table:table-cell office:value-type="string"{more}><text:p>{value}</text:p></table:table-cell>'


def number(value, kind="float"):
    return f'<table:table-cell office:value-type="{kind}" office:value="{value}"><text:p>…</text:p></table:table-cell>'


def row(*cells, more=""):
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


HEAD = row(*map(text, ("编号", "X", "Y", "备注")))


def ods(path, *rows, title="一", doctype=""):
    made = (f'{doctype}<office:document-content xmlns:office="{NAME}office:1.0" xmlns:table="{NAME}table:1.0" '
            f'xmlns:text="{NAME}text:1.0"><office:body><office:spreadsheet><table:table table:name="{title}">'
            f'{"".join(rows)}</table:table></office:spreadsheet></office:body></office:document-content>')  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", made, zipfile.ZIP_DEFLATED)
    return path


def corners(code="K1", more=""):
    return [row(text(code), number(y), number(x), more=more) for x, y in RING]


def read(path, **how):
    return read_features(path, target_crs="EPSG:4546", **{"prefer": "sand_pits", "crs": "EPSG:4546", **how})


def test_the_sample_is_read(tmp_path):
    came = read(SAMPLES["ods"](tmp_path))
    assert (came.format, [f.fields["编号"] for f in came.features]) == ("ods", [f"SK-{i:03d}" for i in range(6)])
    assert came.features[0].geometry.bounds == (X, Y, X + 100, Y + 80)


def test_empty_rows_repeated_cells_and_rows_below(tmp_path):
    empty = row('<table:table-cell table:number-columns-repeated="1024"/>', more=' table:number-rows-repeated="3"')
    end = row('<table:table-cell table:number-columns-repeated="16384"/>', more=' table:number-rows-repeated="1048500"')
    merged = [row(text("K1", ' table:number-rows-spanned="4"'), number(Y), number(X))]
    merged += [row("<table:covered-table-cell/>", number(y), number(x)) for x, y in RING[1:]]
    came = read(ods(tmp_path / "a.ods", empty, HEAD, *merged, end))
    assert [(f.row, f.fields["编号"], f.geometry.area) for f in came.features] == [(5, "K1", 10000.0)]


def test_hidden_rows_are_told_and_the_sheet_s_name_counts(tmp_path):
    hidden = corners("K2", ' table:visibility="collapse"')
    came = read(ods(tmp_path / "a.ods", HEAD, *corners(), *hidden))
    assert [w.render() for w in came.warnings if w.key == "xlsx.hidden_rows"] == [
        "4 rows are hidden in the sheet and came in like the others: 6–9"
    ]
    with pytest.raises(Refused, match="older or local system"):
        read(ods(tmp_path / "b.ods", HEAD, *corners(), title="西安80坐标"), crs=None, accept_guess=True)


def test_hostile_ones_are_refused(tmp_path):
    entity = '<!DOCTYPE a [<!ENTITY b "c">]>'
    with pytest.raises(Refused, match="document type"):
        read(ods(tmp_path / "a.ods", HEAD, *corners(), doctype=entity))
    many = row(text("K"), number(Y), number(X), more=' table:number-rows-repeated="99999999"')
    assert len(read(ods(tmp_path / "b.ods", HEAD, many), prefer="observations").features) == 10_000
    whole = ods(tmp_path / "c.ods", HEAD, *corners()).read_bytes()
    (tmp_path / "c.ods").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unreadable, match="damaged"):
        read(tmp_path / "c.ods")
    with zipfile.ZipFile(tmp_path / "d.ods", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", b" " * (64 << 20))
    with pytest.raises(Refused, match="unpacks to more"):
        read(tmp_path / "d.ods")
