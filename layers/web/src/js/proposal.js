// Taking entries of an outside document: how many are ticked, and all new ones at once.
(() => {
  "use strict";
  const form = document.querySelector("[data-proposal]");
  if (!form) return;
  const most = Number(form.dataset.proposal);
  const boxes = [...form.querySelectorAll("[name='keys[]']")];
  const shown = form.querySelector("[data-ticked]");
  function count() {
    const ticked = boxes.filter((box) => box.checked).length;
    if (!shown) return;
    shown.textContent = `${ticked} ticked` + (ticked > most ? `: at most ${most} at a time` : "");
    shown.classList.toggle("text-danger", ticked > most);
  }
  form.addEventListener("change", count);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tick-new]");
    if (!button) return;
    const fresh = button.closest("section").querySelectorAll("[data-state=new]");
    const every = [...fresh].every((box) => box.checked);
    for (const box of fresh) box.checked = !every;
    count();
  });
  for (const button of form.querySelectorAll("[data-tick-new]")) button.disabled = false;
  count();
})();
