import type { Limit } from '@caretaker/cloud/contract';
import type uPlot from 'uplot';
import { formatNumber } from '../format/number.ts';
import type { PlotProps } from './plot-props.ts';
import { spreadLabels } from './series.ts';

type Colour = (name: string) => string;

/** A tile of 45° lines in the colour of unknown. */
function hatch(context: CanvasRenderingContext2D, colour: Colour): CanvasPattern | null {
  const size = 8;
  const tile = new OffscreenCanvas(size, size);
  const pen = tile.getContext('2d');
  if (pen === null) return null;
  pen.strokeStyle = colour('--unknown-fill');
  pen.globalAlpha = 0.55;
  pen.lineWidth = 1.3;
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat');
}

function drawUnknown(plot: uPlot, { series }: PlotProps, colour: Colour): void {
  const { ctx, bbox } = plot;
  for (const span of series.unknown) {
    const left = plot.valToPos(span.from / 1000, 'x', true);
    const right = plot.valToPos(span.to / 1000, 'x', true);
    ctx.fillStyle = colour('--unknown-tint');
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = hatch(ctx, colour) ?? colour('--unknown-tint');
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
}

function drawBeyond(plot: uPlot, limit: Limit, colour: Colour): void {
  const { ctx, bbox } = plot;
  const at = plot.valToPos(limit.limit, 'y', true);
  const severity = limit.severity === 'advice' ? 'ok' : limit.severity;
  ctx.fillStyle = colour(`--${severity}-tint`);
  if (limit.side === 'above') ctx.fillRect(bbox.left, bbox.top, bbox.width, at - bbox.top);
  else ctx.fillRect(bbox.left, at, bbox.width, bbox.top + bbox.height - at);
}

function clip(plot: uPlot): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
}

/**
 * Limits whose far side is tinted, in the order of drawing: the worse one lies further out, so it comes over the
 * milder one. One that counts only at times would tint hours at which nothing is wrong.
 */
export function tinted(limits: readonly Limit[]): Limit[] {
  return limits
    .filter(({ conditional }) => !conditional)
    .sort((a, b) => (a.side === 'above' ? a.limit - b.limit : b.limit - a.limit));
}

/** Behind the line: the side of each limit that is a breach, and where the value was unknown. */
export function drawBehind(plot: uPlot, props: PlotProps, colour: Colour): void {
  clip(plot);
  for (const limit of tinted(props.limits)) drawBeyond(plot, limit, colour);
  drawUnknown(plot, props, colour);
  plot.ctx.restore();
}

interface Line {
  readonly value: number;
  readonly dash: number[];
  readonly ink: string;
}

/** Each value once: rules often share a limit or a clear limit. */
function linesOf(limits: readonly Limit[], colour: Colour): Line[] {
  const lines = new Map<string, Line>();
  for (const limit of limits) {
    const ink = colour(`--${limit.severity === 'advice' ? 'ok' : limit.severity}-ink`);
    if (limit.clear !== null && limit.clear !== limit.limit) {
      lines.set(`clear ${limit.clear}`, {
        value: limit.clear,
        dash: [1, 4],
        ink: colour('--muted'),
      });
    }
    lines.set(`limit ${limit.limit}`, { value: limit.limit, dash: [7, 5], ink });
  }
  return [...lines.values()];
}

/** Over the line: limits dashed, clear limits dotted, their figures in the right margin, and now. */
export function drawInFront(plot: uPlot, props: PlotProps, colour: Colour, font: string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const lines = linesOf(props.limits, colour);
  const places = lines.map(({ value }) => plot.valToPos(value, 'y', true));
  const labels = spreadLabels(places, 14 * ratio, bbox.top, bbox.top + bbox.height);
  ctx.save();
  ctx.font = font.replace('12px', `${12 * ratio}px`);
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  for (const [index, line] of lines.entries()) {
    const y = places[index] ?? 0;
    ctx.strokeStyle = line.ink;
    ctx.fillStyle = line.ink;
    ctx.lineWidth = 1.3 * ratio;
    ctx.setLineDash(line.dash.map((part) => part * ratio));
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    const text = formatNumber(line.value, props.language);
    ctx.fillText(text, bbox.left + bbox.width + 8 * ratio, labels[index] ?? y);
  }
  ctx.setLineDash([]);
  ctx.strokeStyle = colour('--line-strong');
  ctx.lineWidth = ratio;
  ctx.beginPath();
  ctx.moveTo(bbox.left + bbox.width, bbox.top);
  ctx.lineTo(bbox.left + bbox.width, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
