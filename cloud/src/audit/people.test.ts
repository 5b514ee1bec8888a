import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Audit } from '../identity/deed.ts';
import { openIdentity } from '../identity/open.ts';
import {
  byAdmin,
  credentials,
  from,
  person,
  rightPassword,
  t0,
  wrongPassword,
} from '../identity/testing/bench.ts';
import { auditBench } from '../testing/audit-bench.ts';
import { temporaryFolder } from '../testing/cloud.ts';

it('takes what accounts tell, and forgets a person together with their account', async () => {
  const folder = await temporaryFolder();
  const bench = await auditBench(async () => ({
    config: { engine: 'sqlite', file: join(folder.path, 'cloud.db') },
    drop: () => folder.remove(),
  }));
  const { database, chain } = bench;
  const audit: Audit = (tx, entry) => chain.append(tx, entry);
  const { people, signIn, tokens } = openIdentity({ database, audit, folder: folder.path });
  const id = await people.create(byAdmin(t0), person('lin'));
  const by = { actor: `person:${id}`, at: t0 };
  const denied = signIn.withPassword(credentials('lin', wrongPassword), t0);
  await expect(denied).rejects.toMatchObject({ code: 'CLOUD_SIGN_IN_REFUSED' });
  const { token } = await signIn.withPassword(credentials('lin'), t0 + 60_000);
  const made = await tokens.create(by, id, {
    name: 'Report of lin',
    grants: [{ role: 'viewer', estates: ['court'] }],
    readOnly: true,
    expires: t0 + 3_600_000_000,
  });
  const all = async () => JSON.stringify(await bench.keep());
  const before = await all();
  expect(before).toContain(from.address);
  expect(before).toContain('Report of lin');
  for (const secret of [token, made.token, rightPassword, wrongPassword]) {
    expect(before).not.toContain(secret);
  }
  await people.erase(byAdmin(t0), id, (tx) => chain.erase(tx, { person: id, ...byAdmin(t0) }));
  const after = await all();
  expect(after).not.toContain(from.address);
  expect(after).not.toContain('lin');
  expect(after).toContain(id);
  expect(await bench.faults(null)).toEqual([]);
  await bench.drop();
});
