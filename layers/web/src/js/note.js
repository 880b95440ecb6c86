// The note's editor. It saves by itself: two seconds after the last keystroke, one
// request at a time, again and again while there is no connection. A text that came
// too late stays here and is kept on the server; the person merges the two.
(() => {
  "use strict";
  const form = document.getElementById("note");
  if (!form) return;
  const begun = JSON.parse(form.dataset.note);
  const $ = (id) => document.getElementById(id);
  const PAUSE_MS = 2000;
  const RETRY_MS = [2000, 5000, 15000, 30000];
  const editor = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  const path = `/encounters/${begun.encounter}/note`;
  let version = begun.version;
  let turn = 0;
  let template = begun.template;
  let saved = "";
  let saving = false;
  let failures = 0;
  let timer = 0;
  let merges = [];
  let conflict = false;

  const say = (text, kind = "secondary") => {
    $("note-state").textContent = text;
    $("note-state").className = `text-${kind}`;
  };

  // -- the form ---------------------------------------------------------------
  function draw(sections) {
    form.replaceChildren(
      ...sections.map((section) => {
        const group = document.createElement("div");
        group.className = "mb-2";
        const label = document.createElement("label");
        label.className = "form-label mb-1";
        label.htmlFor = `section-${section.key}`;
        label.textContent = section.title;
        const text = document.createElement("textarea");
        Object.assign(text, { id: label.htmlFor, className: "form-control note-section" });
        Object.assign(text.dataset, { key: section.key, part: section.part, title: section.title });
        text.value = section.text;
        text.rows = Math.max(2, section.text.split("\n").length);
        group.append(label, text);
        const copied = new Set((section.copied ?? []).map((mark) => mark.encounter_id));
        if (copied.size) {
          const mark = document.createElement("div");
          mark.className = "form-hint";
          mark.textContent = `${section.copied.length} lines stand as they were copied from an earlier note.`;
          group.append(mark);
        }
        return group;
      }),
    );
  }
  const sections = () =>
    [...form.querySelectorAll("textarea")].map((text) => ({
      key: text.dataset.key,
      part: text.dataset.part,
      title: text.dataset.title,
      text: text.value,
    }));
  const text = () => JSON.stringify([template, sections()]);
  const dirty = () => text() !== saved || merges.length > 0;

  // Another template keeps every section in which something was written.
  function take(id) {
    const chosen = begun.templates.find((one) => one.template_id === id);
    const present = new Map(sections().map((section) => [section.key, section]));
    const fresh = chosen.sections.map((section) => present.get(section.key) ?? { ...section });
    const keys = new Set(chosen.sections.map((section) => section.key));
    const written = [...present.values()].filter((s) => !keys.has(s.key) && s.text.trim());
    template = id;
    draw([...fresh, ...written]);
  }

  // -- saving -----------------------------------------------------------------
  function soon(after = PAUSE_MS) {
    clearTimeout(timer);
    timer = setTimeout(save, after);
  }

  async function save() {
    clearTimeout(timer);
    if (saving || conflict || !dirty()) return;
    saving = true;
    const sent = text();
    const merging = merges;
    turn += 1;
    say("Saving…");
    try {
      const answer = await fetch(path, {
        method: "PUT",
        credentials: "same-origin",
        headers: {
          "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content,
          "Content-Type": "application/json",
          Accept: "application/json",
          "If-Match": `"${version}"`,
        },
        body: JSON.stringify({ template_id: template, sections: sections(), editor, turn, merges }),
      });
      await heard(answer, sent, merging);
    } catch {
      again("No connection. Your text is kept in this window and saved when it is back.");
    } finally {
      saving = false;
    }
    if (!failures && !conflict && dirty()) soon();
  }

  async function heard(answer, sent, merging) {
    const data = await answer.json().catch(() => ({}));
    if (answer.ok) {
      failures = 0;
      version = data.note_version;
      saved = sent;
      merges = merges.filter((one) => !merging.includes(one));
      say(`Saved ${new Date().toLocaleTimeString([], { hour: "numeric", minute: "2-digit" })}`, "success");
    } else if (answer.status === 412 || answer.status === 409) {
      conflict = true;
      say(data.title ?? "This note can't be saved.", "danger");
      await showTheirs();
    } else if (answer.status === 401) {
      again("You were logged off. Log in again in another window: your text stays here.");
    } else if (answer.status >= 500 || answer.status === 429) {
      again("The server does not answer. Your text is kept in this window and saved later.");
    } else {
      failures = 0;
      saved = sent;
      say(data.errors?.map((e) => `${e.field} ${e.message}`).join("; ") || data.title, "danger");
    }
  }

  function again(words) {
    say(words, "danger");
    soon(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
    failures += 1;
  }

  // -- two editors --------------------------------------------------------------
  // What stands on the server is shown to be merged into what is written here.
  async function showTheirs() {
    const answer = await fetch(path, { credentials: "same-origin" });
    if (!answer.ok) return;
    const note = await answer.json();
    show([{ body: { sections: note.sections } }, ...note.waiting], note);
  }

  function show(texts, note) {
    const mine = new Set(sections().map((section) => `${section.key}\n${section.text.trim()}`));
    const other = (s) => s.text.trim() && !mine.has(`${s.key}\n${s.text.trim()}`);
    $("note-waiting").replaceChildren(
      ...texts.flatMap((one) =>
        one.body.sections
          .filter(other)
          .map((section) => {
            const box = document.createElement("div");
            box.className = "mb-2";
            const title = document.createElement("b");
            title.textContent = section.title;
            const words = document.createElement("div");
            words.className = "note-text";
            words.textContent = section.text;
            box.append(title, words);
            return box;
          }),
      ),
    );
    $("note-merge").hidden = false;
    $("note-merged").disabled = note.state === "signed";
    $("note-merged").onclick = () => {
      version = note.note_version;
      merges = note.waiting.map((side) => side.side_id);
      conflict = false;
      $("note-merge").hidden = true;
      save();
    };
  }

  // -- dot-phrases ----------------------------------------------------------------
  // ".lungs" and a space becomes the phrase of that name.
  function expand(field) {
    const before = field.value.slice(0, field.selectionStart);
    const found = /(^|\s)\.([a-z][a-z0-9-]{0,29})[ \n]$/.exec(before);
    const phrase = found && begun.phrases[found[2]];
    if (!phrase) return;
    const start = before.length - found[2].length - 2;
    field.setRangeText(phrase + before.at(-1), start, before.length, "end");
  }

  // -- the drawers: phrases, copying, signing -------------------------------------
  // What was written last is where a phrase goes.
  let last = null;
  form.addEventListener("focusin", (event) => {
    last = event.target;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const told = event.detail.target.querySelector?.("[data-phrases]");
    if (told) begun.phrases = JSON.parse(told.dataset.phrases);
  });
  document.addEventListener("click", (event) => {
    const phrase = begun.phrases[event.target.closest("[data-insert]")?.dataset.insert];
    if (!phrase) return;
    const field = last?.isConnected ? last : form.querySelector("textarea");
    field.setRangeText(phrase, field.selectionStart, field.selectionEnd, "end");
    window.caresmith.closeDrawer();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Whether all that is written stands on the server as the version that is known here.
  async function settled() {
    for (let tries = 0; saving && tries < 50; tries += 1) {
      await new Promise((done) => setTimeout(done, 200));
    }
    await save();
    return !(dirty() || conflict || failures);
  }

  document.addEventListener("submit", async (event) => {
    const source = event.target.dataset.copyForward;
    if (!source) return;
    event.preventDefault();
    const wanted = new FormData(event.target).getAll("sections");
    if (!wanted.length || !(await settled())) return;
    turn += 1;
    const asked = { from_encounter: source, sections: wanted, editor, turn };
    try {
      const answer = await window.caresmith.send("POST", `${path}/copy-forward`, asked, {
        "If-Match": `"${version}"`,
      });
      const note = await window.caresmith.send("GET", path);
      version = answer.note_version;
      template = note.template_id;
      draw(note.sections);
      saved = text();
      window.caresmith.closeDrawer();
      say("Copied and saved", "success");
      form.querySelector("textarea")?.focus();
    } catch (error) {
      window.caresmith.toast(error.message);
    }
  });

  $("note-sign")?.addEventListener("click", async () => {
    if (!(await settled())) return;
    window.htmx.ajax("GET", `/console${path.replace(/\/note$/, "")}/sign?version=${version}`, "#drawer");
  });

  form.addEventListener("input", (event) => {
    if (!event.isComposing) expand(event.target);
    event.target.rows = Math.max(2, event.target.value.split("\n").length);
    if (!conflict && !failures) say("Not saved yet");
    if (!failures) soon();
  });
  form.addEventListener("focusout", () => !failures && save());
  addEventListener("online", () => failures && save());
  addEventListener("beforeunload", (event) => dirty() && event.preventDefault());
  // Those of the provider's specialty first, then those for everybody, then the rest.
  const groups = [
    [`For ${begun.specialty}`, (one) => one.specialties.includes(begun.specialty)],
    ["For everybody", (one) => !one.specialties.length],
    ["Other specialties", (one) => one.specialties.length && !one.specialties.includes(begun.specialty)],
  ];
  groups.forEach(([name, fits]) => {
    const group = document.createElement("optgroup");
    group.label = name;
    group.append(
      ...begun.templates
        .filter(fits)
        .map((one) => new Option(one.name, one.template_id, false, one.template_id === template)),
    );
    if (group.childElementCount) $("note-template").append(group);
  });
  $("note-template").addEventListener("change", (event) => {
    take(event.target.value);
    soon();
  });
  if (begun.sections.length) draw(begun.sections);
  else take(template);
  saved = text();
  if (begun.waiting.length) {
    show(begun.waiting, { state: "draft", note_version: version, waiting: begun.waiting });
  }
  form.querySelector("textarea")?.focus();
})();
