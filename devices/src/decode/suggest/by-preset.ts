import { type FieldMapping, type Preset, presetIds, presetOf } from '../../model/index.ts';
import { kindWords } from './concepts.ts';
import { measures, type Reading } from './fields.ts';
import { type Leaf, nameOf } from './leaves.ts';

/** A preset whose fields a device has. */
export interface PresetGuess {
  readonly preset: Preset;
  readonly kind: string;
  /** 0 to 1. */
  readonly score: number;
  /** Other presets that fit as well. */
  readonly others: readonly string[];
  /** Other kinds that the preset has values for. */
  readonly otherKinds: readonly string[];
  readonly asset: readonly Reading[];
  readonly device: readonly Reading[];
}

type Fit = Omit<PresetGuess, 'others'>;

/** Of the score: how much of what the device says the preset knows, and how much of the preset it says. */
const weights = { known: 0.7, said: 0.3 } as const;
/** More than any kind has fields: its name decides. */
const namedKind = 100;
/** The message names the model. */
const namedWeight = 0.25;

let all: readonly Preset[] | null = null;

/** Every preset there is, read from disk at the first call. */
export function everyPreset(): readonly Preset[] {
  all ??= presetIds()
    .map((id) => presetOf(id))
    .filter((preset) => preset !== undefined);
  return all;
}

/**
 * The preset that fits best.
 * @param said name, model, id and topic of the device
 * @returns null when no preset has a value of a watched asset that the device says
 */
export function guessByPreset(
  leaves: readonly Leaf[],
  said: string,
  format: string,
): PresetGuess | null {
  const byPath = new Map(leaves.map((leaf) => [leaf.path, leaf]));
  const wanted = leaves.filter(measures);
  let best: Fit | null = null;
  let others: string[] = [];
  for (const preset of everyPreset()) {
    if (!preset.formats.some((one) => one === format)) continue;
    const guess = guessOf(preset, byPath, wanted, said);
    if (guess === null || guess.score < (best?.score ?? 0)) continue;
    if (best !== null && guess.score === best.score) others.push(preset.id);
    else {
      best = guess;
      others = [];
    }
  }
  return best === null ? null : { ...best, others };
}

function guessOf(
  preset: Preset,
  byPath: ReadonlyMap<string, Leaf>,
  wanted: readonly Leaf[],
  said: string,
): Fit | null {
  const watched = watchedBy(preset, byPath, said);
  if (watched === null) return null;
  const fields = [...Object.values(preset.kinds).flat(), ...preset.node];
  const own = new Set(fields.map(({ path }) => path).filter((path) => !path.startsWith('$')));
  const present = [...own].filter((path) => byPath.has(path));
  const all = own.union(new Set(preset.also));
  const known = wanted.filter(({ path }) => all.has(path)).length / Math.max(1, wanted.length);
  const score =
    weights.known * known +
    weights.said * (present.length / Math.max(1, own.size)) +
    (isNamed(preset, said) ? namedWeight : 0);
  const device = readingsIn(preset.node, byPath);
  return { ...watched, preset, score: Math.min(1, score), device };
}

/**
 * Which of its kinds a model watches only people know: the one that they name, or the one that takes most of what it
 * says. Of equals the first, which is the most usual.
 */
function watchedBy(
  { kinds }: Preset,
  byPath: ReadonlyMap<string, Leaf>,
  said: string,
): Pick<PresetGuess, 'kind' | 'asset' | 'otherKinds'> | null {
  let best: Pick<PresetGuess, 'kind' | 'asset'> | null = null;
  let most = 0;
  const possible: string[] = [];
  for (const [kind, fields] of Object.entries(kinds)) {
    const asset = readingsIn(fields, byPath);
    if (asset.length === 0) continue;
    possible.push(kind);
    const weight = asset.length + (kindWords[kind]?.test(said) === true ? namedKind : 0);
    if (weight <= most) continue;
    most = weight;
    best = { kind, asset };
  }
  // Where its name says what it watches, nobody need ask.
  const sure = most >= namedKind;
  return best && { ...best, otherKinds: sure ? [] : possible.filter((kind) => kind !== best.kind) };
}

function readingsIn(fields: readonly FieldMapping[], byPath: ReadonlyMap<string, Leaf>): Reading[] {
  const taken = new Set<string>();
  const readings: Reading[] = [];
  for (const { path, metric } of fields) {
    const leaf = byPath.get(path);
    if (leaf === undefined || taken.has(metric)) continue;
    taken.add(metric);
    readings.push({ leaf, field: { path, metric }, doubts: [] });
  }
  return readings;
}

function isNamed({ id }: Preset, said: string): boolean {
  const model = nameOf(id.split('/')[1] ?? '');
  return model.length >= 4 && nameOf(said).includes(model);
}
