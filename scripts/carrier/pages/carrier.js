"use strict";

const QUICK = ["C", "X", "R", "YES", "NO", "1", "2", "3", "STOP", "START", "HELP", "👍"];
const NOTICES = ["delivery", "soft-bounce", "bounce", "complaint"];
const FAILED = new Set(["undelivered", "failed"]);
const at = (selector) => document.querySelector(selector);
const state = { revision: "", person: "", mail: "", data: null };

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const time = (text) => new Date(text).toLocaleString();

/** Text with its web addresses as links; the addresses open in a tab of their own. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, index) =>
    index % 2 ? element("a", { href: part, textContent: part, target: "_blank", rel: "noreferrer" }) : part,
  );
}

function showThreads(threads) {
  at("#threads").replaceChildren(
    ...threads.map((thread) => {
      const button = element("button", { type: "button" }, thread.person, element("small", { textContent: thread.body }));
      button.setAttribute("aria-current", String(thread.person === state.person));
      button.addEventListener("click", () => choose(thread.person));
      return element("li", {}, button);
    }),
  );
}

function showConversation(texts, errors) {
  const list = at("#conversation");
  const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 30;
  at("#whose").textContent = state.person || "Nobody yet";
  list.replaceChildren(
    ...texts.map((text) => {
      const status = text.error ? `${text.status}: ${text.error} ${errors[text.error] || ""}` : text.status;
      const words = `${time(text.at)} · ${status} · ${text.segments} segment${text.segments > 1 ? "s" : ""}`;
      const item = element("li", { className: text.direction },
        element("div", { className: "bubble" }, ...linked(text.body)), element("small", { textContent: words }));
      item.classList.toggle("failed", FAILED.has(text.status));
      return item;
    }),
  );
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function showMails(mails) {
  at("#letters").replaceChildren(
    ...mails.map((mail) => {
      const words = `${mail.to.join(", ")} · ${time(mail.at)}`;
      const button = element("button", { type: "button" }, mail.subject || "(no subject)", element("small", { textContent: words }));
      button.setAttribute("aria-current", String(mail.message_id === state.mail));
      button.addEventListener("click", () => openMail(mail.message_id));
      return element("li", {}, button);
    }),
  );
  if (!state.mail && mails.length) state.mail = mails[0].message_id;
  const mail = mails.find((one) => one.message_id === state.mail);
  if (mail && at("#content").dataset.shown !== mail.message_id + mail.told) showMail(mail);
}

function showMail(mail) {
  at("#subject").textContent = mail.subject || "(no subject)";
  at("#envelope").textContent = `From ${mail.from} to ${mail.to.join(", ")}, ${time(mail.at)}` +
    (mail.told ? `. Told: ${mail.told.split(" ").join(", ")}` : "");
  at("#notices").replaceChildren("Tell: ", ...NOTICES.map((notice) => {
    const button = element("button", { type: "button", textContent: notice });
    button.addEventListener("click", () => post("/api/notice", { message_id: mail.message_id, notice }));
    return button;
  }));
  const content = at("#content");
  content.dataset.shown = mail.message_id + mail.told;
  if (mail.html) {
    const frame = element("iframe", { title: "The e-mail", srcdoc: `<base target="_blank">${mail.html}` });
    frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
    content.replaceChildren(frame);
  } else {
    content.replaceChildren(...linked(mail.text));
  }
}

function choose(person) {
  state.person = person;
  at("#reply").elements.from.value = person;
  state.revision = "";
  refresh();
}

function openMail(id) {
  state.mail = id;
  showMails(state.data.mails);
}

function show(which) {
  for (const name of ["texts", "mails"]) {
    at(`#${name}`).hidden = name !== which;
    at(`#show-${name}`).setAttribute("aria-pressed", String(name === which));
  }
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const told = await answer.json();
  at("#refused").textContent = answer.ok ? "" : told.error;
  await refresh();
  return answer.ok;
}

async function refresh() {
  const query = new URLSearchParams({ revision: state.revision, number: state.person });
  const data = await (await fetch(`/api/state?${query}`)).json();
  if (!data.threads) return;
  state.revision = data.revision;
  state.data = data;
  if (!state.person && data.threads.length) return choose(data.threads[0].person);
  showThreads(data.threads);
  showConversation(data.texts, data.errors);
  showMails(data.mails);
  for (const [name, value] of Object.entries(data.modes)) at("#modes").elements[name].value = value;
  at("#posts").textContent = "Webhooks answered: " +
    (Object.entries(data.posts).map(([status, count]) => `${status} (${count})`).join(", ") || "nothing posted yet");
}

at("#quick").append(...QUICK.map((word) => {
  const button = element("button", { type: "button", textContent: word });
  button.addEventListener("click", () => { at("#reply").elements.body.value = word; at("#reply").requestSubmit(); });
  return button;
}));
at("#reply").addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  if (!fields.body.trim()) return;
  if (await post("/api/reply", fields)) {
    event.target.elements.body.value = "";
    choose(fields.from);
  }
});
at("#modes").addEventListener("change", (event) => post("/api/mode", { [event.target.name]: event.target.value }));
at("#show-texts").addEventListener("click", () => show("texts"));
at("#show-mails").addEventListener("click", () => show("mails"));
if (location.hash === "#mails") show("mails");
refresh();
setInterval(() => refresh().catch(() => {}), 1000);
