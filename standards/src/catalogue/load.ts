import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Fault, FaultsError } from '@caretaker/readings/base';
import type { z } from 'zod';
import type { Rule } from '../rules/clause.ts';
import { sealStandard } from '../versions/content.ts';
import { checkParts, checkRule } from './check.ts';
import { checkHidingRules, type PlacedRule } from './hiding.ts';
import { type CatalogueFile, keep, readKept } from './kept.ts';
import { fieldOf, listIn } from './raw.ts';
import { groupsFile, ruleSchema, touchpointFile } from './schema.ts';
import { type Path, parseSource, type Source } from './source.ts';
import type { Group, Item, Standard, Touchpoint } from './standard.ts';

const builtIn = path.join(import.meta.dirname, '../../catalogue');

/**
 * Reads a catalogue: `groups.yaml` and one file a touchpoint.
 * @param directory the built-in catalogue when left out.
 * @throws FaultsError `STANDARDS_INVALID` with every fault of every file, each with file, line and path.
 */
export function loadStandard(directory: string = builtIn): Standard {
  const names = readdirSync(directory).filter((name) => name.endsWith('.yaml'));
  const files = names
    .sort()
    .map((name) => ({ name, text: readFileSync(path.join(directory, name), 'utf8') }));
  return directory === builtIn ? readBuiltIn(files) : readStandard(files);
}

/** The built-in catalogue is read at every start, and by every process of a test run. */
function readBuiltIn(files: readonly CatalogueFile[]): Standard {
  const kept = readKept(files);
  const sources = files.map(({ name, text }, k) => parseSource(name, text, kept?.[k]));
  const reader = new Reader();
  for (const source of sources) reader.read(source);
  const standard = reader.finish();
  if (kept === null) keep(files, sources);
  return standard;
}

/** The same from texts that are already at hand. */
export function readStandard(files: readonly CatalogueFile[]): Standard {
  return readerOf(files).finish();
}

/**
 * What a standard becomes with these files: their items replace those of the same id, others come in addition,
 * and everything else stays as it is.
 * @param files touchpoints; no `groups.yaml`
 * @throws FaultsError `STANDARDS_INVALID` with every fault of every file, each with file, line and path.
 */
export function readChanged(files: readonly CatalogueFile[], standard: Standard): Standard {
  const reader = readerOf(files);
  reader.complete(standard);
  return reader.finish();
}

function readerOf(files: readonly CatalogueFile[]): Reader {
  const reader = new Reader();
  for (const { name, text } of files) reader.read(parseSource(name, text));
  return reader;
}

class Reader {
  private readonly faults: Fault[] = [];
  private readonly groups: Group[] = [];
  private readonly touchpoints: Touchpoint[] = [];
  private readonly items: Item[] = [];
  /** Where each id was first seen. */
  private readonly seen = new Map<string, string>();
  private readonly placed: PlacedRule[] = [];
  /** The id of every rule of every file is known. */
  private whole = true;
  private readonly groupUses: { group: string; fault: () => Fault }[] = [];

  read(source: Source): void {
    this.faults.push(...source.faults);
    if (source.content === undefined) {
      this.whole = false;
      return;
    }
    if (source.file === 'groups.yaml') this.readGroups(source);
    else this.readTouchpoint(source);
  }

  finish(): Standard {
    const known = new Set(this.groups.map((group) => group.id));
    for (const use of this.groupUses) if (!known.has(use.group)) this.faults.push(use.fault());
    const rules = new Set(this.placed.map((rule) => rule.id));
    // While a file cannot be read, nobody knows which rules it holds.
    this.faults.push(...checkHidingRules(this.placed, this.whole ? rules : null));
    if (this.faults.length > 0) {
      const summary = `The standard has ${this.faults.length} fault(s); none of it is used.`;
      throw new FaultsError('STANDARDS_INVALID', summary, this.faults);
    }
    const { groups, touchpoints, items } = this;
    return sealStandard({ groups, touchpoints, items });
  }

  /** Fills up what the files leave as it is in a standard. */
  complete({ groups, touchpoints, items }: Standard): void {
    const own = new Map(this.items.map((item) => [item.id, item]));
    const kept = items.filter((item) => !own.has(item.id));
    // With a file that cannot be read, nobody knows which items stay.
    if (this.faults.length === 0) this.refuseKept(kept);
    const source = parseSource('the standard in force', '');
    for (const [k, item] of items.entries()) {
      for (const [r, { id, hiddenBy = [] }] of item.rules.entries()) {
        if (own.has(item.id) && this.faults.length === 0) continue;
        this.placed.push({ id, hiddenBy, at: ['items', k, 'rules', r], source });
      }
    }
    const known = new Set(items.map((item) => item.id));
    const added = this.items.filter((item) => !known.has(item.id));
    const all = [...items.map((item) => own.get(item.id) ?? item), ...added];
    this.items.splice(0, this.items.length, ...all);
    const places = new Map([...touchpoints, ...this.touchpoints].map((one) => [one.id, one]));
    this.touchpoints.splice(0, this.touchpoints.length, ...places.values());
    this.groups.push(...groups);
  }

