import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf, textOf } from './sample.ts';

describe('a quarantined message', () => {
  it('shows as text and as bytes, whatever it holds', () => {
    const bytes = bytesOf(Buffer.from([0x7b, 0xff, 0x00]).toString('base64'));
    expect(hexOf(bytes)).toBe('7b ff 00');
    expect(textOf(bytes)).toBe('{\ufffd\0');
  });

  it('breaks bytes into lines of sixteen', () => {
    expect(hexOf(new Uint8Array(17)).split('\n')).toHaveLength(2);
  });

  it('keeps characters of more than one byte', () => {
    expect(textOf(bytesOf(Buffer.from('温度').toString('base64')))).toBe('温度');
  });
});
