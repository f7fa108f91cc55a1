/** What runs in the browser: draws the page's charts with uPlot. Plain text, since nothing else of it is a module. */
export const CLIENT_SCRIPT = `
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const colours = ['#d62728', '#4269d0', '#3ca951', '#efb118', '#a463f2', '#6cc5b0', '#9c6b4e', '#97bbf5', '#ff8ab7', '#9498a0', '#333333'];
  const sync = uPlot.sync('replay');
  const width = () => Math.min(1100, document.body.clientWidth - 32);
  const charts = [];
  const shown = ['prescale', 'hpa-tuned', 'oracle'];
  const instant = (seconds) => new Date(1000 * seconds).toISOString();
  const timeLabel = (seconds) => {
    const at = instant(seconds);
    return at.slice(11, 16) === '00:00' ? at.slice(5, 10) : at.slice(11, 16);
  };
  const short = (value) =>
    value >= 1e6 ? Number((value / 1e6).toPrecision(3)) + ' M'
    : value >= 1e4 ? Number((value / 1e3).toPrecision(3)) + ' k'
    : String(Number(value.toPrecision(4)));
  const axes = [
    { values: (_, splits) => splits.map(timeLabel) },
    { size: 60, values: (_, splits) => splits.map(short) },
  ];
  const time = { label: 'UTC', value: (_, seconds) => (seconds == null ? '--' : instant(seconds).slice(0, 16)) };
  const draw = (id, columns, series, more) => {
    const chart = new uPlot(
      Object.assign({
        width: width(), height: 240, cursor: { sync: { key: sync.key }, drag: { x: true, y: false } },
        scales: { x: { time: true } }, axes, series: [time].concat(series),
        tzDate: (seconds) => uPlot.tzDate(new Date(1000 * seconds), 'Etc/UTC'),
      }, more), columns, document.getElementById(id));
    charts.push(chart);
  };
  const bySeries = () => data.names.map((name, i) => ({
    label: name, stroke: colours[i % colours.length], width: name === 'prescale' ? 2 : 1,
    show: shown.includes(name), spanGaps: false,
  }));
  draw('load', data.load, [{ label: 'requests per second', stroke: '#555', fill: 'rgba(80,80,80,0.1)' }]);
  draw('replicas', data.replicas, bySeries());
  draw('late', data.late, bySeries());
  if (data.fan[0].length > 0)
    draw('fan', data.fan, [
      { label: '5 %', stroke: '#9ecae1' }, { label: 'median', stroke: '#3182bd' },
      { label: '95 %', stroke: '#9ecae1' }, { label: 'came', stroke: '#d62728' },
    ], { bands: [{ series: [3, 1], fill: 'rgba(49,130,189,0.15)' }], cursor: { drag: { x: true, y: false } } });
  addEventListener('resize', () => charts.forEach((chart) => chart.setSize({ width: width(), height: 240 })));
})();
`;
