// What every page of the console has: the CSRF token on requests, toasts, the
// drawer, dialogs, keyboard shortcuts, and errors shown where the person looks.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const meta = (name) => $(`meta[name="${name}"]`)?.content ?? "";

  function toast(text, kind = "danger") {
    const box = document.createElement("div");
    box.className = `alert alert-${kind} alert-dismissible shadow`;
    box.setAttribute("role", kind === "danger" ? "alert" : "status");
    const words = document.createElement("div");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn-close";
    close.setAttribute("aria-label", "Dismiss");
    close.addEventListener("click", () => box.remove());
    box.append(words, close);
    $("#toasts")?.append(box);
    if (kind !== "danger") setTimeout(() => box.remove(), 6000);
  }

  // -- the drawer: a visit's details, a booking form ------------------------
  let opener = null;
  function openDrawer() {
    const drawer = $("#drawer");
    if (drawer.hidden) opener = document.activeElement;
    drawer.hidden = false;
    (drawer.querySelector("[autofocus]") ?? drawer).focus();
  }
  function closeDrawer() {
    const drawer = $("#drawer");
    if (!drawer || drawer.hidden) return false;
    drawer.hidden = true;
    drawer.replaceChildren();
    opener?.focus?.();
    return true;
  }

  // -- requests --------------------------------------------------------------
  // A fetch of our own API: JSON in and out, the problem's own words on failure.
  async function send(method, url, body, headers = {}) {
    let answer;
    try {
      answer = await fetch(url, {
        method,
        credentials: "same-origin",
        headers: {
          "X-CSRF-Token": meta("csrf-token"),
          Accept: "application/json",
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      throw new Error("No connection to the server. Nothing was changed.");
    }
    const text = await answer.text();
    let data = null;
    try {
      data = text ? JSON.parse(text) : null;
    } catch {
      data = null;
    }
    if (answer.status === 401 || (answer.redirected && answer.url.includes("/console/login"))) {
      location.assign("/console/login?reason=idle");
    }
    if (!answer.ok) {
      const field = data?.errors?.[0]?.message;
      const failure = new Error(field ?? data?.detail ?? data?.title ?? "That did not work.");
      failure.status = answer.status;
      failure.problem = data;
      throw failure;
    }
    if (method !== "GET") document.dispatchEvent(new CustomEvent("caresmith:sent", { detail: { url } }));
    return data;
  }

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF-Token"] = meta("csrf-token");
    if (event.detail.elt.hasAttribute("data-background")) {
      event.detail.headers["X-Background"] = "true";
    }
  });
  // A refused form comes back as the form with its errors: show it in its place.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status < 400) return;
    const form = event.detail.xhr.getResponseHeader("X-Form");
    if (form) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      return;
    }
    if (event.detail.elt.hasAttribute("data-background")) return;
    const words = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const told = words.querySelector("[role=alert]")?.textContent ?? "That did not work.";
    toast(told.replace(/\s+/g, " ").trim());
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (event.detail.elt.hasAttribute("data-background")) return;
    toast("No connection to the server. Nothing was changed.");
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "drawer") openDrawer();
    event.detail.target.querySelector?.("[data-focus]")?.focus();
  });
  // The server says what else should happen: {"said": {...}}, {"changed": ...}.
  document.addEventListener("said", (event) => toast(event.detail.text, event.detail.kind ?? "success"));
  document.addEventListener("done", () => closeDrawer());
  // A form that comes back to its own page says that it was taken.
  document.addEventListener("DOMContentLoaded", () => {
    if (location.hash !== "#saved") return;
    history.replaceState(null, "", location.pathname + location.search);
    toast("Saved.", "success");
  });

  // -- small behaviours named in the markup -----------------------------------
  document.addEventListener("click", (event) => {
    const show = event.target.closest("[data-show]");
    if (show) $(show.dataset.show)?.showModal();
    const close = event.target.closest("[data-close]");
    if (close?.dataset.close === "#drawer") closeDrawer();
    else if (close) $(close.dataset.close)?.close();
    const row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a, button, input, label")) location.assign(row.dataset.href);
    const adder = event.target.closest("[data-add-row]");
    if (adder) addRow(adder);
    const remover = event.target.closest("[data-remove-row]");
    if (remover) remover.closest("[data-row]").remove();
    if (!event.target.closest(".quick-search")) $("#quick-results")?.replaceChildren();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });
  // A second click must not send a plain form again.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.hasAttribute("hx-post")) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
    setTimeout(() => delete event.target.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", (event) => {
    // Out of the browser's memory comes what may no longer be seen.
    if (event.persisted) location.reload();
  });

  // <template id> rows whose names hold __n__ become the next row of a list.
  function addRow(button) {
    const template = $(button.dataset.addRow);
    const list = $(button.dataset.into);
    const next = Number(list.dataset.next ?? list.children.length);
    list.dataset.next = String(next + 1);
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__n__", String(next));
    list.append(holder.content);
    htmx.process(list.lastElementChild);
    list.lastElementChild.querySelector("input, select")?.focus();
  }

  // -- keyboard -----------------------------------------------------------------
  let goto = 0;
  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const results = $("#quick-results");
      if (results?.childElementCount) results.replaceChildren();
      else closeDrawer();
      return;
    }
    if (moveInList(event) || typing(event.target) || $("dialog[open]")) return;
    if (event.key === "/") {
      event.preventDefault();
      $("[data-main-search]")?.focus() ?? $("#quick-search")?.focus();
    } else if (event.key === "?") {
      $("#shortcuts")?.showModal();
    } else if (event.key === "g") {
      goto = Date.now();
    } else if (Date.now() - goto < 1500) {
      goto = 0;
      $(`[data-goto="${CSS.escape(event.key)}"]`)?.click();
    } else if (event.key === "n") {
      event.preventDefault();
      $("[data-new]")?.click();
    }
  });
  // Arrow keys walk through search results.
  function moveInList(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return false;
    const area = event.target.closest("[data-arrows], .quick-search");
    if (!area) return false;
    const stops = [...area.querySelectorAll("a[href], button[data-pick], button[data-code]")].filter((e) => e.offsetParent);
    if (!stops.length) return false;
    event.preventDefault();
    const at = stops.indexOf(document.activeElement);
    const step = event.key === "ArrowDown" ? 1 : -1;
    const next = stops[at + step];
    (next ?? (step < 0 ? area.querySelector("input") : stops[0]))?.focus();
    return true;
  }

  window.caresmith = { toast, send, closeDrawer, openDrawer };
})();
