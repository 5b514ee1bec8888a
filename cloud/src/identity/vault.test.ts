import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/cloud.ts';
import { digestOf, isToken, plainCode, randomToken, readableCode } from './secrets.ts';
import { openVault } from './vault.ts';

const sealedError = expect.objectContaining({ code: 'CLOUD_SECRET_SEALED' });
const unreadable = expect.objectContaining({ code: 'CLOUD_KEY_UNREADABLE' });

it('seals for one owner and one key, and finds every changed byte', async () => {
  const folder = await temporaryFolder();
  const vault = openVault(join(folder.path, 'secrets.key'));
  const again = openVault(join(folder.path, 'secrets.key'));
  const stranger = openVault(join(folder.path, 'other.key'));
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (text, place, change) => {
        const sealed = vault.seal(text, 'lin');
        expect(again.open(sealed, 'lin')).toBe(text);
        expect(vault.seal(text, 'lin')).not.toBe(sealed);
        expect(() => vault.open(sealed, 'mei')).toThrow(sealedError);
        expect(() => stranger.open(sealed, 'lin')).toThrow(sealedError);
        const bytes = Buffer.from(sealed.slice(3), 'base64url');
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ change;
        expect(() => vault.open(`v1.${bytes.toString('base64url')}`, 'lin')).toThrow(sealedError);
      },
    ),
  );
  for (const not of ['', 'v1.', 'v1.AAAA', 'v2.AAAA']) {
    expect(() => vault.open(not, 'lin')).toThrow(sealedError);
  }
  await folder.remove();
});

it('keeps its key from others, and says when it cannot use it', async () => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'secrets.key');
  openVault(file);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder.path)).toEqual(['secrets.key']);
  await chmod(file, 0o640);
  expect(() => openVault(file)).toThrow(unreadable);
  await chmod(file, 0o600);
  openVault(file);
  await writeFile(file, 'short');
  expect(() => openVault(file)).toThrow(unreadable);
  expect(() => openVault(join(folder.path, 'none', 'secrets.key'))).toThrow(unreadable);
  expect(() => openVault(folder.path)).toThrow(unreadable);
  await folder.remove();
});

it('makes tokens and codes that are long enough, and knows them again as typed', () => {
  expect(isToken(randomToken('ctk_'), 'ctk_')).toBe(true);
  expect(isToken(randomToken())).toBe(true);
  expect(isToken(randomToken(), 'ctk_')).toBe(false);
  const codes = Array.from({ length: 1000 }, () => readableCode(4));
  expect(new Set(codes).size).toBe(1000);
  const letters = new Set(codes.join('').replaceAll('-', ''));
  expect(letters.size).toBe(32);
  for (const code of codes) {
    const typed = code.toUpperCase().replaceAll('0', 'o').replaceAll('1', 'I').replaceAll('-', ' ');
    expect(digestOf(plainCode(typed))).toBe(digestOf(plainCode(code)));
  }
});
