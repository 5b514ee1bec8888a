import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFor, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';
import { freshPostgres, postgresServer } from '../testing/postgres.ts';
import { full, hot, writeStandard } from '../testing/standard.ts';

const minute = 60_000;

describe.skipIf(postgresServer === null)('on a real PostgreSQL', () => {
  it('a changed standard and a changed limit leave what was judged before as it was', async () => {
    const { url, drop } = await freshPostgres();
    const folder = await temporaryFolder();
    const rules = join(folder.path, 'rules');
    const config = configFor(folder.path, { DATABASE_URL: url, CARETAKER_STANDARD: rules });
    const now = Date.now();
    const at = (minutes: number, value: number) =>
      reading('bin-2/temp_c', now + minutes * minute, value);
    const told = async (run: Awaited<ReturnType<typeof runCloud>>) =>
      (await run.episodes())
        .toSorted((a, b) => a.onset - b.onset)
        .map((e) => [(e.onset - now) / minute, e.end === null ? null : (e.end - now) / minute]);

    await writeStandard(rules, [hot(60), full(80)]);
    const first = await runCloud(config);
    const gateway = await GatewayPlayer.connect(first);
    await gateway.hello();
    await gateway.send(1, [at(-50, 65), at(-40, 20), at(-10, 66)]);
    await gateway.untilAccepted(3);
    await gateway.leave();
    await first.cloud.stop();

    await writeStandard(rules, [hot(70), full(80)]);
    const second = await runCloud(config);
    const back = await GatewayPlayer.connect(second);
    await back.hello(3);
    const before = [
      [-50, -40],
      [-10, null],
    ];
    expect(await told(second)).toEqual(before);
    const put = await second.ask('/api/standard/overrides', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        estate: 'court',
        asset: 'bin-2',
        rule: 'hot',
        numbers: { limit: 75 },
        reason: 'sunny',
      }),
    });
    expect(put.status).toBe(200);
    await back.send(4, [at(1, 20), at(2, 72), at(3, 76), { ...at(-55, 61), received: now }]);
    await back.untilAccepted(7);
    expect(await told(second)).toEqual([
      [-55, -40],
      [-10, 1],
      [3, null],
    ]);
    await back.leave();
    await second.cloud.stop();
    await drop();
    await folder.remove();
  });
});
