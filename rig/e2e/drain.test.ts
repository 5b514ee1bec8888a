import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { goAway } from '../src/bench/drain-away.ts';
import { tallyAbsence, tallyStore } from '../src/bench/drain-check.ts';
import { type DrainShape, drainEstate } from '../src/bench/drain-estate.ts';
import { edgeStatus } from '../src/product/edge-status.ts';
import { type KillAt, type Part, startPart } from '../src/product/parts.ts';
import { createSandbox, type Sandbox } from '../src/product/sandbox.ts';
import { until } from '../src/servers/process.ts';

const hour = 3_600_000;
const shape: DrainShape = {
  ...{ name: 'small', devices: 60, points: 1_000, perMessage: 2 },
  ...{ period: 30_000, away: 4 * hour },
};

let base: Sandbox;
const parts: Part[] = [];

beforeAll(async () => {
  base = await createSandbox(undefined, { CARETAKER_SIMULATE: '0' });
});
afterAll(async () => {
  await Promise.all(parts.map((part) => part.kill()));
  base.dispose();
});

it('delivers what it kept once and whole, through kill -9 of the cloud and of the gateway', async () => {
  const estate = drainEstate(shape);
  const path = join(base.folder, 'drain.json');
  writeFileSync(path, estate.file);
  const sandbox = { ...base, environment: { ...base.environment, CARETAKER_ESTATE: path } };
  const began = Date.now() - shape.away;
  const start = async (name: 'edge' | 'cloud', killAt?: KillAt) => {
    const part = await startPart(name, sandbox, killAt);
    parts.push(part);
    return part;
  };
  const filled = await goAway(sandbox, shape, began, parts);
  expect(filled.readings).toBeGreaterThan(40_000);

  // The second frame is stored and the third is, ahead of its turn; neither is accepted.
  const first = await start('cloud', { place: 'cloud.after-store-write', nth: 2 });
  const sending = await start('edge', { place: 'edge.ack-received', nth: 4 });
  expect(await first.gone).toBe('SIGKILL');
  await start('cloud');
  expect(await sending.gone).toBe('SIGKILL');
  await start('edge');
  await until('all is accepted', async () => {
    const { uplink } = await edgeStatus(sandbox);
    return uplink.connected && uplink.pending === 0;
  });
  for (const part of parts) await part.stop();

  const expected = tallyAbsence(estate, began);
  const held = await tallyStore(join(sandbox.folder, 'cloud', 'readings.db'), estate);
  expect(held.against(expected)).toEqual({ lost: 0, duplicated: 0, altered: 0 });
  expect(held.total).toBe(expected.total);
});
