import { existsSync } from 'node:fs';
import { readCloudConfig, storedStandard } from '@caretaker/cloud';
import {
  diffStandards,
  type FieldChange,
  type Standard,
  type StandardDiff,
} from '@caretaker/standards';
import { z } from 'zod';
import { standardOf } from './check.ts';

const optionsSchema = z.object({ json: z.boolean(), lang: z.enum(['en', 'zh']) });
type Language = z.output<typeof optionsSchema>['lang'];

/** `caretaker standard diff <a> <b>`. */
export async function runDiff(a: string, b: string, given: Record<string, unknown>): Promise<void> {
  const { json, lang } = optionsSchema.parse(given);
  const diff = diffStandards(await named(a), await named(b));
  const lines = json ? [JSON.stringify(diff)] : diffLines(diff, lang);
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** A folder or file, `built-in`, or a version that the cloud of this machine keeps. */
async function named(name: string): Promise<Standard> {
  if (name === 'built-in') return standardOf([]);
  if (existsSync(name)) return standardOf([name]);
  return storedStandard(readCloudConfig(process.env), name);
}

const marks = { added: '+', removed: '-', changed: '~' } as const;

/** What reads otherwise, for people: `+` new, `-` gone, `~` changed. */
export function diffLines(diff: StandardDiff, lang: Language): string[] {
  const { from, to, groups, touchpoints, counts } = diff;
  if (groups.length + touchpoints.length === 0) {
    return [from === to ? `Both are version ${from}.` : 'Nothing reads otherwise.'];
  }
  const fields = (changes: readonly FieldChange[], indent: string) =>
    changes.map(({ text }) => `${indent}${text[lang]}`);
  const body = touchpoints.flatMap((touchpoint) => [
    `${marks[touchpoint.what]} ${touchpoint.id} ${touchpoint.name[lang]}`,
    ...fields(touchpoint.changes, '    '),
    ...touchpoint.items.flatMap((item) => [
      `  ${marks[item.what]} ${item.id} ${item.name[lang]}`,
      ...fields(item.changes, '      '),
      ...item.rules.flatMap((rule) => [
        `    ${marks[rule.what]} ${rule.id}: ${rule.title[lang]}`,
        ...(rule.what === 'changed'
          ? fields(rule.changes, '        ')
          : [`        ${rule.sentence[lang]}`]),
      ]),
    ]),
  ]);
  const count = ({ added, removed, changed }: StandardDiff['counts']['items']) =>
    `+${added} -${removed} ~${changed}`;
  return [
    `${from} → ${to}`,
    ...fields(groups, ''),
    ...body,
    `items ${count(counts.items)}, rules ${count(counts.rules)}`,
  ];
}
