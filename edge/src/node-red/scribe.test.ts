import { expect, it } from 'vitest';
import { Scribe } from './scribe.ts';

const info = 40;
const error = 20;

it('hands on what is logged, with the node that says it, and clips it', () => {
  const told: string[] = [];
  const scribe = new Scribe((level, text) => told.push(`${level} ${text}`));
  scribe.note({ level: info, msg: 'started' }, 0);
  scribe.note({ level: error, msg: new Error('boom'), type: 'function', id: 'f1' }, 0);
  scribe.note({ level: 30, msg: { message: 'odd' }, type: 'inject', name: 'clock', id: 'i' }, 0);
  scribe.note({ level: info, msg: 'x'.repeat(5_000) }, 0);
  expect(told[0]).toBe('info started');
  expect(told[1]).toMatch(/^error \[function:f1\] Error: boom/);
  expect(told[2]).toBe('warn [inject:clock] odd');
  expect(told[3]).toHaveLength('info '.length + 1_000);
});

it('warns nobody of what is as it should be', () => {
  const told: string[] = [];
  const scribe = new Scribe((level, text) => told.push(`${level} ${text}`));
  scribe.note({ level: info, msg: '\n\nWelcome to Node-RED\n===================\n' }, 0);
  scribe.note({ level: 30, msg: 'Encrypted credentials not found' }, 0);
  scribe.note({ level: 30, msg: 'Missing node modules:' }, 0);
  expect(told).toEqual(['info Encrypted credentials not found', 'warn Missing node modules:']);
});

it('leaves out what is too much, and says how much that was', () => {
  const told: string[] = [];
  const scribe = new Scribe((_level, text) => told.push(text));
  for (let n = 0; n < 1_000; n += 1) scribe.note({ level: info, msg: n }, 0);
  expect(told).toHaveLength(100);
  scribe.note({ level: info, msg: 'later' }, 1_000);
  expect(told.slice(100)).toEqual(['900 lines were left out: too many at once', 'later']);
});
