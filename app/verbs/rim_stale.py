"""Whether an estimate over the edited rim still speaks of the edits that the project holds."""

from __future__ import annotations

from app.project import Project
from models.estimate import Estimate
from models.notices import N_, Notice
from models.rim_edit import RimEdit
from models.site import Site


def rim_stale(project: Project, estimate: Estimate, site: Site) -> Notice | None:
    """What to say of an estimate over the edited rim whose edits changed since; None if they did not.

    Such an estimate is sound: it carries the edits that it was made with.
    """
    if estimate.reference.key != "edited_rim":
        return None
    then = [RimEdit.from_json(dict(e)) for e in estimate.request.parameters.get("rim_edits") or ()]
    if [edit for _, _, edit in project.store.rim_edits(site.uid)] == then:
        return None
    text = N_("the rim edits of {site} changed since its estimate, whose figures are those of the edits as they were "
              "then: estimate it anew")  # fmt: skip
    return Notice("estimate.rim_stale", text, site=site.code)
