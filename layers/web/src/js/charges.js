// A charge sheet's running total, and files whose lines go into a form's field.
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
  document.addEventListener("change", async (event) => {
    const into = event.target.dataset?.fileInto;
    const file = into && event.target.files[0];
    if (file) document.getElementById(into).value = await file.text();
  });
})();
