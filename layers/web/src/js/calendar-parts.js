// What the calendar draws with: days and hours as text, a visit's box, the hours of a day.
// All times are a location's wall clock; nothing here knows of a zone.
(() => {
  "use strict";
  const two = (number) => String(number).padStart(2, "0");
  const isoDay = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const local = (date) => `${isoDay(date)}T${two(date.getHours())}:${two(date.getMinutes())}`;
  const clock = (date) => date.toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" });
  const describe = (event) => {
    const facts = event.extendedProps;
    return `${clock(event.start)} ${event.title}, ${facts.kind}, ${facts.state}`;
  };

  const monday = (text) => {
    const day = new Date(`${text}T12:00`);
    day.setDate(day.getDate() - ((day.getDay() + 6) % 7));
    return isoDay(day);
  };
  const daysLater = (text, count) => {
    const day = new Date(`${text}T12:00`);
    day.setDate(day.getDate() + count);
    return day;
  };

  function content(event) {
    if (event.display === "background") return [];
    const { kind, state, where } = event.extendedProps;
    const name = document.createElement("b");
    name.textContent = event.title;
    const head = document.createElement("div");
    head.className = "text-truncate";
    head.append(`${clock(event.start).replace(/ [AP]M$/, "")} `, name, " ");
    const rest = document.createElement("div");
    rest.className = "text-truncate";
    rest.textContent = [state === "Booked" ? "" : state, kind, where].filter(Boolean).join(" · ");
    return [head, rest];
  }

  function looks(visit) {
    const minutes = (new Date(visit.end) - new Date(visit.start)) / 60000;
    return [
      `is-${visit.look}`,
      ...(visit.overbooked ? ["is-overbooked"] : []),
      ...(visit.elsewhere ? ["is-elsewhere"] : []),
      ...(minutes < 20 ? ["is-short"] : []),
    ];
  }

  // From the first working hour to the last, and every visit: no empty night on the screen.
  function span(answer) {
    let from = 24 * 60;
    let to = 0;
    const minutes = (text) => Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16));
    const opened = (start, end) => {
      const late = end.slice(0, 10) > start.slice(0, 10) ? 24 * 60 : minutes(end);
      from = Math.min(from, minutes(start));
      to = Math.max(to, late);
    };
    for (const visit of answer.events) opened(visit.start, visit.end);
    for (const resource of answer.resources) {
      const blocks = answer.closed.filter((block) => block.resource === resource.id);
      for (let i = 0; i + 1 < blocks.length; i += 1) opened(blocks[i].end, blocks[i + 1].start);
    }
    if (from >= to) [from, to] = [8 * 60, 18 * 60];
    from = Math.floor(from / 60) * 60;
    to = Math.min(24 * 60, Math.ceil(to / 60) * 60);
    const text = (value) => `${two(Math.floor(value / 60))}:00:00`;
    return { from: text(from), to: text(to) };
  }

  window.caresmithCalendar = { clock, content, daysLater, describe, isoDay, local, looks, monday, span, two };
})();
