import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandRules } from '@caretaker/cloud/policy';
import type { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { createProgram } from '../program.ts';
import { checkAllowed } from './allowed.ts';

const data = mkdtempSync(join(tmpdir(), 'caretaker-allowed-'));
mkdirSync(join(data, 'cloud'));
mkdirSync(join(data, 'edge'));
afterAll(() => rmSync(data, { recursive: true }));

/** Who needs what of which folder, written down apart from the table of the product. */
const reads = ['backtest', 'verify', 'audit export', 'doctor', 'actions'];
const free = [
  ...['simulate', 'replay', 'decode', 'standard', 'standard check', 'standard diff'],
  ...['test-standard', 'discovery list', 'discovery confirm', 'discovery ignore'],
  ...['tickets list', 'tickets show', 'tickets act', 'tickets ledger'],
];

/** Every command that does something, with its parents. */
function pathsOf(command: Command, parents: readonly string[] = []): string[] {
  return command.commands.flatMap((one) => {
    const path = [...parents, one.name()];
    const own = one.commands.length === 0 || path.join(' ') === 'standard' ? [path.join(' ')] : [];
    return [...own, ...pathsOf(one, path)];
  });
}

const everything = () => true;
const nothing = () => false;
const reading = (_folder: string, want: string): boolean => want === 'read';

describe('who may run a command', () => {
  it('is said of every command there is, and of no other', () => {
    expect(pathsOf(createProgram()).sort()).toEqual(Object.keys(commandRules).sort());
    expect(() => checkAllowed('device steal', data, everything)).toThrow('nobody has said');
  });

  it.each(Object.keys(commandRules))('%s: whoever may do that to its folder', (command) => {
    const attempt = (allows: typeof reading, folder = data) => {
      try {
        checkAllowed(command, folder, allows);
        return 'runs';
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    const isFree = free.includes(command);
    expect(attempt(everything)).toBe('runs');
    expect(attempt(nothing, join(data, 'none'))).toBe('runs');
    expect(attempt(nothing)).toBe(isFree ? 'runs' : 'CLI_NOT_ALLOWED');
    expect(attempt(reading)).toBe(isFree || reads.includes(command) ? 'runs' : 'CLI_NOT_ALLOWED');
  });

  it('looks at the folder of the part that it is about', () => {
    const asked: string[] = [];
    const note = (folder: string) => asked.push(folder) > 0;
    for (const command of ['person reset', 'device add']) checkAllowed(command, data, note);
    expect(asked).toEqual([join(data, 'cloud'), join(data, 'edge')]);
  });
});
