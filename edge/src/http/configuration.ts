import type { Figures } from './figures.ts';
import { html, type Markup } from './html.ts';
import type { GatewayStatus } from './status.ts';
import { fill, type Words } from './texts.ts';

type State = GatewayStatus['configuration'];

/** By what the gateway goes, and whether that is not what it should be. */
export function configurationLine(state: State, figures: Figures, w: Words): [string, boolean] {
  const { version, issued, source, trouble } = state;
  if (version === null || issued === null) return [w.ownSettings, trouble !== null];
  const words = source === 'cloud' ? w.ofCloud : w.ofCloudBefore;
  const said = fill(words, String(version)).replace('{1}', () => figures.time(issued));
  return [said, trouble !== null];
}

/** What became of the last bundle when it changed nothing, and why a kept one is not used. */
export function configurationTroubles(
  { trouble, notApplied, shadowed }: State,
  figures: Figures,
  w: Words,
): Markup {
  const refused = notApplied && fill(w.notApplied, figures.time(notApplied.at));
  return html`${trouble && html`<section class="state bad"><p lang="en">${trouble.message} [${trouble.code}] ${trouble.next ?? ''}</p></section>`}
${notApplied && html`<section class="state bad"><p><strong>${refused}</strong></p><p lang="en">${notApplied.message} [${notApplied.code}] ${notApplied.next ?? ''}</p></section>`}
${shadowed.length > 0 ? html`<section class="state note"><p>${fill(w.shadowed, shadowed.join(', '))}</p></section>` : null}`;
}
