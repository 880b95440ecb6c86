"""The console's pages of laboratories: their interfaces, their keys, files handed in by hand."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from caresmith.ids import ImportId, LabId
from caresmith.permissions import Role
from scripts.mllpbridge.messages import Person, Result, oru
from tests.integration.results.conftest import Laboratory, glucose
from tests.support.client import Caller, Reply, call

LABS = "/console/results/labs"
IMAGING: dict[str, Any] = {
    "name": "Lakeside Imaging",
    "zone": "America/Denver",
    "authorities": "CARE^1.2.3^ISO\r\n\r\nCARE",
    "dicomweb": "https://pacs.example/dicom",
}


def seen(lab: Laboratory, path: str = "", caller: Caller | None = None) -> str:
    reply = call("GET", f"{LABS}{path}", caller=caller or lab.admin)
    assert reply.status == 200, reply.text
    return unescape(reply.text)


def sent(lab: Laboratory, path: str = "", **fields: Any) -> Reply:
    form = [(name, str(value)) for name, value in fields.items()]
    return call("POST", f"{LABS}{path}", caller=lab.admin, form=form)


def settings(lab: Laboratory, name: str) -> dict[str, Any]:
    found = lab.get("/results/labs")["labs"]
    [one] = [each for each in found if each["settings"]["name"] == name]
    return dict(one)


def imported(lab: Laboratory, raw: bytes, lab_id: str | None = None) -> Reply:
    """As the page's script hands a file in."""
    path = f"{LABS}/{lab_id or lab.lab_id}/import"
    headers = {"content-type": "application/octet-stream"}
    return call("POST", path, caller=lab.clinician, raw=raw, headers=headers)


def test_a_laboratory_is_added_and_its_key_is_shown_once(lab: Laboratory) -> None:
    added = sent(lab, **IMAGING)
    assert added.status == 200, added.text
    assert "It is shown this once" in added.text
    made = settings(lab, "Lakeside Imaging")
    assert made["settings"] == {
        "name": "Lakeside Imaging",
        "zone": "America/Denver",
        "mrn_authorities": ["CARE^1.2.3^ISO", "CARE"],
        "dicomweb": "https://pacs.example/dicom",
    }
    page = seen(lab, f"/{made['lab_id']}")
    assert "Lakeside Imaging" in seen(lab)
    secret = re.search(r"Password</dt><dd><code>([^<]+)", added.text)
    assert secret
    assert secret[1] not in page


def test_settings_are_changed_unless_somebody_was_faster(lab: Laboratory) -> None:
    text = seen(lab, f"/{lab.lab_id}")
    assert re.search(r'name="own_numbers" value="true" checked', text)
    changed = {**IMAGING, "own_numbers": "true", "version": "1"}
    done = sent(lab, f"/{lab.lab_id}", **changed)
    assert (done.status, done.headers["location"]) == (303, f"{LABS}/{lab.lab_id}#saved")
    made = settings(lab, "Lakeside Imaging")
    assert made["settings"]["mrn_authorities"] == ["", "CARE^1.2.3^ISO", "CARE"]
    assert sent(lab, f"/{lab.lab_id}", **{**changed, "name": "Late"}).status == 412
    assert settings(lab, "Lakeside Imaging")["version"] == made["version"]


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_made(lab: Laboratory) -> None:
    for wrong, said in (
        ({"name": ""}, "This is needed."),
        ({"zone": "Mars/Base"}, "zone"),
        ({"dicomweb": "not an address"}, "match"),
        ({"authorities": ""}, "Name an authority, or take numbers without one"),
        ({"authorities": "x" * 300}, "199"),
    ):
        for path in ("", f"/{lab.lab_id}"):
            refused = sent(lab, path, **{**IMAGING, "version": "1", **wrong})
            text = unescape(refused.text)
            assert (refused.status, said in text) == (422, True), (wrong, path)
            assert 'aria-invalid="true"' in text
    assert len(lab.get("/results/labs")["labs"]) == 1
    assert settings(lab, "Acme Laboratories")["version"] == 1


