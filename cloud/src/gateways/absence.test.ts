import { afterEach, beforeEach, expect, it } from 'vitest';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const t0 = Date.UTC(2026, 5, 1, 8);
const minute = 60_000;
const second = 1_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let gateway: GatewayPlayer;

beforeEach(async () => {
  folder = await temporaryFolder();
  run = await runCloud({ ...configFor(folder.path), settleAfterAbsence: 30 * second });
  gateway = await GatewayPlayer.connect(run);
  await gateway.hello();
});
afterEach(async () => {
  await gateway.leave();
  await run.cloud.stop();
  await folder.remove();
});

const quiet = (n: number) => reading('lift-1/trapped', t0 + n * 10 * minute, false);

/** What a device kept while it could not reach its gateway: measured then, received only now. */
const kept = (n: number, received: number) => ({ ...quiet(n), received });

it('says no silence of devices that deliver what they kept when their gateway is back', async () => {
  const back = t0 + 121 * minute;
  await gateway.send(1, [quiet(0)]);
  await gateway.complete(2, back);
  const late = Array.from({ length: 12 }, (_, i) => kept(i + 1, back + second));
  await gateway.send(2, late);
  await gateway.complete(14, back + 40 * second);
  await gateway.send(14, [reading('lift-1/trapped', back + 41 * second, true)]);
  await gateway.untilAccepted(14);
  const episodes = await run.episodes();
  expect(episodes.map(({ rule }) => rule)).toEqual(['lift-trapped']);
  expect(await run.tickets('withdrawn')).toEqual([]);
});

it('still says it of a device that stays silent', async () => {
  const back = t0 + 121 * minute;
  await gateway.send(1, [quiet(0)]);
  await gateway.complete(2, back);
  await gateway.complete(2, back + 29 * second);
  await gateway.send(2, [reading('bin-2/temp_c', back + 29 * second, 20)]);
  await gateway.untilAccepted(2);
  expect(await run.episodes()).toEqual([]);
  await gateway.complete(3, back + 30 * second);
  await expect
    .poll(async () => (await run.episodes()).map(({ rule, onset }) => ({ rule, onset })))
    .toEqual([{ rule: 'silence:trapped', onset: t0 + 30 * minute }]);
});
