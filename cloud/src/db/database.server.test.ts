import { describe, expect, it } from 'vitest';
import { configFor, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { databaseSuite } from '../testing/database-suite.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';
import { freshPostgres, postgresServer } from '../testing/postgres.ts';
import { lockPostgres } from './lock.ts';

describe.skipIf(postgresServer === null)('on a real PostgreSQL', () => {
  databaseSuite('PostgreSQL', freshPostgres);

  it('belongs to one cloud at a time', async () => {
    const { url, drop } = await freshPostgres();
    const release = await lockPostgres(url);
    await expect(lockPostgres(url)).rejects.toMatchObject({ code: 'CLOUD_DATA_IN_USE' });
    await release();
    await (await lockPostgres(url))();
    await drop();
  });

  it('carries the whole cloud: frames, tickets, commands, restart', async () => {
    const folder = await temporaryFolder();
    const { url, drop } = await freshPostgres();
    const config = configFor(folder.path, { DATABASE_URL: url });
    const t0 = Date.now() - 600_000;
    const run = await runCloud(config);
    const gateway = await GatewayPlayer.connect(run);
    await gateway.hello();
    await gateway.send(1, [
      reading('bin-1/temp_c', t0, 20),
      reading('bin-1/temp_c', t0 + 1000, 70),
    ]);
    await gateway.send(3, [reading('bin-2/temp_c', t0 + 2000, 66)]);
    await gateway.untilAccepted(3);
    const [newest] = await run.tickets('open');
    const answer = await run.command(newest!.id, {
      type: 'acknowledge',
      revision: newest!.revision,
    });
    expect(answer.status).toBe(200);
    const before = await run.standing();
    expect(before.tickets).toHaveLength(2);
    await gateway.leave();
    await run.cloud.stop();

    const again = await runCloud(config);
    expect(await again.standing()).toEqual(before);
    const back = await GatewayPlayer.connect(again);
    await back.hello(3);
    expect(back.acks.at(-1)).toMatchObject({ accepted: 3 });
    await back.leave();
    await again.cloud.stop();
    await drop();
    await folder.remove();
  });
});
