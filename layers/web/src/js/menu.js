// How much waits behind the menu's entries. Each number belongs to the feature that counts it
// and is asked of that feature: one after another, once the page is at rest and while somebody
// looks at it, and only where the browser has no fresh one (the answer says how long it is), so
// that opening a page wakes no function for what is known. What this tab has changed is asked anew.
(() => {
  "use strict";
  const LOOK_AGAIN_MS = 30_000; // Less than a number stays fresh, so that none is shown for long after.
  const CHANGED = "caresmith-changed";
  const places = [...document.querySelectorAll("[data-count]")];
  if (!places.length) return;
  const whenIdle = window.requestIdleCallback ?? ((call) => setTimeout(call, 200));

  // "/console/messages/count" and "/messages/1" are both of "messages".
  const feature = (path) => path.replace(/^\/console(?=\/)/, "").split("/")[1] ?? "";
  const changed = () => new Set(JSON.parse(sessionStorage.getItem(CHANGED) ?? "[]"));

  function remember(url) {
    const path = new URL(url, location.href).pathname;
    const features = changed().add(feature(path)).add(feature(location.pathname));
    sessionStorage.setItem(CHANGED, JSON.stringify([...features]));
  }

  async function ask(place, cache) {
    try {
      const answer = await fetch(place.dataset.count, {
        cache,
        redirect: "manual",
        headers: { "X-Background": "true" },
      });
      if (!answer.ok) return;
      const told = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...told.body.childNodes);
    } catch {
      // No connection, or the page is being left: the number stays what it was.
    }
  }

  function showGroups() {
    for (const sign of document.querySelectorAll("[data-any-of]")) {
      const group = sign.closest(sign.dataset.anyOf);
      sign.hidden = !group.querySelector("[data-count] > *");
    }
  }

  let asking = false;
  let wanted = false;
  async function refresh() {
    wanted = true;
    if (asking || document.hidden) return;
    asking = true;
    while (wanted) {
      wanted = false;
      const anew = changed();
      sessionStorage.removeItem(CHANGED);
      for (const place of places) {
        await ask(place, anew.has(feature(place.dataset.count)) ? "reload" : "default");
        showGroups();
      }
    }
    asking = false;
  }

  document.addEventListener("htmx:afterRequest", (event) => {
    const { verb, path } = event.detail.requestConfig;
    const looks = verb === "get" || event.detail.elt.closest("[role=search]");
    if (looks || !event.detail.successful) return;
    remember(path);
    refresh();
  });
  document.addEventListener("caresmith:sent", (event) => {
    remember(event.detail.url);
    refresh();
  });
  // The page that answers asks.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!event.defaultPrevented && form.method === "post") remember(form.action);
  });
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  setInterval(refresh, LOOK_AGAIN_MS);
  if (document.readyState === "complete") whenIdle(refresh);
  else window.addEventListener("load", () => whenIdle(refresh));
})();
