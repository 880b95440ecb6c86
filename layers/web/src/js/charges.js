// A charge sheet's running total, numbers on file that go into its fields, and files whose
// lines go into a form's field.
(() => {
  "use strict";
  const cents = (text) => {
    const amount = Number(text.replace(/[$,\s]/g, ""));
    return Number.isFinite(amount) ? Math.round(amount * 100) : 0;
  };
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-amount]")) return;
    const form = event.target.form;
    let sum = 0;
    for (const field of form.querySelectorAll("[data-amount]")) sum += cents(field.value);
    const shown = (sum / 100).toLocaleString("en-US", { style: "currency", currency: "USD" });
    form.querySelector("[data-total]").textContent = shown;
  });
  // A number that is taken, and one that is certain: that goes into an empty field once, so
  // that whoever empties it is not contradicted.
  document.addEventListener("click", (event) => {
    const taken = event.target.closest("[data-take]");
    const field = taken?.closest("form").elements.namedItem(taken.dataset.takeInto);
    if (!field) return;
    field.value = taken.dataset.take;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const one of event.target.querySelectorAll("[data-prefill]")) {
      const field = one.closest("form").elements.namedItem(one.dataset.prefillInto);
      if (!field || field.value || field.dataset.prefilled === one.dataset.prefill) continue;
      field.value = field.dataset.prefilled = one.dataset.prefill;
    }
  });
  document.addEventListener("change", async (event) => {
    const into = event.target.dataset?.fileInto;
    const file = into && event.target.files[0];
    if (file) document.getElementById(into).value = await file.text();
  });
})();