def test_an_interface_is_switched_off_and_on_again_with_another_key(lab: Laboratory) -> None:
    path = f"/{lab.lab_id}"
    assert sent(lab, f"{path}/close").status == 303
    text = seen(lab, path)
    assert "Switched off" in text
    assert "Switch it on with a new key" in text
    refused = imported(lab, oru(lab.person(), Result("F-1", [glucose()]), control="1"))
    assert (refused.status, "switched off" in refused.text) == (422, True)
    assert lab.inbox() == []
    again = sent(lab, f"{path}/new-key")
    assert (again.status, "It is shown this once" in again.text) == (200, True)
    assert settings(lab, "Acme Laboratories")["active"]


def test_a_file_is_imported_and_its_page_tells_what_became_of_it(lab: Laboratory) -> None:
    jo = lab.person()
    stranger = Person("X-1", "Doe", "Jo", jo.birth_date, "F")
    raw = b"".join(
        (
            oru(jo, Result("F-1", [glucose()]), control="1"),
            oru(stranger, Result("F-2", [glucose()]), control="2"),
        )
    )
    taken = imported(lab, raw)
    assert taken.status == 201, taken.text
    assert taken.text.startswith(f"{LABS}/imports/")
    page = call("GET", taken.text, caller=lab.clinician)
    assert page.status == 200
    for shown in ("Acme Laboratories", "Worked through", "Filed in charts", "Waiting for a person"):
        assert shown in page.text
    assert len(lab.inbox()) == 1
    empty = imported(lab, b" \r\n")
    assert (empty.status, "There is nothing in it." in empty.text) == (422, True)
    assert imported(lab, b"MSH" + b"x" * (5 * 1024 * 1024)).status == 413
    for unknown in (
        imported(lab, raw, LabId.new()),
        call("GET", f"{LABS}/imports/{ImportId.new()}", caller=lab.clinician),
        call("GET", f"{LABS}/{LabId.new()}", caller=lab.clinician),
    ):
        assert unknown.status == 404


def test_a_message_is_read_again_once_the_settings_are_right(lab: Laboratory) -> None:
    jo = lab.person()
    sent(lab, f"/{lab.lab_id}", **{**IMAGING, "version": "1"})
    lab.deliver(oru(jo, Result("F-1", [glucose()]), control="1"))
    [item] = lab.unfiled()
    version = settings(lab, "Lakeside Imaging")["version"]
    right = {**IMAGING, "own_numbers": "true", "version": version}
    assert sent(lab, f"/{lab.lab_id}", **right).status == 303
    path = f"/console/results/unfiled/{item['message_id']}/{item['part']}"
    assert "Read it again" in call("GET", path, caller=lab.clinician).text

    def read_again(version: int) -> Reply:
        form = [("version", str(version))]
        return call("POST", f"{path}/read-again", caller=lab.clinician, form=form)

    assert read_again(item["version"] + 1).status == 412
    assert (len(lab.unfiled()), lab.inbox()) == (1, [])
    assert read_again(item["version"]).status == 303
    assert (lab.unfiled(), len(lab.inbox())) == ([], 1)
    assert read_again(item["version"]).status == 404


def test_each_role_sees_what_is_its_own_to_do(lab: Laboratory) -> None:
    path = f"/{lab.lab_id}"
    clinician = seen(lab, path, lab.clinician)
    assert "Import a file" in clinician
    assert "Issue another key" not in clinician
    admin = seen(lab, path)
    assert "Issue another key" in admin
    assert "Import a file" not in admin
    desk = Caller(lab.small.practice, roles=(Role.FRONT_DESK,))
    for tail in ("", path, f"{path}/new-key", f"{path}/close", f"{path}/import"):
        assert call("POST", f"{LABS}{tail}", caller=desk, form=[]).status == 403
