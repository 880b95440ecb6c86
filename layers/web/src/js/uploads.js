// Files into a chart: each gets a small form; "Upload" asks where it may go, posts it to
// the bucket itself, and hands over to the server, which says what has become of it.
(() => {
  "use strict";
  const area = document.querySelector("[data-uploads]");
  if (!area) return;
  const rows = area.querySelector("[data-rows]");
  const chooser = area.querySelector("input[type=file]");
  const all = area.querySelector("[data-upload-all]");
  const template = document.getElementById("upload-row");
  const files = new WeakMap();
  let next = 0;

  const waiting = () => [...rows.querySelectorAll("form")].filter((row) => files.has(row));
  function settle() {
    const count = waiting().length;
    all.hidden = !count;
    all.textContent = count === 1 ? "Upload this file" : `Upload these ${count} files`;
  }

  function add(file) {
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__n__", String(next++));
    const row = holder.content.firstElementChild;
    row.querySelector("[data-name]").textContent = file.name;
    const dot = file.name.lastIndexOf(".");
    row.elements.title.value = (dot > 0 ? file.name.slice(0, dot) : file.name).slice(0, 200);
    const last = waiting().at(-1);
    if (last) {
      row.elements.category.value = last.elements.category.value;
      row.elements.date.value = last.elements.date.value;
    }
    files.set(row, file);
    rows.append(row);
    return row;
  }
  function addAll(list) {
    const made = [...list].map(add);
    settle();
    made[0]?.elements.title.select();
  }

  // -- what is wrong stands beside the field ------------------------------------
  function complain(row, errors) {
    for (const place of row.querySelectorAll("[data-error]")) {
      const text = errors[place.dataset.error] ?? "";
      place.textContent = text;
      const field = row.elements[place.dataset.error];
      field?.classList.toggle("is-invalid", Boolean(text));
      if (text) field?.setAttribute("aria-invalid", "true");
      else field?.removeAttribute("aria-invalid");
    }
    const known = new Set([...row.querySelectorAll("[data-error]")].map((e) => e.dataset.error));
    const rest = Object.entries(errors).filter(([name]) => !known.has(name));
    if (rest.length) {
      const place = row.querySelector("[data-error=file]");
      place.textContent = [place.textContent, ...rest.map(([, text]) => text)].join(" ").trim();
    }
  }

  function post(form, file, shown) {
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) shown((100 * event.loaded) / event.total);
      });
      request.addEventListener("load", () =>
        request.status < 300 ? done() : failed(new Error("The store did not take the file. Try again.")),
      );
      request.addEventListener("error", () =>
        failed(new Error("The connection broke while the file was sent. Try again.")),
      );
      const body = new FormData();
      for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
      body.append("file", file);
      request.open("POST", form.url);
      request.send(body);
    });
  }

  async function send(row) {
    const file = files.get(row);
    const fields = new URLSearchParams(new FormData(row));
    fields.set("filename", file.name);
    fields.set("bytes", String(file.size));
    complain(row, {});
    let form;
    try {
      const answer = await fetch(area.dataset.uploads, {
        method: "POST",
        credentials: "same-origin",
        body: fields,
      });
      if (answer.redirected) location.assign("/console/login?reason=idle");
      const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : null;
      if (!answer.ok) {
        complain(row, told?.errors ?? { file: "That did not work. Load the page again." });
        return;
      }
      form = told;
    } catch {
      complain(row, { file: "No connection to the server. Nothing was sent." });
      return;
    }
    const bar = row.querySelector("progress");
    bar.hidden = false;
    lock(row, true);
    try {
      await post(form, file, (percent) => (bar.value = percent));
    } catch (problem) {
      bar.hidden = true;
      lock(row, false);
      complain(row, { file: problem.message });
      return;
    }
    bar.hidden = true;
    files.delete(row);
    row.querySelector("[data-fields]").hidden = true;
    row.querySelector("[data-drop-row]").hidden = true;
    row.querySelector("[data-name]").textContent = row.elements.title.value;
    const state = row.querySelector("[data-state]");
    state.textContent = "It has arrived.";
    await htmx.ajax("POST", `${area.dataset.complete}/${form.document_id}/complete`, {
      source: state,
      target: state,
      swap: "innerHTML",
    });
  }
  const lock = (row, locked) => {
    for (const field of row.elements) field.disabled = locked;
  };

  // -- what a person does ---------------------------------------------------------
  function takeChosen() {
    addAll(chooser.files);
    chooser.value = "";
  }
  chooser?.addEventListener("change", takeChosen);
  // Somebody may be faster than this script: what was chosen before it ran is not lost.
  if (chooser?.files.length) takeChosen();
  all.addEventListener("click", async () => {
    all.disabled = true;
    for (const row of waiting()) await send(row);
    all.disabled = false;
    settle();
    rows.querySelector("[aria-invalid]")?.focus();
  });
  rows.addEventListener("submit", (event) => {
    event.preventDefault();
    all.click();
  });
  rows.addEventListener("click", (event) => {
    if (!event.target.closest("[data-drop-row]")) return;
    event.target.closest("form").remove();
    settle();
  });
  const zone = area.querySelector("[data-drop]");
  zone?.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone?.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone?.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    addAll(event.dataTransfer.files);
  });
  // A file that is dropped beside the field must not replace the page.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => event.preventDefault());
  }
  window.addEventListener("beforeunload", (event) => {
    if (waiting().length) event.preventDefault();
  });
})();
