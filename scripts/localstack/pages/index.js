"use strict";

function row(cells) {
  const line = document.createElement("tr");
  for (const cell of cells) {
    const place = line.insertCell();
    if (typeof cell === "string" && cell.startsWith("http")) {
      const link = document.createElement("a");
      link.href = link.textContent = cell;
      place.append(link);
    } else {
      place.textContent = cell;
    }
  }
  return line;
}

async function refresh() {
  const { addresses, logins } = await (await fetch("/_local/facts")).json();
  document.querySelector("#addresses tbody").replaceChildren(...Object.entries(addresses).map(row));
  document.querySelector("#none").hidden = logins.length > 0;
  document.querySelector("#logins").hidden = logins.length === 0;
  document.querySelector("#logins tbody").replaceChildren(
    ...logins.map((login) =>
      row([
        login.label,
        login.username,
        login.password,
        (login.roles || []).join(", "),
        login.code && `${login.code} (${login.seconds_left} s)`,
      ]),
    ),
  );
}

refresh();
setInterval(refresh, 1000);
