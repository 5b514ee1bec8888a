import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './run.ts';

const rooms = ['readings', 'devices', 'standards', 'edge', 'cloud', 'cli'] as const;
const prefixes = ['READINGS', 'DEVICES', 'DECODE', 'STANDARDS', 'EDGE', 'CLOUD', 'CLI'];
/** A code, as a text or as a key; not the pattern of several (`EDGE_*`), and not `CARETAKER_EDGE_…`. */
const code = new RegExp(
  `(?<![A-Z_])(?:${prefixes.join('|')})_[A-Z0-9_]*[A-Z0-9](?![A-Z0-9_*])`,
  'g',
);
/** Settings that begin like a code. */
const setting = /^(?:CLOUD|EDGE|EDGE_NODE_RED)_MQTT_(?:URL|TOPICS)(?:_FILE)?$/;

function codesInSource(): Set<string> {
  const found = new Set<string>();
  for (const room of rooms) {
    for (const name of readdirSync(join(root, room, 'src'), {
      recursive: true,
      encoding: 'utf8',
    })) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
      const text = readFileSync(join(root, room, 'src', name), 'utf8');
      for (const [one] of text.matchAll(code)) if (!setting.test(one)) found.add(one);
    }
  }
  return found;
}

function codesInDocs(): string[] {
  const text = readFileSync(join(root, 'docs/errors.md'), 'utf8');
  return [...text.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, one = '']) => one);
}

describe('docs/errors.md', () => {
  it('lists every code in the source, and none besides', () => {
    expect(codesInDocs().toSorted()).toEqual([...codesInSource()].toSorted());
  });

  it('lists each code once', () => {
    const codes = codesInDocs();
    expect(codes).toHaveLength(new Set(codes).size);
  });
});
