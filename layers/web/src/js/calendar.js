// The calendar: providers side by side, drag to move, kept up to date while others book.
// All times here are the location's wall clock; the server knows its zone.
(() => {
  "use strict";
  const POLL_SECONDS = 5;
  const { clock, content, daysLater, describe, isoDay, local, looks, monday, span, two } = caresmithCalendar;
  const element = document.querySelector("#calendar");
  const byId = (id) => document.getElementById(id);
  const mayBook = Boolean(element.dataset.mayBook);
  let patient = element.dataset.patient ?? "";
  let view = element.dataset.view;
  // Who works at one place opens the calendar there, and need not choose it each time.
  const KEPT_PLACE = "caresmith-place";
  const address = new URLSearchParams(location.search);
  const kept = localStorage.getItem(KEPT_PLACE);
  const known = [...byId("place").options].some((option) => option.value === kept);
  if (!address.has("location_id") && known && kept !== byId("place").value) {
    address.set("location_id", kept);
    location.replace(`/console/scheduling?${address}`);
    return;
  }
  let changes = "";
  let loading = 0;
  let shown = null; // the last answer of the server
  let shownAt = 0; // when it came, by this machine's clock
  let narrowed = false; // somebody has chosen which providers to see
  let scrolledFor = ""; // the day and view that were last scrolled to their hours

  const calendar = EventCalendar.create(element, {
    view: viewName(),
    headerToolbar: { start: "", center: "", end: "" },
    date: byId("day").value,
    height: "100%",
    slotDuration: "00:15:00",
    slotLabelInterval: "01:00",
    slotMinTime: "07:00:00",
    slotMaxTime: "19:00:00",
    slotHeight: 26,
    firstDay: 1,
    allDaySlot: false,
    nowIndicator: false,
    // One day's heads are its providers; a week's are its days, also where only one works.
    datesAboveResources: view === "week",
    resources: [],
    events: [],
    editable: false,
    eventStartEditable: true,
    eventDurationEditable: false,
    snapDuration: "00:05:00",
    dayMaxEvents: false,
    eventClassNames: (info) => info.event.extendedProps.classes ?? [],
    eventContent: (info) => ({ domNodes: content(info.event) }),
    eventDidMount: (info) => {
      if (info.event.display === "background") return;
      info.el.style.setProperty("--type", info.event.extendedProps.colour);
      info.el.setAttribute("tabindex", "0");
      info.el.setAttribute("role", "button");
      info.el.dataset.visit = info.event.id;
      info.el.title = describe(info.event);
      info.el.onkeydown = (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          details(info.event.id);
        }
      };
    },
    eventClick: (info) => info.event.display !== "background" && details(info.event.id),
    eventDrop: moved,
    dateClick: (info) => mayBook && book({ start: local(info.date), provider_id: info.resource?.id }),
  });

  // The library calls its boxes a table, of which a visit could not be a part: what
  // stands there is a group of buttons, under a heading for each provider.
  const TABLE = ["role=table", "role=rowgroup", "role=row", "role=columnheader", "role=rowheader", "role=cell"];
  const table = [...TABLE, "aria-colindex", "aria-rowindex"].map((part) => `[${part}]`).join();
  const asButtons = () => {
    for (const part of element.querySelectorAll(table)) {
      for (const name of ["role", "aria-colindex", "aria-colspan", "aria-rowindex", "aria-rowspan"]) {
        part.removeAttribute(name);
      }
    }
    const scroller = element.querySelector(".ec-main");
    if (scroller?.tabIndex === -1) {
      scroller.tabIndex = 0; // so that the keyboard scrolls it too
      scroller.setAttribute("aria-label", "Hours of the day");
    }
    for (const named of element.querySelectorAll(".ec-col-head > [aria-label]")) {
      named.removeAttribute("aria-label"); // it names the day once more for each provider
    }
  };
  new MutationObserver(asButtons).observe(element, { childList: true, subtree: true });
  asButtons();

  function viewName() {
    return view === "week" ? "resourceTimeGridWeek" : "resourceTimeGridDay";
  }

  // -- what is shown -----------------------------------------------------------
  const first = () => (view === "week" ? monday(byId("day").value) : byId("day").value);
  const chosen = () =>
    [...document.querySelectorAll("#providers label:not([hidden]) input:checked")].map((i) => i.value);
  function question(extra = {}) {
    const asked = new URLSearchParams({ first: first(), location_id: byId("place").value, ...extra });
    for (const provider of chosen()) asked.append("provider_id", provider);
    return asked;
  }

  // Seven days of many providers side by side would be too narrow to read.
  function fewForAWeek() {
    const boxes = [...document.querySelectorAll("#providers label:not([hidden]) input")];
    const checked = boxes.filter((box) => box.checked);
    if (view === "day") {
      if (checked.length <= 2) for (const box of boxes) box.checked = true;
      return;
    }
    if (checked.length <= 2) return;
    const stays = checked.find((box) => "own" in box.dataset) ?? checked[0];
    for (const box of boxes) box.checked = box === stays;
  }

  async function load() {
    const turn = ++loading;
    element.setAttribute("aria-busy", "true");
    try {
      const answer = await caresmith.send("GET", `/console/scheduling/events?${question({ view })}`);
      if (turn === loading) show(answer);
    } catch (error) {
      element.removeAttribute("aria-busy");
      caresmith.toast(error.message);
    }
  }

  function show(answer) {
    shown = answer;
    shownAt = Date.now();
    element.dataset.shown = first();
    element.removeAttribute("aria-busy");
    changes = answer.changes;
    const hours = span(answer);
    const resources = columns(answer);
    calendar.setOption("datesAboveResources", view === "week");
    calendar.setOption("view", viewName());
    calendar.setOption("date", new Date(`${first()}T12:00`));
    calendar.setOption("slotMinTime", hours.from);
    calendar.setOption("slotMaxTime", hours.to);
    calendar.setOption("resources", resources);
    calendar.setOption("events", [
      ...answer.closed.map((block, index) => ({
        id: `closed-${index}`,
        resourceIds: [block.resource],
        start: block.start,
        end: block.end,
        display: "background",
        extendedProps: { classes: ["is-closed"] },
      })),
      ...answer.events.map((visit) => ({
        id: visit.id,
        resourceIds: [visit.resource],
        start: visit.start,
        end: visit.end,
        title: visit.title,
        startEditable: visit.movable,
        extendedProps: { ...visit, classes: looks(visit) },
      })),
      nowLine(resources),
    ]);
    scrollToTheHour(hours.from);
    const day = new Date(`${first()}T12:00`);
    const words = { weekday: view === "week" ? undefined : "short", month: "short", day: "numeric", year: "numeric" };
    byId("calendar-title").textContent =
      (view === "week" ? "Week of " : "") + day.toLocaleDateString("en-US", words);
  }

  // Who is not here in the days shown takes no column, until somebody asks for them.
  function columns(answer) {
    const here = answer.resources.filter((resource) => resource.here);
    return narrowed || !here.length ? answer.resources : here;
  }

  // The time at the location, of which the server told: this machine may be elsewhere.
  function now() {
    const told = new Date(shown.now);
    return new Date(told.getTime() + Date.now() - shownAt);
  }
  function nowLine(resources) {
    const start = now();
    return {
      id: "now",
      resourceIds: resources.map((resource) => resource.id),
      start,
      end: new Date(start.getTime() + 5 * 60000),
      display: "background",
      extendedProps: { classes: ["is-now"] },
    };
  }
  function scrollToTheHour(from) {
    if (scrolledFor === first() + view) return;
    scrolledFor = first() + view;
    const today = isoDay(now());
    const inSight = view === "week" ? first() <= today && today < isoDay(daysLater(first(), 7)) : first() === today;
    const hour = Math.max(now().getHours() - 1, Number(from.slice(0, 2)));
    calendar.setOption("scrollTime", inSight ? `${two(hour)}:00:00` : from);
  }

  // -- the tools ---------------------------------------------------------------
  function remember() {
    const address = new URLSearchParams({ view, date: byId("day").value, location_id: byId("place").value });
    history.replaceState(null, "", `/console/scheduling?${address}`);
    localStorage.setItem(KEPT_PLACE, byId("place").value);
    load();
  }
  function step(days) {
    byId("day").value = isoDay(daysLater(byId("day").value, days * (view === "week" ? 7 : 1)));
    remember();
  }
  byId("earlier").addEventListener("click", () => step(-1));
  byId("later").addEventListener("click", () => step(1));
  byId("today").addEventListener("click", () => {
    byId("day").value = (shown?.now ?? local(new Date())).slice(0, 10);
    remember();
  });
  byId("day").addEventListener("change", () => byId("day").value && remember());
  byId("place").addEventListener("change", () => {
    localStorage.setItem(KEPT_PLACE, byId("place").value);
    // The zone's note and the providers are the location's own.
    const address = new URLSearchParams({ view, date: byId("day").value, location_id: byId("place").value });
    location.assign(`/console/scheduling?${address}`);
  });
  for (const label of document.querySelectorAll("#providers label")) {
    label.hidden = !label.dataset.places.split(" ").includes(byId("place").value);
    label.querySelector("input").addEventListener("change", () => {
      narrowed = true;
      load();
    });
  }
  for (const button of document.querySelectorAll("[data-view]:is(button)")) {
    button.addEventListener("click", () => {
      view = button.dataset.view;
      fewForAWeek();
      for (const other of document.querySelectorAll("button[data-view]")) {
        other.classList.toggle("active", other === button);
        other.setAttribute("aria-pressed", String(other === button));
      }
      remember();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea, dialog") || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowLeft" && !event.target.closest(".drawer")) step(-1);
    if (event.key === "ArrowRight" && !event.target.closest(".drawer")) step(1);
  });

  // -- booking, details, moving --------------------------------------------------
  function book(given = {}) {
    const asked = new URLSearchParams({
      location_id: byId("place").value,
      start: given.start ?? byId("day").value,
      provider_id: given.provider_id ?? "",
    });
    if (patient) asked.set("patient", patient);
    htmx.ajax("GET", `/console/scheduling/book?${asked}`, { target: "#drawer" });
  }
  const details = (id) => htmx.ajax("GET", `/console/scheduling/visits/${id}`, { target: "#drawer" });
  byId("new-booking")?.addEventListener("click", () => book());

  async function moved(info) {
    const visit = info.event;
    const form = new URLSearchParams({
      start: local(visit.start),
      provider_id: visit.resourceIds[0],
      location_id: byId("place").value,
      version: visit.extendedProps.version,
    });
    try {
      const answer = await fetch(`/console/scheduling/visits/${visit.id}/move`, {
        method: "POST",
        headers: {
          "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content,
          "HX-Request": "true",
        },
        body: form,
      });
      if (!answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const told = page.querySelector(".alert-title")?.textContent ?? "That did not work.";
        throw new Error(told.trim());
      }
      caresmith.toast(`Moved to ${clock(visit.start)}.`, "success");
    } catch (error) {
      info.revert();
      caresmith.toast(error.message);
    }
    load();
  }

  document.addEventListener("calendar-changed", () => {
    patient = "";
    load();
  });

  // -- live ------------------------------------------------------------------------
  async function poll() {
    if (document.hidden || !changes || document.querySelector(".ec-dragging")) return;
    const asked = question({ since: changes, days: view === "week" ? "7" : "1" });
    if (!asked.has("provider_id")) return;
    try {
      const answer = await fetch(`/calendar/changes?${asked}`, {
        headers: { Accept: "application/json", "X-Background": "true" },
      });
      if (answer.ok && (await answer.json()).changed) load();
    } catch {
      // The next round tries again; the session's watch tells of a lost connection.
    }
  }
  setInterval(poll, POLL_SECONDS * 1000);
  setInterval(() => shown && calendar.updateEvent(nowLine(columns(shown))), 60 * 1000);
  document.addEventListener("visibilitychange", () => document.hidden || poll());
  if (view === "week") fewForAWeek();
  load().then(() => patient && book());
})();
