import type { Fault } from '@caretaker/readings/base';
import type { QuarantineEntry, ReportedCredential } from '@caretaker/readings/uplink';
import { removedBy } from '../journal/index.ts';
import { clockLine, clockState, deviceClocks, silentAssets } from './clocks.ts';
import { configurationLine, configurationTroubles } from './configuration.ts';
import type { Figures } from './figures.ts';
import { gone } from './gone.ts';
import { html, type Markup } from './html.ts';
import { pageOf } from './layout.ts';
import { pair, table } from './parts.ts';
import type { GatewayStatus } from './status.ts';
import { fill, type Language, type Words, words } from './texts.ts';

/** Everything that the page of a gateway shows. */
export interface Shown {
  readonly language: Language;
  readonly figures: Figures;
  readonly estate: string;
  /** What an asset is called. */
  readonly nameOf: (asset: string) => string;
  /** What a metric of an asset is called. */
  readonly labelOf: (asset: string, metric: string) => string;
  readonly status: GatewayStatus;
  /** What somebody has to mend. */
  readonly troubles: readonly Fault[];
  readonly credentials: readonly ReportedCredential[];
  /** The one seen last first. */
  readonly quarantined: readonly QuarantineEntry[];
  readonly anonymous: boolean;
  readonly hasPassword: boolean;
}

const REFRESH_S = 15;
const MOST_ROWS = 10;
/** Further ahead nobody looks. */
const MOST_DAYS = 365;
/** A device that gave no id has one that the broker made up. */
const NAMELESS = /^aedes_/;
/** Readings that local rules may be behind in passing. */
const BEHIND = 10_000;

export function statusPage(shown: Shown): string {
  const { language, status, estate, figures, hasPassword } = shown;
  const w = words[language];
  const title = fill(w.title, status.gateway);
  return pageOf({
    language,
    title,
    refresh: REFRESH_S,
    header: html`<div><h1>${title}</h1>
<p>${w.estate}: ${estate} · ${w.version} ${status.version} · ${fill(w.asOf, figures.time(status.at))}</p></div>
<nav><a href="/new-devices">${freshText(shown, w)}</a>
${status.nodeRed === null ? null : html`<a href="/red/">${w.openFlows}</a>`}<a href="/password">${hasPassword ? w.changePassword : w.setPassword}</a>
<form method="post" action="/sign-out"><button class="quiet" type="submit">${w.signOut}</button></form></nav>`,
    main: html`${hasPassword ? null : html`<section class="state note"><p>${w.noPassword} <a href="/password">${w.setPassword}</a></p></section>`}
${uplink(shown, w)}
${shown.troubles.map((one) => html`<section class="state bad"><p lang="en">${one.message} [${one.code}] ${one.next ?? ''}</p></section>`)}
${configurationTroubles(status.configuration, figures, w)}
${clockState(status, figures, w)}
<section>${numbers(shown, w)}</section>
<section><h2>${w.silent}</h2>${silentAssets(shown, w)}</section>
<section><h2>${w.clocks}</h2>${deviceClocks(shown, w)}</section>
${gone(status.journal, figures, w)}
<section><h2>${w.credentials}</h2>${credentials(shown, w)}</section>
<section><h2>${w.quarantine}</h2>${quarantine(shown, w)}</section>`,
  });
}

function freshText({ status, figures }: Shown, w: Words): string {
  const { listed } = status.discovery;
  return listed === 0 ? w.fresh : fill(w.freshSome, figures.count(listed));
}

function uplink({ status }: Shown, w: Words): Markup {
  const [tone, what, more] = status.uplink.connected
    ? ['good', w.up, w.upMore]
    : ['bad', w.down, w.downMore];
  return html`<section class="state ${tone}" role="status"><p><strong>${what}</strong></p><p>${more}</p></section>`;
}

function numbers(shown: Shown, w: Words): Markup {
  const { figures, status } = shown;
  const { uplink, broker, ingest, journal } = status;
  const losses = journal.losses.length;
  const removed = journal.tombstones.reduce((sum, one) => sum + removedBy(one), 0);
  const oldest = uplink.oldestPendingAt;
  return html`<dl>
${pair(w.pending, uplink.pending === 0 ? w.nothing : fill(w.readings, figures.count(uplink.pending)))}
${pair(w.oldest, oldest === null ? w.nothing : figures.ago(oldest))}
${pair(w.speed, fill(w.perSecond, figures.count(Math.round(uplink.perSecond))))}
${pair(w.clock, ...clockLine(status, figures, w))}
${status.external === null ? pair(w.devices, figures.count(broker.clients)) : pair(w.external, ...external(status.external, w))}
${pair(w.messages, figures.count(ingest.messages))}
${pair(w.kept, figures.count(ingest.readings))}
${pair(w.refused, figures.count(ingest.refused), ingest.refused > 0)}
${pair(w.logins, figures.count(broker.refusals.EDGE_LOGIN_REFUSED), broker.refusals.EDGE_LOGIN_REFUSED > 0)}
${pair(w.foreign, figures.count(broker.refusals.EDGE_TOPIC_FORBIDDEN))}
${pair(w.cutOff, figures.count(broker.cutOff), broker.cutOff > 0)}
${pair(w.journal, fill(w.room, figures.megabytes(journal.bytes)).replace('{1}', figures.megabytes(journal.room.maxBytes)))}
${pair(w.daysLeft, ...daysLeft(shown, w))}
${pair(w.losses, losses === 0 ? w.nothing : figures.count(losses), losses > 0)}
${pair(w.removed, removed === 0 ? w.nothing : fill(w.readings, figures.count(removed)), removed > 0)}
${pair(w.configuration, ...configurationLine(status.configuration, figures, w))}
${pair(w.localRules, ...localRules(shown, w))}
${pair(w.ownAlarms, ...ownAlarms(shown, w))}
${pair(w.actions, ...ownActions(shown, w))}
${pair(w.history, ...history(shown, w))}
${pair(w.flows, ...flows(shown, w))}
</dl>`;
}