  /** A rule must not have the id of one that stays in another item. */
  private refuseKept(kept: readonly Item[]): void {
    const owners = new Map(kept.flatMap(({ id, rules }) => rules.map((rule) => [rule.id, id])));
    for (const { id, at, source } of this.placed) {
      const owner = owners.get(id);
      if (owner === undefined) continue;
      const message = `rule "${id}" is already in item ${owner}, which stays in force`;
      this.faults.push(source.fault('STANDARDS_DUPLICATE_ID', [...at, 'id'], message));
    }
  }

  private readGroups(source: Source): void {
    const parsed = this.parse(groupsFile, source);
    for (const [k, group] of (parsed?.groups ?? []).entries()) {
      this.once('group', group.id, source, ['groups', k, 'id']);
      this.groups.push(group);
    }
    this.groups.sort((a, b) => a.number - b.number);
  }

  private readTouchpoint(source: Source): void {
    const parsed = this.parse(touchpointFile, source);
    if (parsed === undefined) {
      this.checkSoundRules(source);
      return;
    }
    const { id, name, group, items } = parsed;
    this.once('touchpoint', id, source, ['id']);
    this.groupUses.push({
      group,
      fault: () => source.fault('STANDARDS_UNKNOWN_GROUP', ['group'], `no group "${group}"`),
    });
    this.touchpoints.push({ id, name, group });
    for (const [k, item] of items.entries()) {
      this.once('item', item.id, source, ['items', k, 'id']);
      for (const [r, rule] of item.rules.entries()) {
        this.rule(rule, ['items', k, 'rules', r], source);
      }
      this.latching(item, source, k);
      const rules = item.rules.map((rule) => ({ ...rule, item: item.id }));
      this.items.push({ ...item, touchpoint: id, group, rules });
    }
  }

  /** A file that does not fit the schema still has its other rules checked, so that all faults show at once. */
  private checkSoundRules(source: Source): void {
    for (const [k, item] of listIn(source.content, 'items').entries()) {
      const id = fieldOf(item, 'id');
      if (typeof id === 'string') this.once('item', id, source, ['items', k, 'id']);
      for (const [r, raw] of listIn(item, 'rules').entries()) {
        const rule = ruleSchema.safeParse(raw);
        if (rule.success) this.rule(rule.data, ['items', k, 'rules', r], source);
        else this.brokenRule(raw, ['items', k, 'rules', r], source);
      }
    }
  }

  private brokenRule(raw: unknown, at: Path, source: Source): void {
    const id = fieldOf(raw, 'id');
    if (typeof id === 'string') {
      this.once('rule', id, source, [...at, 'id']);
      this.placed.push({ id, hiddenBy: hidingIn(raw), at, source });
    } else {
      this.whole = false;
    }
    this.faults.push(...checkParts(raw, at, source));
  }

  private rule(rule: Omit<Rule, 'item'>, at: Path, source: Source): void {
    this.once('rule', rule.id, source, [...at, 'id']);
    this.faults.push(...checkRule(rule, at, source));
    this.placed.push({ id: rule.id, hiddenBy: rule.hiddenBy ?? [], at, source });
  }

  /** A latching rule is alone in its item: its ticket is closed by people only. */
  private latching(
    item: { rules: readonly { latched: boolean }[] },
    source: Source,
    k: number,
  ): void {
    if (item.rules.length < 2 || !item.rules.some((rule) => rule.latched)) return;
    const message = 'a latching rule must be alone in its item';
    this.faults.push(source.fault('STANDARDS_LATCH_SHARED', ['items', k, 'rules'], message));
  }

  private parse<T extends z.ZodType>(schema: T, source: Source): z.output<T> | undefined {
    const result = schema.safeParse(source.content);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const at = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
      this.faults.push(source.fault('STANDARDS_SCHEMA', at, issue.message));
    }
    return undefined;
  }

  private once(what: string, id: string, source: Source, at: Path): void {
    const key = `${what} ${id}`;
    const before = this.seen.get(key);
    if (before === undefined) {
      this.seen.set(key, source.file);
    } else {
      const message = `${what} "${id}" is already in ${before}`;
      this.faults.push(source.fault('STANDARDS_DUPLICATE_ID', at, message));
    }
  }
}

function hidingIn(raw: unknown): { rules: string[] }[] {
  return listIn(raw, 'hiddenBy').map((hiding) => ({
    rules: listIn(hiding, 'rules').filter((id) => typeof id === 'string'),
  }));
}
