// Automatic log-off (45 CFR 164.312(a)(2)(iii)), on the page as on the server.
// Work in any tab counts for all; polling in the background counts for none.
(() => {
  "use strict";
  const WARN_SECONDS = 60;
  const TOUCH_SECONDS = 60;
  const SHARED = "caresmith-last-work";
  const dialog = document.querySelector("#idle");
  const shown = document.querySelector("#idle-seconds");
  let endsAt = null; // when the server will end the session, by this machine's clock
  let touched = Date.now();
  let asking = false;

  const token = () => document.querySelector('meta[name="csrf-token"]').content;

  async function session(method) {
    const background = method === "GET" ? { "X-Background": "true" } : {};
    const answer = await fetch("/console/session", {
      method,
      redirect: "manual",
      headers: { "X-CSRF-Token": token(), Accept: "application/json", ...background },
    });
    if (answer.status !== 200) return leave();
    const { seconds_left: left } = await answer.json();
    endsAt = Date.now() + left * 1000;
  }
  const ask = () => session("GET").catch(() => {});
  const touch = () => {
    touched = Date.now();
    return session("POST").catch(() => {});
  };

  function leave() {
    endsAt = null;
    // What was on the screen must not stay readable behind a log-in page.
    document.body.replaceChildren();
    location.replace("/console/login?reason=idle");
  }

  function worked() {
    if (dialog.open) return; // then only the button counts
    localStorage.setItem(SHARED, String(Date.now()));
    if (Date.now() - touched > TOUCH_SECONDS * 1000) touch();
  }
  for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(kind, worked, { passive: true });
  }
  window.addEventListener("storage", (event) => {
    if (event.key === SHARED && dialog.open) ask().then(() => tick());
  });
  document.querySelector("#idle-stay").addEventListener("click", async () => {
    dialog.close();
    localStorage.setItem(SHARED, String(Date.now()));
    await touch();
  });
  dialog.addEventListener("cancel", (event) => event.preventDefault());

  async function tick() {
    if (endsAt === null) return;
    const left = Math.ceil((endsAt - Date.now()) / 1000);
    if (left > WARN_SECONDS) {
      if (dialog.open) dialog.close();
      return;
    }
    if (!dialog.open && !asking) {
      // Somebody may have worked in another tab: the server knows.
      asking = true;
      await ask();
      asking = false;
      if (endsAt === null) return;
      if ((endsAt - Date.now()) / 1000 > WARN_SECONDS) return;
      if (!dialog.open) dialog.showModal();
    }
    shown.textContent = String(Math.max(0, Math.ceil((endsAt - Date.now()) / 1000)));
    if (Date.now() >= endsAt) {
      endsAt = Date.now() + 5000;
      await ask();
    }
  }
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  ask();
})();
