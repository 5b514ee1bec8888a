import { suggestionYaml } from '@caretaker/devices/decode';
import { kinds } from '@caretaker/devices/kinds';
import type { DiscoveryEntry } from '@caretaker/readings/uplink';
import type { Figures } from './figures.ts';
import { html, type Markup } from './html.ts';
import { pageOf } from './layout.ts';
import { pair, table } from './parts.ts';
import { fill, type Language, type Words, words } from './texts.ts';

/** What the page of new devices shows. */
export interface NewDevices {
  readonly language: Language;
  readonly figures: Figures;
  readonly gateway: string;
  /** The one heard last first. */
  readonly entries: readonly DiscoveryEntry[];
  readonly missed: number;
}

/** More on one page nobody reads, and each may have a kilobyte of its own. */
const MOST_SHOWN = 50;

export function newDevicesPage(shown: NewDevices): string {
  const { language, gateway, entries, figures, missed } = shown;
  const w = words[language];
  const heading = fill(w.title, gateway);
  const listed = entries.filter(({ ignored }) => !ignored);
  const some = listed.slice(0, MOST_SHOWN);
  const rest = listed.length - some.length;
  return pageOf({
    language,
    title: `${w.fresh} · ${heading}`,
    header: html`<h1>${heading}</h1><nav><a href="/">${w.back}</a></nav>`,
    main: html`<section><h2>${w.fresh}</h2><p>${w.freshWhat}</p>
${listed.length === 0 ? html`<p class="empty">${w.noFresh}</p>` : html`<p>${w.freshConfirm}</p>`}
${missed === 0 ? null : html`<p class="empty">${fill(w.freshMissed, figures.count(missed))}</p>`}</section>
${some.map((entry) => device(entry, shown, w))}
${rest === 0 ? null : html`<p class="empty">${fill(w.moreFresh, figures.count(rest))}</p>`}
${ignored(entries, w)}`,
  });
}

function device(entry: DiscoveryEntry, { language, figures }: NewDevices, w: Words): Markup {
  const { format, device: id, topic, name, count, first, last } = entry;
  return html`<section><h2>${name ?? id ?? topic}</h2>
<dl>
${pair(w.format, format)}
${id === null || name === null ? null : pair(w.deviceId, id)}
${pair(w.topic, topic)}
${pair(w.heard, figures.count(count))}
${pair(w.firstHeard, figures.time(first))}
${pair(w.lastHeard, figures.ago(last))}
</dl>
${suggestion(entry, language, w)}
<details><summary>${w.message}</summary>${sample(entry, figures, w)}</details>
${ignoreForm(entry.id, true, w.ignore)}</section>`;
}

function suggestion({ suggestion: one }: DiscoveryEntry, language: Language, w: Words): Markup {
  if (one === null) return html`<p class="empty">${w.noSuggestion}</p>`;
  const label = kinds[one.kind]?.label[language] ?? one.kind;
  const by =
    one.preset === null
      ? fill(w.byNames, label)
      : fill(w.byPreset, label).replace('{1}', one.preset);
  const rows = one.fields.map(({ path, value, metric, of }) => [
    path,
    value,
    kinds[of === 'device' ? 'device' : one.kind]?.metrics[metric]?.label[language] ?? metric,
  ]);
  const share = fill(w.fits, String(Math.round(one.score * 100)));
  return html`<p><strong>${w.suggested}: ${by}</strong> · ${share}</p>
${table([w.field, w.said, w.becomes], rows)}
${one.doubts.map((doubt) => html`<p class="empty">${doubt[language]}</p>`)}
<details><summary>${w.toPaste}</summary><pre><code>${suggestionYaml(one)}</code></pre></details>`;
}

function sample({ sample: text, bytes }: DiscoveryEntry, figures: Figures, w: Words): Markup {
  const kept = Buffer.from(text, 'base64');
  const cut =
    kept.length >= bytes
      ? null
      : html`<p class="empty">${fill(w.cut, figures.count(kept.length)).replace('{1}', figures.count(bytes))}</p>`;
  return html`<pre><code>${kept.toString('utf8')}</code></pre>${cut}`;
}

function ignored(entries: readonly DiscoveryEntry[], w: Words): Markup | null {
  const those = entries.filter((entry) => entry.ignored);
  if (those.length === 0) return null;
  const rows = those.map(({ id, format, device: name, topic }) => [
    name ?? topic,
    format,
    ignoreForm(id, false, w.listAgain),
  ]);
  return html`<section><h2>${w.ignored}</h2>${table([w.name, w.format, w.state], rows)}</section>`;
}

function ignoreForm(id: string, ignore: boolean, label: string): Markup {
  return html`<form method="post" action="/new-devices/ignore">
<input type="hidden" name="id" value="${id}"><input type="hidden" name="ignored" value="${ignore ? '1' : '0'}">
<button class="quiet" type="submit">${label}</button></form>`;
}
