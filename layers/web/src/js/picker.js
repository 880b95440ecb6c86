// Choosing a patient in a form: results become a hidden id and a shown name.
(() => {
  "use strict";
  function choose(picker, id, name) {
    picker.querySelector("[name=patient_id]").value = id;
    picker.querySelector("[name=patient_name]").value = name;
    const chosen = picker.querySelector("[data-picked]");
    const text = picker.querySelector("[name=text]");
    chosen.hidden = !id;
    text.hidden = Boolean(id);
    chosen.querySelector("output").textContent = name;
    picker.querySelector(".picker-results").replaceChildren();
    text.value = "";
    if (!id) text.focus();
    else picker.closest("form").querySelector("select, input:not([type=hidden]):not([hidden])")?.focus();
  }
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]");
    if (pick) choose(pick.closest("[data-picker]"), pick.dataset.pick, pick.dataset.pickName);
    const unpick = event.target.closest("[data-unpick]");
    if (unpick) choose(unpick.closest("[data-picker]"), "", "");
    const slot = event.target.closest("[data-slot-clock]");
    if (slot) {
      const form = slot.closest("form");
      form.elements.day.value = slot.dataset.slotDay;
      form.elements.clock.value = slot.dataset.slotClock;
      form.elements.provider_id.value = slot.dataset.slotProvider;
      for (const other of form.querySelectorAll("[data-slot-clock]")) {
        other.classList.toggle("btn-primary", other === slot);
        other.setAttribute("aria-pressed", String(other === slot));
      }
      form.querySelector("button[type=submit]").focus();
    }
  });
})();
