import { encodeFrame, type Gap } from '@caretaker/readings/frame';
import { expect, it } from 'vitest';
import { configFor, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const t0 = Date.UTC(2026, 5, 1, 8);
const minute = 60_000;

it('takes frames of a thinned journal exactly once, also when nothing is left of what they cover', async () => {
  const folder = await temporaryFolder();
  let run = await runCloud(configFor(folder.path));
  let gateway = await GatewayPlayer.connect(run);
  const send = (first: number, temperatures: number[], gaps: Gap[]) => {
    const readings = temperatures.map((value, i) =>
      reading('bin-1/temp_c', t0 + (first + i) * minute, value),
    );
    const through = first - 1 + readings.length + gaps.reduce((sum, g) => sum + g.removed, 0);
    // Time stands still, so that nothing else makes the cloud write.
    const completeTo = { time: t0 + 10 * minute, sequence: through };
    const head = { gateway: 'court-1', journal: gateway.journal, first, completeTo, sent: t0 };
    return gateway.sendBytes(encodeFrame({ ...head, readings, gaps }));
  };
  const accepted = () => gateway.acks.at(-1);
  await gateway.hello();
  // Sequences 1, 2 and 6; then nothing of 7 to 20; then 21.
  await send(1, [20, 71, 75], [{ index: 2, removed: 3 }]);
  await gateway.untilAccepted(6);
  await send(1, [20, 71, 75], [{ index: 2, removed: 3 }]);
  await expect.poll(accepted).toEqual({ journal: gateway.journal, accepted: 6, rewind: false });
  await send(7, [], [{ index: 0, removed: 14 }]);
  await gateway.untilAccepted(20);
  await gateway.leave();
  await run.cloud.stop();
  run = await runCloud(configFor(folder.path));
  gateway = await GatewayPlayer.connect(run);
  await gateway.hello();
  await expect.poll(accepted).toEqual({ journal: gateway.journal, accepted: 20, rewind: false });
  // The same places again, thinned further meanwhile, and one reading more.
  await send(
    4,
    [75, 80],
    [
      { index: 0, removed: 2 },
      { index: 1, removed: 14 },
    ],
  );
  await gateway.untilAccepted(21);
  await send(23, [90], []);
  await expect.poll(accepted).toEqual({ journal: gateway.journal, accepted: 21, rewind: true });
  expect(await run.episodes()).toContainEqual(
    expect.objectContaining({ rule: 'bin-fire', worst: 80 }),
  );
  const metrics = await (await run.ask('/metrics')).text();
  expect(metrics).toContain('caretaker_cloud_readings_total 1\n');
  await gateway.leave();
  await run.cloud.stop();
  await folder.remove();
});
