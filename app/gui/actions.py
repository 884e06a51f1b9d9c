"""One table of all that can be asked of the window: menus, toolbar, shortcuts, tips and the command palette read it."""

from __future__ import annotations

from dataclasses import dataclass

from app.gui.edit_actions import edit_commands
from app.gui.reach_actions import go_commands, row_commands
from models.notices import N_

MENUS = {
    "project": N_("Project"),
    "edit": N_("Edit"),
    "draw": N_("Draw"),
    "view": N_("View"),
    "terrain": N_("Terrain"),
    "analysis": N_("Analysis"),
    "output": N_("Output"),
    "help": N_("Help"),
}

# What an action needs; the sentence is its tip while it is missing.
NEEDS = {
    "": "",
    "project": N_("open or make a project first"),
    "site": N_("select one pit or stockpile first"),
    "selection": N_("select features on the map or in the inventory first"),
    "outline": N_("select outlines on the map or in the inventory first"),
    "several": N_("select at least two outlines of one layer first"),
    "undo": N_("nothing to undo"),
    "redo": N_("nothing to redo"),
    "terrain": N_("register a terrain first"),
    "waste": N_("enter a waste first"),
    "pit": N_("select one pit first, and enter a waste"),
}


@dataclass(frozen=True)
class Command:
    """One line of the table. `handler` names a method of WindowCommands; "-" before a `menu` starts a group there.

    `tool` puts it on the toolbar in that group; `mode` makes it one of the exclusive map tools; `check` a switch;
    `also` is a second shortcut, which other programs have and hands know: it works and is not shown.
    """

    key: str
    text: str
    menu: str
    handler: str
    icon: str = ""
    shortcut: str = ""
    tip: str = ""
    needs: str = ""
    tool: str = ""
    mode: str = ""
    check: bool = False
    also: str = ""


