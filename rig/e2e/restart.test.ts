import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type BigEstate, bigEstate, bigGateway } from '../src/bench/big-estate.ts';
import { createApi } from '../src/product/api.ts';
import { PlayedGateway } from '../src/product/gateway.ts';
import { type Part, startPart } from '../src/product/parts.ts';
import { createSandbox } from '../src/product/sandbox.ts';
import { readStanding } from '../src/product/standing.ts';

const points = 10_000;
const minute = 60_000;
const perFrame = 2_000;

/** Everything that anybody can see of the estate: the state of each asset and point, episodes and tickets. */
async function seen(api: ReturnType<typeof createApi>) {
  const [assets, declared] = [await api.assets(), await api.points()];
  return {
    assets: new Map(assets.map(({ id, state }) => [id, state])),
    points: new Map(
      declared.map(({ id, value, at, phase, severity }) => [id, { value, at, phase, severity }]),
    ),
    ...(await readStanding(api)),
  };
}

async function send(gateway: PlayedGateway, estate: BigEstate, at: number, round: number) {
  const readings = [...estate.readings(at, round)];
  for (let i = 0; i < readings.length; i += perFrame) {
    await gateway.send(readings.slice(i, i + perFrame), at + minute / 2);
  }
  await gateway.untilAccepted();
}

it('is the same after kill -9 with ten thousand points: snapshot, and the frames since', async () => {
  const sandbox = await createSandbox();
  const estate = bigEstate(points);
  const file = join(sandbox.folder, 'big.yaml');
  writeFileSync(file, estate.file);
  const big = { ...sandbox, environment: { ...sandbox.environment, CARETAKER_ESTATE: file } };
  const gateway = new PlayedGateway(big, bigGateway);
  const api = createApi(sandbox);
  const parts: Part[] = [];
  const start = async () => {
    parts.push(await startPart('cloud', big));
    await gateway.connect();
  };
  try {
    const from = Date.UTC(2026, 5, 1, 8);
    await start();
    await send(gateway, estate, from, 0);
    await send(gateway, estate, from + 20 * minute, 1);
    await gateway.leave();
    // A clean stop keeps the state; the third round is only in the frames.
    await parts.at(-1)?.stop();
    await start();
    const covered = await seen(api);
    await send(gateway, estate, from + 40 * minute, 2);
    await gateway.say([], from + 41 * minute);
    const before = await seen(api);
    await gateway.leave();
    await parts.at(-1)?.kill();
    await start();
    const after = await seen(api);
    expect(before.episodes.length).toBeGreaterThan(100);
    expect(before.tickets.length).toBeGreaterThan(50);
    expect(before.episodes, 'the third round changed something').not.toEqual(covered.episodes);
    expect(after).toEqual(before);
  } finally {
    await gateway.leave();
    await parts.at(-1)?.kill();
    sandbox.dispose();
  }
});
