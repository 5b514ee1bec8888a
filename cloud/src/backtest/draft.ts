import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CaretakerError, type Fault, FaultsError } from '@caretaker/readings/base';
import { type Item, readStandard, type Standard, sealStandard } from '@caretaker/standards';

export interface DraftFile {
  /** File name; `groups.yaml` makes the files a whole standard. */
  readonly name: string;
  readonly text: string;
}

const groupsName = 'groups.yaml';

/**
 * The standard that a draft makes. With `groups.yaml` among its files it is whole; without, its items replace
 * those of the same id in the standard in force, and items that are not there yet come in addition.
 * @throws FaultsError `STANDARDS_INVALID` with every fault, each with file and line
 */
export function standardWith(files: readonly DraftFile[], inForce: Standard): Standard {
  if (files.some((file) => file.name === groupsName)) return readStandard(files);
  // JSON is YAML: the groups in force stand in for the file that the draft leaves out.
  const groups = { name: groupsName, text: JSON.stringify({ groups: inForce.groups }) };
  const draft = readStandard([groups, ...files]);
  const own = new Map(draft.items.map((item) => [item.id, item]));
  const kept = inForce.items.filter((item) => !own.has(item.id));
  refuseTwice(draft.items, kept, files);
  const replaced = inForce.items.map((item) => own.get(item.id) ?? item);
  const known = new Set(inForce.items.map((item) => item.id));
  const added = draft.items.filter((item) => !known.has(item.id));
  const touchpoints = new Map(
    [...inForce.touchpoints, ...draft.touchpoints].map((touchpoint) => [touchpoint.id, touchpoint]),
  );
  return sealStandard({
    groups: inForce.groups,
    touchpoints: [...touchpoints.values()],
    items: [...replaced, ...added],
  });
}

/**
 * The files of a draft: one YAML file, or all of a folder.
 * @throws CaretakerError `CLOUD_BACKTEST_DRAFT`
 */
export function readDraft(path: string): DraftFile[] {
  try {
    const names = statSync(path).isDirectory()
      ? readdirSync(path).filter((name) => name.endsWith('.yaml'))
      : [''];
    if (names.length === 0) throw new Error('the folder has no file ending in .yaml');
    return names.sort().map((name) => {
      const file = name === '' ? path : join(path, name);
      return { name: basename(file), text: readFileSync(file, 'utf8') };
    });
  } catch (cause) {
    throw new CaretakerError(
      {
        code: 'CLOUD_BACKTEST_DRAFT',
        message: `The draft cannot be read: ${cause instanceof Error ? cause.message : cause}`,
        next: 'Name a YAML file of a touchpoint, or a folder like standards/catalogue.',
        where: path,
      },
      { cause },
    );
  }
}

/** A rule of the draft must not have the id of one that stays in force in another item. */
function refuseTwice(
  drafted: readonly Item[],
  kept: readonly Item[],
  files: readonly DraftFile[],
): void {
  const owners = new Map(kept.flatMap(({ id, rules }) => rules.map((rule) => [rule.id, id])));
  const faults: Fault[] = [];
  for (const rule of drafted.flatMap((item) => item.rules)) {
    const owner = owners.get(rule.id);
    if (owner === undefined) continue;
    faults.push({
      code: 'STANDARDS_DUPLICATE_ID',
      where: placeOf(rule.id, files),
      message: `rule "${rule.id}" is already in item ${owner}, which stays in force`,
      next: 'Give the rule another id, or take that item into the draft.',
    });
  }
  if (faults.length === 0) return;
  const summary = `The draft has ${faults.length} fault(s); none of it is used.`;
  throw new FaultsError('STANDARDS_INVALID', summary, faults);
}

/** `file:line` of the declaration of an id. */
function placeOf(id: string, files: readonly DraftFile[]): string {
  const declares = (line: string) =>
    line.includes('id:') && line.split(/[\s,{}"']+/).some((word) => word === id);
  for (const { name, text } of files) {
    const line = text.split('\n').findIndex(declares);
    if (line >= 0) return `${name}:${line + 1}`;
  }
  return files[0]?.name ?? '';
}
