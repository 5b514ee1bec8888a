import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Chunk, firstRouteBytes } from './budget.ts';

const chunk = (fileName: string, imports: string[], isEntry = false): Chunk => ({
  fileName,
  code: randomBytes(400).toString('hex'),
  imports,
  isEntry,
});
const size = (c: Chunk) => gzipSync(c.code, { level: 9 }).byteLength;

describe('the first route', () => {
  it('counts an entry with everything it imports at once, each file once', () => {
    const entry = chunk('entry.js', ['a.js', 'b.js'], true);
    const a = chunk('a.js', ['b.js']);
    const b = chunk('b.js', ['a.js']);
    expect(firstRouteBytes([entry, a, b])).toBe(size(entry) + size(a) + size(b));
  });

  it('leaves out what is only loaded later', () => {
    const entry = chunk('entry.js', [], true);
    expect(firstRouteBytes([entry, chunk('chart.js', [])])).toBe(size(entry));
  });
});
