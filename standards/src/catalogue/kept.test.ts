import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keep, readKept } from './kept.ts';
import { parseSource } from './source.ts';

const files = [
  { name: 'a.yaml', text: 'id: TP01\nname: { en: Gate, zh: 门 }\nlimits: [1.5, 2]\n' },
  { name: 'b.yaml', text: 'id: TP02\n' },
];
const sourcesOf = (some: typeof files) => some.map(({ name, text }) => parseSource(name, text));
const contents = sourcesOf(files).map(({ content }) => content);

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'caretaker-kept-')), 'cache');
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

const file = () => path.join(folder, 'parsed');

describe('what was kept of a catalogue', () => {
  it('is what parsing gives, and one file', () => {
    expect(readKept(files, folder)).toBeNull();
    keep(files, sourcesOf(files), folder);
    keep(files, sourcesOf(files), folder);
    expect(readKept(files, folder)).toEqual(contents);
    expect(readdirSync(folder)).toEqual(['parsed']);
  });

  it('is nothing for other texts, another name or another order', () => {
    keep(files, sourcesOf(files), folder);
    const [a, b] = files as [(typeof files)[0], (typeof files)[0]];
    const others = [[a, { ...b, text: 'id: TP03\n' }], [a, { ...b, name: 'c.yaml' }], [b, a], [a]];
    for (const other of others) expect(readKept(other, folder)).toBeNull();
  });

  it('is nothing once it is cut anywhere or any byte of it is another', () => {
    keep(files, sourcesOf(files), folder);
    const whole = readFileSync(file());
    for (let at = 0; at < whole.length; at += 1) {
      writeFileSync(file(), whole.subarray(0, at));
      expect(readKept(files, folder), `cut at ${at}`).toBeNull();
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(file(), bytes);
      expect(readKept(files, folder), `changed at ${at}`).toBeNull();
    }
    writeFileSync(file(), whole);
    expect(readKept(files, folder)).toEqual(contents);
  });

  it('is nothing of what is not YAML, or what JSON would change', () => {
    for (const text of ['a: [', 'limit: .inf\n', 'limit: -0.0\n']) {
      const bad = [{ name: 'a.yaml', text }];
      keep(bad, sourcesOf(bad), folder);
      expect(readKept(bad, folder), text).toBeNull();
    }
  });

  it('is not needed: a folder that cannot be written is as good as none', () => {
    mkdirSync(path.dirname(folder), { recursive: true });
    writeFileSync(folder, 'not a folder');
    keep(files, sourcesOf(files), folder);
    expect(readKept(files, folder)).toBeNull();
  });

  it('still tells the line of a fault', () => {
    const [{ name, text }] = files as [(typeof files)[0]];
    const source = parseSource(name, text, contents[0]);
    expect(source.fault('X', ['limits', 1], 'm')).toEqual(
      parseSource(name, text).fault('X', ['limits', 1], 'm'),
    );
    expect(source.fault('X', ['limits', 1], 'm').where).toBe('a.yaml:3 limits[1]');
  });
});
