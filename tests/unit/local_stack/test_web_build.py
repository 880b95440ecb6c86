"""The web layer's build: every file under a path that changes when its content does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from layers.web import build as web


@pytest.fixture
def packages(tmp_path, monkeypatch) -> Path:
    sources = tmp_path / "src"
    (sources / "js").mkdir(parents=True)
    (sources / "js" / "page.js").write_text('import "./part.js";')
    (sources / "js" / "part.js").write_text("1;")
    monkeypatch.setattr(web, "SOURCES", sources)
    modules = tmp_path / "node_modules"
    for package, files in web.VENDOR.values():
        for file in files:
            (modules / package / file).parent.mkdir(parents=True, exist_ok=True)
            (modules / package / file).write_text(f"{package} {file}")
    return modules


def test_every_name_leads_to_its_file(packages, tmp_path):
    names = web.build(packages, tmp_path / "dist")
    assert json.loads((tmp_path / "dist" / "manifest.json").read_text()) == names
    assert (tmp_path / "dist" / names["vendor/htmx/htmx.min.js"]).read_text().startswith("htmx.org")
    assert all((tmp_path / "dist" / place).is_file() for place in names.values())


def test_files_that_refer_to_each_other_stay_side_by_side(packages, tmp_path):
    names = web.build(packages, tmp_path / "dist")
    page, part = Path(names["js/page.js"]), Path(names["js/part.js"])
    assert page.parent == part.parent
    css, font = (
        Path(names[f"vendor/tabler-icons/{file}"])
        for file in ("tabler-icons.min.css", "fonts/tabler-icons.woff2")
    )
    assert font.parent == css.parent / "fonts"


def test_changed_content_changes_the_path_of_its_group_alone(packages, tmp_path):
    before = web.build(packages, tmp_path / "dist")
    (web.SOURCES / "js" / "part.js").write_text("2;")
    after = web.build(packages, tmp_path / "dist")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"js/page.js", "js/part.js"}
    assert not (tmp_path / "dist" / before["js/part.js"]).exists()


def test_package_without_an_expected_file_stops_the_build(packages, tmp_path):
    (packages / "htmx.org" / "dist" / "htmx.min.js").unlink()
    with pytest.raises(FileNotFoundError):
        web.build(packages, tmp_path / "dist")
