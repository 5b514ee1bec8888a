import type { Asset, Estate } from '@caretaker/devices/model';
import type { Standard } from '../catalogue/standard.ts';
import type { Rule, Hiding as Words } from '../rules/clause.ts';
import { appliesTo } from '../rules/resolve.ts';
import type { Severity } from '../severity.ts';
import { type Cover, coversOf } from './cover.ts';

/** One rule on one subject. */
export interface RuleOn {
  /** `estate/asset`. */
  readonly subject: string;
  /** As episodes name it: `silence:temp_c` for the silence of a point. */
  readonly rule: string;
}

/** What hiding looks at in an episode. Times are event time, UTC epoch milliseconds. */
export interface Hideable extends RuleOn {
  readonly onset: number;
  readonly detected: number;
  readonly end: number | null;
  readonly severity: Severity;
  readonly latched: boolean;
}

/** Which rules on which subjects keep which others from opening tickets. */
export interface Hiding {
  /** What may hide this rule on this subject. */
  hidersOf(on: RuleOn): readonly RuleOn[];
  /** What this rule on this subject may hide. */
  hiddenBy(on: RuleOn): readonly RuleOn[];
}

const silence = 'silence:';

/** Reads `hiddenBy` of the rules and the relations of the assets. */
export function hidingOf(standard: Standard, estates: readonly Estate[]): Hiding {
  return new Index(standard, estates);
}

class Index implements Hiding {
  private readonly rules: ReadonlyMap<string, Rule>;
  private readonly silence: Rule | undefined;
  private readonly assets = new Map<string, Asset>();
  /** By subject and relation: assets that name the subject under it. */
  private readonly naming = new Map<string, Asset[]>();
  /** By the id of the hiding rule. */
  private readonly hides = new Map<string, { readonly rule: Rule; readonly words: Words }[]>();

  constructor(standard: Standard, estates: readonly Estate[]) {
    const rules = standard.items.flatMap((item) => item.rules);
    this.rules = new Map(rules.map((rule) => [rule.id, rule]));
    this.silence = rules.find((rule) => rule.builtin === 'silence');
    for (const rule of rules) {
      for (const words of rule.hiddenBy ?? []) {
        for (const id of words.rules) add(this.hides, id, { rule, words });
      }
    }
    for (const asset of estates.flatMap((estate) => estate.assets)) {
      this.assets.set(`${asset.estate}/${asset.id}`, asset);
      for (const [relation, ids] of Object.entries(asset.relations)) {
        for (const id of ids) add(this.naming, `${asset.estate}/${id} ${relation}`, asset);
      }
    }
  }

  hidersOf({ subject, rule: id }: RuleOn): readonly RuleOn[] {
    const rule = this.ruleOf(id);
    const asset = this.assets.get(subject);
    if (rule?.hiddenBy === undefined || asset === undefined) return [];
    return rule.hiddenBy.flatMap(({ relation, rules }) => {
      const named = relation === undefined ? [asset.id] : (asset.relations[relation] ?? []);
      const hiders = named.flatMap((other) => this.assets.get(`${asset.estate}/${other}`) ?? []);
      return hiders.flatMap((hider) => rules.flatMap((r) => this.on(hider, r)));
    });
  }

  hiddenBy({ subject, rule: id }: RuleOn): readonly RuleOn[] {
    const rule = this.ruleOf(id);
    if (rule === undefined) return [];
    const found = (this.hides.get(rule.id) ?? []).flatMap(({ rule: hidden, words }) => {
      const own = this.assets.get(subject);
      const assets =
        words.relation === undefined
          ? own === undefined
            ? []
            : [own]
          : (this.naming.get(`${subject} ${words.relation}`) ?? []);
      return assets.flatMap((asset) => this.on(asset, hidden.id));
    });
    return found;
  }

  private ruleOf(id: string): Rule | undefined {
    return id.startsWith(silence) ? this.silence : this.rules.get(id);
  }

  /** The rule on an asset, as its episodes name it; nothing where it is not meant for the asset. */
  private on(asset: Asset, id: string): RuleOn[] {
    const subject = `${asset.estate}/${asset.id}`;
    if (id === this.silence?.id) {
      const points = asset.points.filter((point) => point.silentAfter !== null);
      return points.map(({ metric }) => ({ subject, rule: `${silence}${metric}` }));
    }
    const rule = this.rules.get(id);
    return rule !== undefined && appliesTo(rule, asset) ? [{ subject, rule: id }] : [];
  }
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/**
 * From when on an episode may open a ticket, and until when. One that latches outlives its end: a ticket of
 * it is closed by people only, so what hid it must not swallow it.
 */
export function lifeOf({ detected, end, latched }: Hideable): { from: number; to: number } {
  const to = latched || end === null ? Number.POSITIVE_INFINITY : Math.max(end, detected + 1);
  return { from: detected, to };
}

/** What is over this soon after what hid it came back with it, milliseconds: a camera needs time to start. */
export const comingBack = 120_000;

/**
 * The stretch of time in which one episode hides another. A hidden one that still stands after the end of its
 * hider lies open at once; when it turns out to have come back with it, it was hidden to its end. One that ended
 * later than that stays open in between, even where another one hides the rest: somebody may have been told.
 */
export function coverBy<T>(
  { onset, end }: Pick<Hideable, 'onset' | 'end'>,
  hidden: Pick<Hideable, 'end' | 'latched'>,
  by: T,
): Cover<T> {
  if (end === null) return { from: onset, to: Number.POSITIVE_INFINITY, by };
  const cameBack = hidden.end !== null && !hidden.latched && hidden.end <= end + comingBack;
  return { from: onset, to: cameBack ? Number.POSITIVE_INFINITY : end, by };
}

/**
 * What hides each episode wholly, so that it makes no ticket of its own; null for one that it does not. A pure
 * function of the episodes that stand, so it is the same in whatever order they were learnt of. An emergency is
 * never hidden, and an advice hides nothing: nobody is told of it.
 * @param episodes standing ones, ended ones included
 * @param more what else hides an episode, such as planned work
 */
export function hiddenAmong<E extends Hideable, T = never>(
  episodes: readonly E[],
  hiding: Hiding,
  more: (episode: E) => readonly Cover<T>[] = () => [],
): ReadonlyMap<E, readonly (E | T)[] | null> {
  const byRule = new Map<string, E[]>();
  for (const episode of episodes) add(byRule, `${episode.subject} ${episode.rule}`, episode);
  return new Map(
    episodes.map((episode) => {
      if (episode.severity === 'emergency') return [episode, null];
      const hiders = hiding
        .hidersOf(episode)
        .flatMap(({ subject, rule }) => byRule.get(`${subject} ${rule}`) ?? [])
        .filter((hider) => hider.severity !== 'advice');
      const covers: Cover<E | T>[] = [
        ...hiders.map((hider) => coverBy(hider, episode, hider)),
        ...more(episode),
      ];
      return [episode, coversOf(lifeOf(episode), covers)];
    }),
  );
}
