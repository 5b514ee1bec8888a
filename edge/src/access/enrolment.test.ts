import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newGatewayKey } from '@caretaker/readings/uplink';
import { expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { cloudOffset, identityOf, loadIdentity, saveIdentity } from './enrolment.ts';

const answer = { gateway: 'yard-1', estate: 'yard', key: 'k1', at: 0 };

it('keeps its key for itself, over a restart', async () => {
  const { directory, remove } = await scratch();
  expect(await loadIdentity(directory)).toBeNull();
  const identity = identityOf(answer, newGatewayKey());
  await saveIdentity(directory, identity);
  expect(await loadIdentity(directory)).toEqual(identity);
  await chmod(path.join(directory, 'gateway-key.json'), 0o640);
  await expect(loadIdentity(directory)).rejects.toMatchObject({ code: 'EDGE_FILE_NOT_PRIVATE' });
  await remove();
});

it.each(['', '{"version":1}', JSON.stringify({ version: 1, ...answer, privateKey: 'secret!' })])(
  'says that the file is damaged, and nothing of what is in it: %j',
  async (text) => {
    const { directory, remove } = await scratch();
    await mkdir(directory, { recursive: true });
    await writeFile(path.join(directory, 'gateway-key.json'), text, { mode: 0o600 });
    const error = await loadIdentity(directory).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'EDGE_IDENTITY_DAMAGED' });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).not.toContain('secret!');
    await remove();
  },
);

it('learns the time of the cloud from any answer, also in 1970', () => {
  const date = 'Sun, 22 Nov 2026 04:00:00 GMT';
  const cloud = Date.parse(date);
  expect(cloudOffset(date, 10_000, 10_400)).toBe(cloud + 500 - 10_200);
  expect(cloudOffset(null, 0, 1)).toBeNull();
  expect(cloudOffset('soon', 0, 1)).toBeNull();
  expect(cloudOffset(date, 5, 0)).toBeNull();
  expect(cloudOffset(date, 0, 120_000)).toBeNull();
});
