// The plots of the delivery page. Each draws the numbers of the table beside it,
// which stands for it where nobody sees pictures.
(() => {
  "use strict";
  const COLOURS = ["#206bc4", "#2b8a3e", "#c92a2a", "#1098ad", "#7048e8"];
  const OUTCOME_COLOURS = ["#2b8a3e", "#e8590c", "#1098ad", "#7048e8", "#868e96"];

  const base = (data, colours) => ({
    animation: false,
    color: colours,
    grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0 },
    series: data.series.map((each) => ({ name: each.name, data: each.values })),
  });

  // How many left, arrived or failed on each day.
  function days(data) {
    const option = base(data, COLOURS);
    option.xAxis = { type: "category", data: data.labels };
    option.yAxis = { type: "value", minInterval: 1 };
    option.series.forEach((each) => Object.assign(each, { type: "bar", barGap: "0%" }));
    return option;
  }

  // What each reminder of the cadence was answered.
  function steps(data) {
    const option = base(data, OUTCOME_COLOURS);
    option.yAxis = { type: "category", data: data.labels, inverse: true };
    option.xAxis = { type: "value", minInterval: 1 };
    option.series.forEach((each) => Object.assign(each, { type: "bar", stack: "answers" }));
    return option;
  }

  // Of visits that are over, the share to which nobody came.
  function attendance(data) {
    const [kept, missed] = data.series.map((each) => each.values);
    const rates = missed.map((count, i) => {
      const over = count + kept[i];
      return over ? Math.round((1000 * count) / over) / 10 : 0;
    });
    return {
      animation: false,
      color: ["#c92a2a"],
      grid: { left: 8, right: 48, top: 8, bottom: 8, containLabel: true },
      yAxis: { type: "category", data: data.labels, inverse: true },
      xAxis: { type: "value", axisLabel: { formatter: "{value} %" } },
      series: [{ type: "bar", data: rates, label: { show: true, position: "right", formatter: "{c} %" } }],
    };
  }

  const KINDS = { days, steps, attendance };
  document.querySelectorAll("[data-plot]").forEach((place) => {
    const data = JSON.parse(place.dataset.rows);
    if (!data.labels.length) return;
    const plot = window.echarts.init(place);
    plot.setOption(KINDS[place.dataset.plot](data));
    window.addEventListener("resize", () => plot.resize());
  });
})();