COMMANDS: tuple[Command, ...] = (
    Command("new", N_("New project…"), "project", "new_project", "file-plus-2", "Ctrl+N",
            N_("Make an empty project file")),
    Command("open", N_("Open project…"), "project", "open_project", "folder-open", "Ctrl+O",
            N_("Open a project file"), tool="file"),
    Command("sample", N_("Open the sample"), "project", "open_sample", "box", "",
            N_("Open the made-up sample project")),
    Command("import", N_("Import features…"), "-project", "import_features", "file-input", "Ctrl+I",
            N_("Bring outlines in from files of other programs"), "project", tool="file"),
    Command("datum_shifts", N_("Datum parameters…"), "project", "show_datum_shifts", "crosshair", "",
            N_("Parameters with which data in Xi'an 1980 or Beijing 1954 come in"), "project"),
    Command("samples", N_("Import laboratory values…"), "project", "import_samples", "test-tubes", "",
            N_("Bring laboratory values in from a table: CSV, Excel or Word"), "project"),
    Command("wastes", N_("Wastes…"), "project", "edit_wastes", "flask-conical", "Ctrl+Shift+W",
            N_("Waste streams of the project and their figures"), "project"),
    Command("copy_out", N_("Make a working copy…"), "-project", "copy_out", "copy", "",
            N_("A copy of the project for a colleague or the field, to be merged in later"), "project"),
    Command("merge_copy", N_("Merge in a working copy…"), "project", "merge_copy", "import", "",
            N_("Bring back what was changed in a working copy; you decide where both changed the same"), "project"),
    Command("snapshots", N_("Snapshots…"), "-project", "show_snapshots", "history", "",
            N_("Earlier states of the project: look, compare, bring one back"), "project"),
    Command("save_copy", N_("Save a copy…"), "project", "save_copy", "save", "Ctrl+Shift+S",
            N_("The whole project as a new file, with what is not saved"), "project"),
    Command("check", N_("Check the project…"), "project", "check_project", "stethoscope", "",
            N_("Look for damage and contradictions in the project file"), "project"),
    Command("rescue", N_("Rescue a damaged project…"), "project", "rescue", "package", "",
            N_("Take what can be read out of a damaged file into a new one")),
    Command("close", N_("Close project"), "project", "close_project", "x", "Ctrl+W",
            N_("Back to the start page; every finished edit is on the disk"), "project"),
    Command("settings", N_("Preferences…"), "-project", "preferences", "settings", "Ctrl+,",
            N_("Language and look of the window")),
    Command("quit", N_("Quit"), "project", "quit", "log-out", "Ctrl+Q", N_("Close the window")),
    Command("undo", N_("Undo"), "edit", "undo", "undo-2", "Ctrl+Z", N_("Take the last step back"), "undo", tool="undo"),
    Command("redo", N_("Redo"), "edit", "redo", "redo-2", "Ctrl+Shift+Z",
            N_("Do again what was taken back"), "redo", tool="undo", also="Ctrl+Y"),
    Command("project_history", N_("History of the project…"), "edit", "project_history", "history", "Ctrl+H",
            N_("Who changed what and when; take steps back, write the log for an audit"), "project"),
    Command("delete", N_("Delete selected"), "-edit", "delete_selected", "trash-2", "Ctrl+Del",
            N_("Delete the selected features; undo brings them back"), "selection"),
    Command("select_all", N_("Select all sites of this layer"), "edit", "select_all", "list-checks", "Ctrl+A",
            N_("All features of the layer of what is selected"), "project"),
    Command("deselect", N_("Deselect"), "edit", "deselect", "square-dashed-mouse-pointer", "Ctrl+Shift+A",
            N_("Select nothing"), "selection"),
    *row_commands(Command),
    Command("find", N_("Find in the inventory"), "-edit", "find", "filter", "Ctrl+F",
            N_("Filter the inventory by text"), "project"),
    Command("palette", N_("Search commands"), "edit", "palette", "search", "Ctrl+K",
            N_("Search every command and site")),
    *edit_commands(Command),
    Command("tool_select", N_("Select"), "view", "tool", "mouse-pointer-2", "V",
            N_("Select on the map; drag a box for several"), "project", tool="map", mode="select"),
    Command("tool_pan", N_("Pan"), "view", "tool", "hand", "H", N_("Move the map"), "project", tool="map", mode="pan"),
    Command("tool_zoom", N_("Zoom"), "view", "tool", "zoom-in", "Z",
            N_("Drag a box to zoom in"), "project", tool="map", mode="zoom"),
    Command("tool_measure", N_("Measure"), "view", "tool", "ruler", "M",
            N_("Distance and area on the map"), "project", tool="map", mode="measure"),
    Command("tool_section", N_("Draw a section line"), "view", "tool", "spline", "C",
            N_("Section along a line drawn on the map"), "terrain", tool="map", mode="section"),
    Command("zoom_in", N_("Zoom in"), "-view", "zoom_in", "zoom-in", "Ctrl+=", N_("Closer; the middle stays"),
            "project"),
    Command("zoom_out", N_("Zoom out"), "view", "zoom_out", "zoom-out", "Ctrl+-", N_("Farther; the middle stays"),
            "project"),
    Command("zoom_full", N_("Show everything"), "view", "zoom_full", "maximize", "Ctrl+0",
            N_("Show the whole project"), "project", tool="view"),
    Command("zoom_selection", N_("Zoom to selection"), "view", "zoom_selection", "scan-search", "Ctrl+J",
            N_("Show the selected features"), "selection", tool="view"),
    Command("view_back", N_("Previous view"), "view", "view_back", "arrow-left", "Alt+Left",
            N_("Back to where the map was before"), "project",
            tool="view"),
    Command("view_next", N_("Next view"), "view", "view_next", "arrow-right", "Alt+Right",
            N_("Forth again"), "project", tool="view"),
    Command("panel_layers", N_("Layers"), "-view", "toggle_layers", "panel-left", "F6",
            N_("Show or fold the layer panel"), "project", tool="panels", check=True),
    Command("panel_inventory", N_("Inventory"), "view", "toggle_inventory", "panel-bottom", "F7",
            N_("Show or fold the inventory"), "project", tool="panels", check=True),
    Command("panel_inspector", N_("Inspector"), "view", "toggle_inspector", "panel-right", "F8",
            N_("Show or fold the inspector"), "project", tool="panels", check=True),
    *go_commands(Command),
    Command("full_screen", N_("Full screen"), "-view", "full_screen", "scan", "F11",
            N_("The window without frame; again to come back"), check=True),
    Command("terrain_add", N_("Add terrain…"), "terrain", "add_terrain", "mountain", "Ctrl+T",
            N_("A DEM or its tiles, survey points, contours or point clouds"), "project", tool="work"),
    Command("terrain_list", N_("Terrains…"), "terrain", "list_terrains", "layers", "",
            N_("Elevation files of the project"), "project"),
    Command("basemap_add", N_("Add basemap…"), "terrain", "add_basemap", "map", "Ctrl+Shift+B",
            N_("An orthophoto or tiles under the map; the file stays where it is"), "project"),
    Command("error_figures", N_("Error figures…"), "terrain", "error_figures", "sliders-horizontal", "",
            N_("How far the heights of each survey can be trusted"), "project"),
    Command("estimate", N_("Estimate this site"), "analysis", "estimate_site", "calculator", "F9",
            N_("Capacity, tonnage and land of the selected site"), "site"),
    Command("level_up", N_("Raise the level"), "analysis", "level_up", "", "Alt+PgUp",
            N_("The level of the selected site, one round step up; over the map Alt + wheel does the same"), "site"),
    Command("level_down", N_("Lower the level"), "analysis", "level_down", "", "Alt+PgDown",
            N_("The level of the selected site, one round step down"), "site"),
    Command("estimate_all", N_("Estimate all sites"), "analysis", "estimate_all", "sigma", "Shift+F9",
            N_("Estimate every site as it was asked for last, and store the results"), "terrain",
            tool="work"),
    Command("progress", N_("Compare two surveys…"), "analysis", "compare_surveys", "chart-line", "",
            N_("What was placed and removed at a site between two surveys, held against the plan"), "terrain"),
    Command("section", N_("Section of this site"), "analysis", "show_section", "chart-area", "",
            N_("Ground and reference surface along a line"), "site"),
    Command("rim_edit", N_("Edit the rim of this site…"), "analysis", "edit_rim", "pencil", "",
            N_("Raise, lower or leave out stretches of the rim, as where a road cuts it"), "site"),
    Command("earthwork", N_("Grid and section method…"), "analysis", "earthwork", "table-2", "",
            N_("Earthwork tables and the drawing of the grid method"), "site"),
    Command("screen_site", N_("Screen a waste for this site"), "-analysis", "screen_site", "shield-check", "F4",
            N_("May a waste go into the selected site?"), "site"),
    Command("screen_all", N_("Screen all wastes for all sites"), "analysis", "screen_all", "list-checks", "Shift+F4",
            N_("Every waste of the project against every pit; the verdicts are stored"), "waste", tool="work"),
    Command("matrix", N_("Matrix of wastes and pits…"), "analysis", "show_matrix", "table-2", "Ctrl+Shift+M",
            N_("Which waste may go into which pit, and what is missing to open more"), "waste", tool="work"),
    Command("fills", N_("Fills of several wastes…"), "analysis", "edit_fills", "layers", "Ctrl+Shift+F",
            N_("Wastes together in one pit: shares, verdicts, tonnage"), "waste"),
    Command("assess", N_("Risk assessment of this site…"), "analysis", "record_assessment", "pencil", "",
            N_("Put on record what a risk assessment found"), "pit"),
    Command("rules", N_("Rules…"), "-analysis", "show_rules", "scale", "Ctrl+R",
            N_("What is judged by: limits, clauses, how sure they are; mend a number for this project"), "project"),
    Command("overlay", N_("Conflicts with control lines…"), "analysis", "overlay", "layers-2", "",
            N_("Sites that meet red lines or control areas: area, share, distance"), "project", tool="work"),
    Command("absences", N_("Control lines that are not here…"), "analysis", "state_absences", "list-checks", "",
            N_("Put on record that the region has no control line of a kind"), "project"),
    Command("sheet", N_("Approval sheet…"), "output", "sheet", "printer", "Ctrl+P",
            N_("Sheets of the selected sites or of the project: look, print, export"), "project", tool="work"),
    Command("package", N_("Approval package…"), "output", "make_package", "package", "Ctrl+Shift+P",
            N_("Plan, tables, coordinates, drawing, map data and sheets in one folder"), "project", tool="work"),
    Command("conformity", N_("Conformity analysis…"), "output", "conformity", "file-text", "",
            N_("Waste and site rule by rule, as Word or Excel file"), "pit"),
    Command("export", N_("Export a layer…"), "output", "export_layer", "file-down", "Ctrl+E",
            N_("Write a layer into a file of another program: GeoPackage, Shapefile, DXF, KML, tables and more"),
            "project"),
    Command("copy_inventory", N_("Copy the inventory"), "output", "copy_inventory", "clipboard-copy", "Ctrl+Shift+C",
            N_("Copy the rows shown, for a spreadsheet"), "project"),
    Command("shortcuts", N_("Keyboard shortcuts"), "help", "shortcuts", "keyboard", "F1",
            N_("Every key, by menu")),
    Command("messages", N_("Messages…"), "help", "show_messages", "list-checks", "",
            N_("What was said since the window was opened")),
    Command("log", N_("Show the log folder"), "help", "open_log", "file-clock", "",
            N_("What to send along with a question")),
    Command("about", N_("About Huitian"), "-help", "about", "info", "", N_("Version and licences")),
)  # fmt: skip
TOOL_GROUPS = ("file", "map", "view", "undo", "work")


def command(key: str) -> Command:
    """The line of the table with this key."""
    return next(c for c in COMMANDS if c.key == key)
