import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const groups = 'groups: [{ id: bins, number: 1, name: { en: Bins, zh: 垃圾桶 } }]\n';

const item = (id: string, rules: readonly string[]) => `
  - id: ${id}
    name: { en: Item ${id}, zh: 条目 ${id} }
    aspect: facility
    check: sensor
    kano: must-be
    team: cleaning
    source: test
    origin: ours
    confirmed: true
    rules:
${rules.join('')}`;

/** A rule of a bin in YAML: its condition, and what else is to be set. */
function binRule(id: string, when: string, more = 'severity: medium'): string {
  return `      - id: ${id}
        title: { en: Rule ${id}, zh: 规则 ${id} }
        kind: bin
        when: ${when}
        ${more}
        effect: degraded
        source: test
        confirmed: true
`;
}

export const hot = (limit: number, more?: string) =>
  binRule('hot', `{ metric: temp_c, unit: °C, atLeast: ${limit}, clear: 45 }`, more);
export const full = (limit: number) =>
  binRule('full', `{ metric: fill_pct, unit: '%', atLeast: ${limit}, clear: 50 }`);

/** Writes a standard of bins into a folder, one item a rule, in the place of what is there. */
export async function writeStandard(folder: string, rules: readonly string[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  const items = rules.map((rule, k) => item(`TP23-S${k + 1}`, [rule]));
  const head = 'id: TP23\nname: { en: Bins, zh: 垃圾桶 }\ngroup: bins\nitems:';
  await writeFile(join(folder, 'groups.yaml'), groups);
  await writeFile(join(folder, 'TP23.yaml'), `${head}${items.join('')}`);
  return folder;
}
