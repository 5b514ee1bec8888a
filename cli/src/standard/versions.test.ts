import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diffStandards, loadStandard } from '@caretaker/standards';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../program.ts';
import { checkStandard, standardOf } from './check.ts';
import { diffLines } from './diff.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'caretaker-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const draft = (when: string) => `id: TP23
name: { en: Bins, zh: 垃圾桶 }
group: refuse
items:
  - id: TP23-S9
    name: { en: Nothing smells, zh: 无异味 }
    aspect: facility
    check: sensor
    kano: must-be
    team: cleaning
    source: practice
    origin: ours
    confirmed: false
    rules:
      - id: draft-rule
        title: { en: Bin hot, zh: 桶热 }
        kind: bin
        when: ${when}
        severity: medium
        effect: none
        source: practice
        confirmed: false
`;

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const groupOf = (id: string) =>
  loadStandard().touchpoints.find((touchpoint) => touchpoint.id === id)?.group ?? '';
const sound = draft('{ metric: temp_c, unit: °C, above: 50 }').replace('refuse', groupOf('TP23'));

describe('caretaker standard check', () => {
  it('counts a sound standard', () => {
    const { lines, sound: ok } = checkStandard([], false);
    expect(ok).toBe(true);
    expect(lines).toEqual([
      expect.stringMatching(/^Sound: \d+ touchpoints, \d+ items, \d+ rules, /),
    ]);
    const alone = checkStandard([file('one.yaml', sound)], true);
    expect(JSON.parse(alone.lines[0] ?? '')).toMatchObject({ faults: [] });
  });

  it('lists every fault of every file with its line', () => {
    const wrong = sound.replace('°C', 'kPa').replace('kano: must-be', 'kano: dull');
    const other = 'id: TP99\nitems: []\n';
    const paths = [file('bad.yaml', wrong), file('other.yaml', other)];
    const { lines, sound: ok } = checkStandard(paths, false);
    expect(ok).toBe(false);
    const text = lines.join('\n');
    expect(text).toMatch(/bad\.yaml:9 .*STANDARDS_SCHEMA/);
    expect(text).toMatch(/bad\.yaml:18 .*STANDARDS_WRONG_UNIT/);
    expect(text).toMatch(/other\.yaml:1.*STANDARDS_SCHEMA/);
    const { faults } = JSON.parse(checkStandard(paths, true).lines[0] ?? '');
    expect(faults.length).toBeGreaterThanOrEqual(3);
  });
});

describe('caretaker standard', () => {
  it('gives options to the command that they follow', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await createProgram().parseAsync(['standard', 'check', '--json'], { from: 'user' });
      expect(write.mock.calls).toEqual([[expect.stringMatching(/^\{"faults":\[\]/)]]);
    } finally {
      write.mockRestore();
    }
  });
});

describe('caretaker standard diff', () => {
  it('tells what is new, gone and changed, in either language', () => {
    const before = standardOf([file('one.yaml', sound)]);
    const after = standardOf([file('two.yaml', sound.replace('above: 50', 'above: 55'))]);
    expect(diffLines(diffStandards(before, after), 'en')).toEqual([
      `${before.version} → ${after.version}`,
      expect.stringMatching(/^~ TP23 /),
      '  ~ TP23-S9 Nothing smells',
      '    ~ draft-rule: Bin hot',
      '        limit 50 → 55 °C',
      'items +0 -0 ~1, rules +0 -0 ~1',
    ]);
    expect(diffLines(diffStandards(loadStandard(), after), 'zh').slice(3)).toEqual([
      '  + TP23-S9 无异味',
      '    + draft-rule: 桶热',
      expect.stringContaining('高于 55 °C'),
      'items +1 -0 ~0, rules +1 -0 ~0',
    ]);
  });

  it('says so when there is nothing to tell', () => {
    const same = loadStandard();
    expect(diffLines(diffStandards(same, same), 'en')).toEqual([
      `Both are version ${same.version}.`,
    ]);
  });
});
