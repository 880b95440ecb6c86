// A file of the wire is handed in as it is: its bytes are the request's body.
(() => {
  "use strict";
  const form = document.querySelector("[data-wire]");
  if (!form) return;
  const complaint = form.querySelector("[data-error]");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = form.elements.file.files[0];
    if (!file) return;
    complaint.textContent = "";
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(`${form.dataset.wire}?name=${encodeURIComponent(file.name)}`, {
        method: "POST",
        credentials: "same-origin",
        headers: {
          "content-type": form.dataset.type ?? "application/edi-x12",
          "x-csrf-token": form.elements.csrf_token.value,
        },
        body: file,
      });
      const text = await answer.text();
      if (answer.ok && text.startsWith("/console/")) location.assign(text);
      else if (answer.status === 422) complaint.textContent = text;
      else if (answer.status === 413) complaint.textContent = "The file is too large. Nothing was taken.";
      else complaint.textContent = "The file was not taken. Load the page again.";
    } catch {
      complaint.textContent = "No connection to the server. Nothing was sent.";
    } finally {
      button.disabled = false;
    }
  });
})();