function external(
  { connected, address }: NonNullable<GatewayStatus['external']>,
  w: Words,
): [string, boolean] {
  return connected ? [fill(w.externalUp, address), false] : [fill(w.externalDown, address), true];
}

function daysLeft({ status, figures }: Shown, w: Words): [string, boolean] {
  const { daysLeft: days } = status.journal.room;
  if (days === null) return [w.daysUnknown, false];
  if (days > MOST_DAYS) return [`> ${fill(w.days, figures.count(MOST_DAYS))}`, false];
  // Of years, tenths of a day say nothing.
  const shown = days < 10 ? Math.round(days * 10) / 10 : Math.round(days);
  return [fill(w.days, figures.count(shown)), days < 1];
}

function localRules({ status: { rules }, figures }: Shown, w: Words): [string, boolean] {
  if (rules === null) return [w.rulesOff, true];
  if (rules.pending > BEHIND) return [fill(w.rulesBehind, figures.count(rules.pending)), true];
  const breaches = figures.count(rules.standing);
  return [rules.standing === 0 ? w.rulesCalm : fill(w.rulesStanding, breaches), rules.standing > 0];
}

function ownAlarms({ status: { rules }, figures }: Shown, w: Words): [string, boolean] {
  const { waiting = 0, raised = 0 } = rules?.alarms ?? {};
  if (waiting > 0) return [fill(w.alarmsWaiting, figures.count(waiting)), true];
  return [raised === 0 ? w.nothing : fill(w.alarmsTold, figures.count(raised)), false];
}

function ownActions({ status: { rules }, figures }: Shown, w: Words): [string, boolean] {
  if (rules === null) return [w.nothing, false];
  const { steps, done, failed, dropped, faults } = rules.actions;
  if (faults.length > 0) return [fill(w.actionsFaulty, figures.count(faults.length)), true];
  if (failed + dropped > 0) return [fill(w.actionsFailed, figures.count(failed + dropped)), true];
  if (done > 0) return [fill(w.actionsDone, figures.count(done)), false];
  return [steps === 0 ? w.actionsNone : w.nothing, false];
}

function history({ status: { history }, figures }: Shown, w: Words): [string, boolean] {
  if (history === null) return [w.historyOff, false];
  const behind = figures.count(history.pending);
  if (history.trouble !== null) {
    const { code, since } = history.trouble;
    const said = fill(w.historyBad, behind)
      .replace('{1}', figures.time(since))
      .replace('{2}', code);
    return [said, true];
  }
  return [history.pending === 0 ? w.historyOk : fill(w.historyBehind, behind), false];
}

function flows({ status: { nodeRed } }: Shown, w: Words): [string, boolean] {
  if (nodeRed === null) return [w.flowsOff, false];
  const { state } = nodeRed;
  return [w[`flows_${state}`], state !== 'running' && state !== 'starting'];
}

function credentials({ credentials: all, figures, anonymous }: Shown, w: Words): Markup {
  const free = anonymous ? html`<p class="empty">${w.anonymous}</p>` : null;
  if (all.length === 0) {
    return html`<p class="empty">${w.noCredentials} <code>${w.noCredentialsNext}</code></p>${free}`;
  }
  const rows = all.map((one) => [
    one.id,
    one.kind === 'bridge' ? `${one.prefix}/#` : one.assets.join(', '),
    one.revoked === null ? w.inForce : w.revoked,
    one.lastUsed === null ? w.never : figures.time(one.lastUsed),
  ]);
  return html`${table([w.name, w.covers, w.state, w.lastUse], rows)}${free}`;
}

function quarantine({ quarantined, figures, status }: Shown, w: Words): Markup {
  if (status.quarantine.total === 0) return html`<p class="empty">${w.noQuarantine}</p>`;
  const some = quarantined.slice(0, MOST_ROWS);
  const rows = some.map((one) => [
    one.topic,
    one.code,
    NAMELESS.test(one.client) ? '–' : one.client,
    figures.count(one.count),
    figures.time(one.last),
  ]);
  const rest = quarantined.length - some.length;
  return html`<p>${fill(w.quarantineTotal, figures.count(status.quarantine.total))}</p>
${table([w.topic, w.reason, w.client, w.count, w.last], rows)}
${rest > 0 ? html`<p class="empty">${fill(w.more, figures.count(rest))}</p>` : null}`;
}
