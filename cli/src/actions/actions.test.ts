import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const main = join(import.meta.dirname, '../main.ts');
let folder: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caretaker-actions-'));
  const estate = join(folder, 'estate.yaml');
  await writeFile(
    estate,
    [
      'id: yard',
      'name: Yard',
      'zone: Asia/Shanghai',
      'location: { latitude: 31.2, longitude: 121.5 }',
      'gateway: yard-1',
      'assets:',
      '  - { id: lift, name: lift, kind: lift, touchpoint: TP27, place: Yard, points: [trapped] }',
      'actions:',
      '  - rule: lift-trapped',
      '    do: [{ relay: { format: tasmota, device: siren } }]',
      '    undo: [{ relay: { format: tasmota, device: siren, on: false } }]',
      '  - { rule: bin-fire, do: [{ mqtt: { topic: bells } }] }',
    ].join('\n'),
  );
  environment = { ...process.env, CARETAKER_DATA: folder, CARETAKER_ESTATE: estate };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const actions = (...given: string[]) =>
  run(process.execPath, [main, 'actions', ...given], { env: environment });

it('prints what would be sent, and which actions fit nothing', async () => {
  const { stdout } = await actions('lift-trapped', 'lift');
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^never done: yard actions\[1\]: "bin-fire" judges assets of kind bin/),
    'do   relay   cmnd/siren/POWER1 ON',
    'undo relay   cmnd/siren/POWER1 OFF',
    '',
  ]);
  const json = JSON.parse((await actions('gate-forced', 'lift', '--json')).stdout);
  expect(json).toMatchObject({ rule: 'gate-forced', asset: 'lift', steps: [] });
});

it.each([
  ['lift-flies', 'lift', 'CLI_UNKNOWN_RULE'],
  ['bin-full', 'lift', 'CLI_UNKNOWN_RULE'],
  ['lift-trapped', 'well', 'CLI_UNKNOWN_ASSET'],
])('refuses %s of %s', async (rule, asset, code) => {
  await expect(actions(rule, asset)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(code),
  });
});
