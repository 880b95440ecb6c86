// A child's growth over its age with percentile curves behind it, and vital signs over
// time. The table below each picture has the same values, for where nobody sees it.
(() => {
  "use strict";
  const COLOURS = ["#206bc4", "#c92a2a"];
  const CURVE = "#87929f";

  function growth(data) {
    const end = Math.round(Math.max(...data.curves[0].points.map((point) => point[0])));
    const inMonths = end <= 36;
    const scale = (value) => (inMonths ? value : value / 12);
    const at = (points) => points.map(([x, y]) => [scale(x), y]);
    return {
      animation: false,
      grid: { left: 12, right: 44, top: 28, bottom: 28, containLabel: true },
      tooltip: { trigger: "item", formatter: (one) => one.name },
      xAxis: {
        type: "value",
        name: inMonths ? "Age in months" : "Age in years",
        nameLocation: "middle",
        nameGap: 26,
        max: scale(Math.ceil(end / 6) * 6),
        interval: inMonths ? 3 : undefined,
      },
      yAxis: { type: "value", scale: true, name: data.unit, nameTextStyle: { align: "left" } },
      series: [
        ...data.curves.map((curve) => ({
          type: "line",
          data: at(curve.points),
          silent: true,
          showSymbol: false,
          lineStyle: { color: CURVE, width: curve.name === "50" ? 2 : 1 },
          endLabel: { show: true, formatter: curve.name, color: "#52606f" },
        })),
        {
          type: "line",
          color: COLOURS[0],
          symbol: "circle",
          symbolSize: 9,
          lineStyle: { width: 2 },
          data: data.points.map((point) => ({
            name: point.name,
            value: [scale(point.months), point.value],
          })),
        },
      ],
    };
  }

  function lines(data) {
    return {
      animation: false,
      color: COLOURS,
      grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
      legend: data.lines.length > 1 ? { top: 0, right: 0 } : undefined,
      tooltip: { trigger: "axis" },
      xAxis: { type: "time" },
      yAxis: { type: "value", scale: true, name: data.unit, nameTextStyle: { align: "left" } },
      series: data.lines.map((line) => ({
        type: "line",
        name: line.name,
        data: line.points,
        symbolSize: 8,
      })),
    };
  }

  function draw(selector, read, option) {
    document.querySelectorAll(selector).forEach((place) => {
      const plot = window.echarts.init(place);
      plot.setOption(option(JSON.parse(read(place))));
      window.addEventListener("resize", () => plot.resize());
    });
  }

  draw("[data-growth]", (place) => place.dataset.growth, growth);
  draw("[data-lines]", (place) => place.dataset.lines, lines);
})();
