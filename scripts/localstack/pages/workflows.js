"use strict";

function row(cells) {
  const line = document.createElement("tr");
  for (const cell of cells) {
    const place = line.insertCell();
    if (cell instanceof Node) {
      place.append(cell);
    } else {
      place.textContent = cell;
    }
  }
  return line;
}

function chooser(execution) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = execution.name;
  button.addEventListener("click", () => show(execution));
  return button;
}

async function show(execution) {
  const query = new URLSearchParams({ arn: execution.arn });
  const lines = await (await fetch(`/_local/workflows/history?${query}`)).json();
  const table = document.querySelector("#history");
  table.hidden = false;
  table.querySelector("caption").textContent = `What happened in ${execution.name}`;
  table
    .querySelector("tbody")
    .replaceChildren(...lines.map((line) => row([line.at, line.type, line.state, line.error])));
}

async function refresh() {
  const { executions, schedules } = await (await fetch("/_local/workflows/facts")).json();
  document.querySelector("#executions tbody").replaceChildren(
    ...executions.map((one) =>
      row([
        one.machine,
        chooser(one),
        one.error ? `${one.status} (${one.error})` : one.status,
        one.state,
        one.started,
        one.due,
      ]),
    ),
  );
  document
    .querySelector("#schedules tbody")
    .replaceChildren(...schedules.map((one) => row([one.name, one.due, one.tries, one.lost])));
}

refresh();
setInterval(refresh, 5000);
