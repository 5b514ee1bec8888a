import type { Figures } from './figures.ts';
import { html, type Markup } from './html.ts';
import { table } from './parts.ts';
import type { GatewayStatus } from './status.ts';
import { fill, type Words } from './texts.ts';

/** What is needed of what the page shows. */
interface Shown {
  readonly status: GatewayStatus;
  readonly figures: Figures;
  readonly nameOf: (asset: string) => string;
  readonly labelOf: (asset: string, metric: string) => string;
}

/** A clock further off than this is worth a look; further than the second it spoils readings. */
const WORTH_A_LOOK_MS = 5_000;
const WRONG_MS = 5 * 60_000;
const MOST_ROWS = 10;

/** What somebody should know of the gateway's own clock before all else; null when it is well. */
export function clockState({ clock }: GatewayStatus, figures: Figures, w: Words): Markup | null {
  const { basis, offsetMs } = clock;
  const off = offsetMs === null ? 0 : Math.abs(offsetMs);
  if (basis === 'clock' && off <= WORTH_A_LOOK_MS) return null;
  const tone = off > WRONG_MS || basis === 'unknown' ? 'bad' : 'note';
  const what = basis === 'clock' ? w.clockOff : w[`basis_${basis}`];
  const more = offsetMs === null ? null : html`<p>${offset(offsetMs, figures, w)}</p>`;
  return html`<section class="state ${tone}"><p><strong>${what}</strong></p>${more}</section>`;
}

/** In one line, and whether it is wrong. */
export function clockLine({ clock }: GatewayStatus, figures: Figures, w: Words): [string, boolean] {
  const { offsetMs, uncertaintyMs } = clock;
  if (offsetMs === null) return [w.notMeasured, false];
  // An offset within what the measurement is good to is none.
  const sure = Math.abs(offsetMs) > (uncertaintyMs ?? 0);
  return [sure ? offset(offsetMs, figures, w) : w.agrees, Math.abs(offsetMs) > WORTH_A_LOOK_MS];
}

function offset(ms: number, figures: Figures, w: Words): string {
  return fill(ms > 0 ? w.ahead : w.behind, figures.span(Math.abs(ms)));
}

/** How the clocks of devices stand. */
export function deviceClocks({ status: { devices }, figures, nameOf }: Shown, w: Words): Markup {
  const off = devices.lags.filter(({ ms }) => Math.abs(ms) > WORTH_A_LOOK_MS).slice(0, MOST_ROWS);
  if (off.length === 0) {
    return html`<p class="empty">${devices.lags.length === 0 ? w.noStamps : w.clocksGood}</p>`;
  }
  const rows = off.map(({ asset, ms }) => [
    nameOf(asset),
    judged(Math.abs(ms), fill(ms > 0 ? w.stampsBehind : w.stampsAhead, figures.span(Math.abs(ms)))),
  ]);
  return html`${table([w.asset, w.clockOfDevice], rows)}<p class="empty">${w.clocksMore}</p>`;
}

function judged(ms: number, text: string): string | Markup {
  return ms > WRONG_MS ? html`<strong class="wrong">${text}</strong>` : text;
}

/** Assets that have spoken and no longer do. */
export function silentAssets(
  { status: { devices }, figures, nameOf, labelOf }: Shown,
  w: Words,
): Markup {
  if (devices.assets === 0) return html`<p class="empty">${w.noneSpoken}</p>`;
  if (devices.silent.length === 0) {
    return html`<p class="empty">${fill(w.allSpeak, figures.count(devices.assets))}</p>`;
  }
  const some = devices.silent.slice(0, MOST_ROWS);
  const rows = some.map(({ asset, metrics, lastHeard, lastSeen }) => [
    nameOf(asset),
    metrics.map((metric) => labelOf(asset, metric)).join(', '),
    figures.ago(lastHeard),
    figures.ago(lastSeen),
  ]);
  const rest = devices.silent.length - some.length;
  return html`${table([w.asset, w.silentMetrics, w.lastHeard, w.lastSeen], rows)}
${rest > 0 ? html`<p class="empty">${fill(w.moreSilent, figures.count(rest))}</p>` : null}`;
}
