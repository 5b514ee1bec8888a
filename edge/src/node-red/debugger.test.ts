import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { patient } from '@caretaker/readings/testing';
import { expect, it } from 'vitest';

const module = pathToFileURL(`${import.meta.dirname}/debugger.ts`).href;

it('opens no debugger for a process that may only send signals', () => {
  const script = `
    const { keepDebuggerShut } = await import('${module}');
    const { url } = await import('node:inspector');
    const { spawn } = await import('node:child_process');
    const stop = keepDebuggerShut({ warn: (_, text) => { console.log(text, url()); stop(); process.exit(); } });
    spawn(process.execPath, ['--permission', '-e', 'process.kill(process.ppid, "SIGUSR1")']);
    setInterval(() => {}, 1_000);`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--no-warnings', '--input-type=module', '-e', script],
    { encoding: 'utf8', timeout: patient.timeout },
  );
  expect(stdout.trim()).toBe(
    'a process asked for the debugger of the gateway: not opened undefined',
  );
  expect(stderr).not.toContain('Debugger listening');
});
