import type { Estate } from '@caretaker/devices/model';
import { CaretakerError, type Log } from '@caretaker/readings/base';
import { loadStandard, parseStandard, type Standard } from '@caretaker/standards';

/** What a gateway judges of a standard: the rules marked `local`. It keeps its version, which alarms name. */
function localPart(standard: Standard): Standard {
  const items = standard.items
    .map((item) => ({ ...item, rules: item.rules.filter((rule) => rule.local) }))
    .filter(({ rules }) => rules.length > 0);
  return { ...standard, items };
}

/** A standard by which nothing is judged. */
export const nothingLocal: Standard = { version: 'none', groups: [], touchpoints: [], items: [] };

/**
 * The local part of a standard that was kept as text.
 * @throws CaretakerError `STANDARDS_VERSION_DAMAGED`
 */
export function parseLocalStandard(content: string, version: string): Standard {
  return localPart(parseStandard(content, version));
}

/** Points of an estate, as readings in the journal name them, that come by a gateway. */
export function pointsOf({ assets }: Estate, gateway: string): readonly string[] {
  return assets
    .filter((asset) => asset.gateway === gateway)
    .flatMap(({ id, points }) => points.map(({ metric }) => `${id}/${metric}`));
}

let builtIn: Standard | null = null;

/**
 * What a gateway judges by: the local part of the standard, for the rest would only take memory.
 * @param folder null for the built-in catalogue
 * @returns null when it cannot be used: the gateway then does everything but judge, and says so
 */
export function loadLocalStandard(folder: string | null, log: Log): Standard | null {
  try {
    if (folder !== null) return localPart(loadStandard(folder));
    builtIn ??= localPart(loadStandard());
    return builtIn;
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    const code = error instanceof CaretakerError ? error.code : null;
    log.error({ code, error: message }, 'the standard cannot be used: no rule is judged here');
    return null;
  }
}
