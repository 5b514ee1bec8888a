import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { patient } from '@caretaker/readings/testing';
import { expect, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import type { ChildOrder } from './messages.ts';
import { paletteFolder } from './testing.ts';

/** A gateway that does nothing but run the child, and says its process id once flows begin. */
const parent = `
const { fork } = require('node:child_process');
const [file, order] = process.argv.slice(1);
const child = fork(file, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
child.on('message', ({ type }) => {
  if (type === 'flows') console.log(child.pid);
});
child.send(JSON.parse(order));
`;

const looping = [
  { id: 'tab', type: 'tab', label: 'wild' },
  { id: 'go', type: 'inject', z: 'tab', x: 0, y: 0, once: true, props: [], wires: [['wild']] },
  {
    id: 'wild',
    type: 'function',
    z: 'tab',
    x: 0,
    y: 0,
    func: 'for (;;) {}',
    timeout: 600,
    wires: [],
  },
];

it('ends with a gateway that is killed, though its flows loop and it reads no message', async () => {
  const { directory, remove } = await scratch();
  const userDirectory = path.join(directory, 'user');
  await mkdir(userDirectory);
  await writeFile(path.join(userDirectory, 'flows.json'), JSON.stringify(looping));
  const order: ChildOrder = {
    ...{ type: 'start', socket: path.join(directory, 'editor.sock'), userDirectory },
    ...{ palette: paletteFolder, credentialSecret: 'x', safe: false, title: 'test' },
  };
  const file = path.join(import.meta.dirname, 'child.ts');
  const gateway = spawn(process.execPath, ['-e', parent, file, JSON.stringify(order)]);
  const { promise, resolve } = Promise.withResolvers<number>();
  gateway.stdout.once('data', (text) => resolve(Number(text)));
  const child = await promise;
  // It computes, and nothing else: its loop has begun.
  const ticks = () => Number(readFileSync(`/proc/${child}/stat`, 'utf8').split(' ')[13]);
  const before = ticks();
  await vi.waitFor(() => expect(ticks() - before).toBeGreaterThan(100), patient);
  gateway.kill('SIGKILL');
  await vi.waitFor(() => expect(isRunning(child)).toBe(false), patient);
  await remove();
});

/** A process that has ended and that nobody asks about is there as a zombie. */
function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) Z /.test(readFileSync(file, 'utf8'));
}
