// Searching a code beside a form's fields. The pick fills the first empty field of those
// that take the code, and the one at the same place that takes its words.
(() => {
  "use strict";
  const names = (text) => text.split(" ").filter(Boolean);
  const fill = (field, value) => {
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-code]");
    const search = pick?.closest("[data-code-search]");
    if (!search) return;
    const fields = pick.closest("form").elements;
    const codes = names(search.dataset.codeInto);
    const titles = names(search.dataset.titleInto);
    const empty = codes.findIndex((name) => !fields.namedItem(name)?.value);
    const place = codes.length === 1 || empty < 0 ? codes.length - 1 : empty;
    fill(fields.namedItem(codes[place]), pick.dataset.code);
    const title = fields.namedItem(titles[place]);
    if (title) fill(title, pick.dataset.title);
    search.querySelector(".code-results").replaceChildren();
    const typed = search.querySelector("input");
    typed.value = "";
    // One field: whoever picked goes on from there; several: they look for the next one.
    (codes.length > 1 ? typed : (title ?? fields.namedItem(codes[place]))).focus();
  });
  // A code that is typed over is no longer what was picked.
  document.addEventListener("input", (event) => {
    const kept = event.target.form?.elements.namedItem(
      event.target.name?.replace(/\.code\.code$/, ".code.display"),
    );
    if (kept && kept !== event.target) kept.value = "";
  });
})();
