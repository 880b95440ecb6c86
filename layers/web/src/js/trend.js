// How a value has gone over time: a line with the reference range behind it. The table
// beside it has the same values, for where nobody sees pictures.
(() => {
  "use strict";

  function option(series) {
    const points = series.points.map((point) => ({
      value: [point.at, point.value],
      name: point.reported,
      symbol: point.comparator ? "triangle" : "circle",
      itemStyle: point.flags.some((flag) => ["LL", "HH", "AA"].includes(flag))
        ? { color: "#c92a2a" }
        : point.flags.some((flag) => ["L", "H", "A"].includes(flag))
          ? { color: "#e8590c" }
          : {},
    }));
    const last = series.points[series.points.length - 1];
    const band = [];
    if (last.low !== null || last.high !== null) {
      const from = last.low === null ? {} : { yAxis: last.low };
      const to = last.high === null ? {} : { yAxis: last.high };
      band.push([from, to]);
    }
    return {
      animation: false,
      color: ["#206bc4"],
      grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
      tooltip: { trigger: "item", formatter: (at) => `${new Date(at.value[0]).toLocaleDateString()}<br>${at.name}` },
      xAxis: { type: "time" },
      yAxis: { type: "value", scale: true, name: series.unit, nameTextStyle: { align: "left" } },
      series: [
        {
          type: "line",
          symbolSize: 8,
          data: points,
          markArea: { silent: true, itemStyle: { color: "rgba(43, 138, 62, 0.10)" }, data: band },
        },
      ],
    };
  }

  function draw(root) {
    root.querySelectorAll("[data-trend]").forEach((place) => {
      const series = JSON.parse(place.dataset.trend);
      if (!series.points.length || place.dataset.drawn) return;
      place.dataset.drawn = "yes";
      const plot = window.echarts.init(place);
      plot.setOption(option(series));
      window.addEventListener("resize", () => plot.resize());
    });
  }

  draw(document);
  document.addEventListener("htmx:afterSwap", (event) => draw(event.detail.target));
})();
