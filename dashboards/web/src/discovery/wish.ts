import type { Discovery, DiscoveryConfirm, DiscoverySuggestion } from '@caretaker/cloud/contract';
import { type Language, pick } from '../format/language.ts';

/** What a person says of a device that was found. */
export interface Said {
  /** An asset that is there; empty for a new one. */
  readonly onto: string;
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly touchpoint: string;
  readonly place: string;
  /** One field a line, `path = metric`; only asked where nothing was recognised. */
  readonly fields: string;
  /** Whether the device itself becomes an asset, too. */
  readonly node: boolean;
}

type Entry = Readonly<Record<string, unknown>>;

/** What a form begins with: the suggestion, in the language of the page. */
export function suggested({ suggestion, name }: Discovery, language: Language): Said {
  const [asset = {}, node] = suggestion?.assets ?? [];
  return {
    onto: '',
    id: wordOf(asset.id, language),
    name: wordOf(asset.name, language) || (name ?? ''),
    kind: wordOf(asset.kind, language),
    touchpoint: wordOf(asset.touchpoint, language),
    place: wordOf(asset.place, language),
    fields: '',
    node: node !== undefined,
  };
}

/** Only what differs from the suggestion: a name in two languages stays one while nobody changes it. */
export function wishOf(found: Discovery, said: Said, language: Language): DiscoveryConfirm {
  const before = suggested(found, language);
  const fields = found.suggestion === null ? fieldsOf(said.fields) : null;
  const mapping = fields === null ? {} : { mapping: { fields } };
  const points =
    fields === null ? {} : { points: [...new Set(fields.map(({ metric }) => metric))] };
  const node = hasNode(found.suggestion) && !said.node ? { node: null } : {};
  if (said.onto !== '') {
    const asset = fields === null ? {} : { asset: points };
    return { onto: said.onto, ...asset, ...mapping, ...node };
  }
  const keys = ['id', 'name', 'kind', 'touchpoint', 'place'] as const;
  const changed = keys.filter((key) => found.suggestion === null || said[key] !== before[key]);
  const own = Object.fromEntries(changed.map((key) => [key, said[key]]));
  const asset = { ...own, ...points };
  return { ...(Object.keys(asset).length === 0 ? {} : { asset }), ...mapping, ...node };
}

export function hasNode(suggestion: DiscoverySuggestion | null): boolean {
  return suggestion?.assets[1] !== undefined;
}

/** `object.level = fill_pct`, one a line; what is no such line is left to the service to refuse. */
function fieldsOf(text: string): { readonly path?: string; readonly metric: string }[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [path = '', metric] = line.split('=').map((part) => part.trim());
      // A bare value has no path.
      return metric === undefined ? { metric: path } : { path, metric };
    });
}

function wordOf(value: unknown, language: Language): string {
  if (typeof value === 'string') return value;
  return isText(value) ? pick(value, language) : '';
}

function isText(value: unknown): value is { readonly en: string; readonly zh: string } {
  const text = value as Entry | null;
  return typeof text === 'object' && typeof text?.en === 'string' && typeof text.zh === 'string';
}
