import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { stolenMs } from './stolen.ts';

it.skipIf(!existsSync('/proc/self/schedstat'))('grows while others have the processors', () => {
  const others = Array.from({ length: 2 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore' }),
  );
  try {
    const before = stolenMs();
    const began = performance.now();
    while (stolenMs() === before && performance.now() - began < 60_000) {}
    expect(stolenMs()).toBeGreaterThan(before);
  } finally {
    for (const other of others) other.kill('SIGKILL');
  }
});

it('is none where nothing is known of a process', () => {
  expect(stolenMs(0)).toBe(0);
});
