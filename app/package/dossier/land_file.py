"""The sites of a record as plots of a land office's coordinate file."""

from __future__ import annotations

from app.i18n import Translator
from app.package.dossier.record import PackageRecord
from app.package.dossier.tables import word_of
from gis.formats.land_txt_write import Plot
from models.notices import N_


def land_plots(record: PackageRecord, say: Translator) -> list[Plot]:
    """One plot a site: its number, name, area and use."""
    use = say(N_("backfill of pits"))
    return [
        Plot(s.code, s.site.name, s.area_m2, s.points, use=use if s.site.fills else word_of(s, "land_use_now", say))
        for s in record.sites
    ]
