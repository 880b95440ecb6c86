// Searching a code beside a form's fields: the pick fills the code's and the text's field.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-code]");
    const search = pick?.closest("[data-code-search]");
    if (!search) return;
    const fields = pick.closest("form").elements;
    const { codeInto, titleInto } = search.dataset;
    for (const [name, value] of [[codeInto, pick.dataset.code], [titleInto, pick.dataset.title]]) {
      const field = fields.namedItem(name);
      if (!field) continue;
      field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    search.querySelector(".code-results").replaceChildren();
    search.querySelector("input").value = "";
    fields.namedItem(titleInto)?.focus();
  });
})();
