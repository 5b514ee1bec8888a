import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, run, tool } from './run.ts';

/** Source file, what it imports, and whether the import table allows it. */
const imports: readonly (readonly [file: string, imported: string, allowed: boolean])[] = [
  ['readings/src/a.ts', '@caretaker/devices/model', false],
  ['readings/src/b.ts', '../../devices/src/model/index.ts', false],
  ['readings/src/c.ts', 'zod', true],
  ['devices/src/a.ts', '@caretaker/readings', true],
  ['devices/src/b.ts', '@caretaker/readings/sqlite', false],
  ['devices/src/c.ts', '@caretaker/standards', false],
  ['standards/src/a.ts', '@caretaker/devices/kinds', true],
  ['standards/src/b.ts', '@caretaker/devices/decode', false],
  ['standards/src/c.ts', 'mqtt', false],
  ['standards/src/d.ts', 'node:fs', true],
  ['standards/src/engine/a.ts', 'node:fs', false],
  ['edge/src/a.ts', '@caretaker/standards/engine', true],
  ['edge/src/b.ts', '@caretaker/cloud', false],
  ['cloud/src/a.ts', '@caretaker/readings/sqlite', true],
  ['cloud/src/b.ts', '@caretaker/edge', false],
  ['cloud/src/contract/a.ts', 'zod', true],
  ['cloud/src/contract/b.ts', '../app.ts', false],
  ['dashboards/web/src/a.ts', '@caretaker/cloud/contract', true],
  ['dashboards/web/src/b.ts', '@caretaker/cloud', false],
  ['dashboards/web/src/c.ts', '@caretaker/readings', false],
  ['cli/src/a.ts', '@caretaker/cloud', true],
  ['cli/src/b.ts', '@caretaker/rig', false],
  ['rig/src/a.ts', '@caretaker/cli', true],
  ['rig/src/b.ts', '../../cli/src/main.ts', false],
];

const folder = mkdtempSync(join(tmpdir(), 'caretaker-imports-'));
let refused: Set<string>;

beforeAll(async () => {
  for (const name of ['biome.json', '.gitignore']) cpSync(join(root, name), join(folder, name));
  cpSync(join(root, 'rig/lint'), join(folder, 'rig/lint'), { recursive: true });
  for (const [file, imported] of imports) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `import '${imported}';\n`);
  }
  const { output } = await run(tool('biome'), ['lint', '--reporter=github'], folder);
  const findings = output.split('\n').filter((line) => line.includes('noRestrictedImports'));
  refused = new Set(findings.map((line) => /file=([^,]+)/.exec(line)?.[1] ?? ''));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the import table', () => {
  it.each(imports)('%s imports %s: %s', (file, _imported, allowed) => {
    const found = [...refused].some((path) => path.endsWith(file));
    expect(found).toBe(!allowed);
  });
});
