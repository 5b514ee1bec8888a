import uPlot from 'uplot';
import { formatDay, formatTime } from '../format/instant.ts';
import { formatNumber } from '../format/number.ts';
import { drawBehind, drawInFront } from './layers.ts';
import type { PlotProps } from './plot-props.ts';
import { valueRange } from './series.ts';

/** Room on both sides of the plot, pixels; `EpisodeLane.module.css` keeps to the same. */
const marginLeft = 48;
const marginRight = 64;

/** Reads colours of the theme from an element. */
function colourReader(element: Element): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

function timeLabels(props: () => PlotProps): uPlot.Axis.Values {
  return (_plot, splits, _axis, _space, step) => {
    const { zone, language } = props();
    return splits.map((seconds) => {
      const at = seconds * 1000;
      const time = formatTime(at, zone);
      return step >= 86_400 || time === '00:00' ? formatDay(at, zone, language) : time;
    });
  };
}

function seriesStyles(events: boolean, colour: (name: string) => string): uPlot.Series[] {
  const text = colour('--text');
  const dots = { show: events, size: 5, width: 1, stroke: text, fill: text };
  const bare: uPlot.Series = { width: 0, points: { show: false } };
  if (events) {
    const loose: uPlot.Series = { paths: () => null, points: dots };
    return [{}, loose, loose, { paths: () => null, points: { show: false } }];
  }
  return [{}, bare, bare, { stroke: text, width: 1.4, points: { show: false } }];
}

/** The plot's options; `props` gives the current properties at the time of each draw. */
export function optionsOf(props: () => PlotProps, element: HTMLElement): uPlot.Options {
  const colour = colourReader(element);
  const { zone, events, height } = props();
  const font = `12px ${colour('--font')}`;
  const axis = {
    font,
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1, size: 4 },
  };
  return {
    width: element.clientWidth,
    height,
    padding: [10, marginRight, 0, 0],
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    scales: {
      x: { time: true },
      y: {
        range: () => {
          const { series, limits } = props();
          const clears = limits.flatMap(({ clear }) => clear ?? []);
          return valueRange(series.samples, [...limits.map(({ limit }) => limit), ...clears]);
        },
      },
    },
    axes: [
      { ...axis, values: timeLabels(props), size: 28, space: 72 },
      {
        ...axis,
        size: marginLeft,
        space: 36,
        values: (_plot, splits) => splits.map((value) => formatNumber(value, props().language)),
      },
    ],
    series: seriesStyles(events, colour),
    bands: events
      ? []
      : [
          {
            series: [2, 1],
            fill: `color-mix(in srgb, ${colour('--line-strong')} 30%, transparent)`,
          },
        ],
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    hooks: {
      drawClear: [(plot) => drawBehind(plot, props(), colour)],
      draw: [(plot) => drawInFront(plot, props(), colour, font)],
      setCursor: [(plot) => props().onPoint(plot.cursor.idx ?? null)],
      setSelect: [(plot) => zoomTo(plot, props())],
    },
  };
}

function zoomTo(plot: uPlot, { onZoom }: PlotProps): void {
  const { left, width } = plot.select;
  if (width < 8) return;
  const from = plot.posToVal(left, 'x') * 1000;
  const to = plot.posToVal(left + width, 'x') * 1000;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onZoom({ from: Math.round(from), to: Math.round(to) });
}
