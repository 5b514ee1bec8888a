import type { Estate, EstateEdit } from '@caretaker/devices/model';
import { CaretakerError } from '@caretaker/readings/base';
import type { Discovery, DiscoveryConfirm } from '../contract/index.ts';

type Entry = Readonly<Record<string, unknown>>;

type Found = Pick<Discovery, 'format' | 'device' | 'topic' | 'suggestion'>;

/** The asset that takes the values; empty when nobody says so. */
export function assetOf({ suggestion }: Found, { onto, asset }: DiscoveryConfirm): string {
  return onto ?? String(asset?.id ?? suggestion?.assets[0]?.id ?? '');
}

/**
 * What a confirmation makes of an estate: what a person says, laid over what was suggested.
 * @throws CaretakerError `CLOUD_DISCOVERY_NO_SUGGESTION`
 */
export function compose(found: Found, wish: DiscoveryConfirm, estate: Estate): EstateEdit {
  const { suggestion } = found;
  const [watched, itself] = suggestion?.assets ?? [];
  if (suggestion === null && wish.mapping === undefined) throw noSuggestion();
  const asset = over({ demo: false, ...watched }, wish.asset ?? {});
  const id = assetOf(found, wish);
  const node = nodeOf(itself, wish.node);
  const { node: _, ...said } = over(suggested(found), wish.mapping ?? {});
  const mapping = { ...said, asset: id, ...(node === null ? {} : { node: node.id }) };
  const mappings = [node === null ? withoutNode(mapping) : mapping];
  const nodes = node === null ? [] : [node];
  if (wish.onto === undefined) return { assets: [asset, ...nodes], mappings };
  const lacking = lackingPoints(estate, wish.onto, asset.points);
  const points = lacking.length === 0 ? {} : { points: { [wish.onto]: lacking } };
  return { assets: nodes, mappings, ...points };
}

/** All that is known of a device of which nothing was recognised. */
function own({ format, device, topic }: Found): Entry {
  const isPlain = format === 'json' || format === 'bare';
  return { format, ...(device === null || isPlain ? { topic } : { device }) };
}

/** The mapping as it was suggested, of nothing but the device that a person was shown. */
function suggested(found: Found): Entry {
  const { format: _, device: __, topic: ___, ...mapping } = found.suggestion?.mappings[0] ?? {};
  return { ...own(found), ...mapping };
}

function nodeOf(suggested: Entry | undefined, wish: Entry | null | undefined): Entry | null {
  if (wish === null || (suggested === undefined && wish === undefined)) return null;
  return over({ demo: false, kind: 'device', ...suggested }, wish ?? {});
}

/** Without an asset for the device itself nothing takes what it says of itself. */
function withoutNode({ nodeFields: _, ...mapping }: Entry): Entry {
  return mapping;
}

function over(base: Entry, given: Entry): Entry {
  const entries = Object.entries({ ...base, ...given });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

function lackingPoints({ assets }: Estate, id: string, points: unknown): readonly unknown[] {
  const held = new Set(assets.find((asset) => asset.id === id)?.points.map((p) => p.metric));
  return Array.isArray(points) ? points.filter((point) => !held.has(metricOf(point))) : [];
}

function metricOf(point: unknown): string {
  if (typeof point === 'string') return point;
  return String((point as { readonly metric?: unknown } | null)?.metric);
}

function noSuggestion(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_DISCOVERY_NO_SUGGESTION',
    message: 'Nothing that this device says was recognised: a person has to say what it is.',
    next: 'Give the asset with its points, and the fields of the mapping.',
  });
}
