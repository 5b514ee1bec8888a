import { CaretakerError, FaultsError } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
import { explain } from './base/explain.ts';
import { createLineFormatter } from './base/log.ts';
import { createProgram } from './program.ts';

describe('the caretaker command', () => {
  it('explains every command', () => {
    const program = createProgram();
    expect(program.commands.map((command) => command.name())).toEqual([
      'start',
      'cloud',
      'edge',
      'simulate',
      'replay',
      'decode',
      'standard',
      'backtest',
      'test-standard',
      'verify',
      'audit',
      'person',
      'device',
      'gateway',
      'discovery',
      'tickets',
      'edge-admin',
      'actions',
      'doctor',
    ]);
    for (const command of program.commands)
      expect(command.description().length).toBeGreaterThan(20);
  });

  it('says what went wrong, its code and the next step', () => {
    const error = new CaretakerError({
      code: 'CLI_REPLAY_CONNECT',
      message: 'No gateway answers.',
      where: 'mqtt://x',
      next: 'Start Caretaker first.',
    });
    expect(explain(error)).toBe(
      'mqtt://x: No gateway answers. [CLI_REPLAY_CONNECT]\n  Start Caretaker first.',
    );
    expect(explain(new FaultsError('A', 'All:', [{ code: 'B', message: 'bad' }]))).toContain('[B]');
    expect(explain(new TypeError('broken'))).toContain('TypeError: broken');
  });

  it('turns the JSON of a part into one readable line and passes other text with its name', () => {
    const format = createLineFormatter(false);
    const line = JSON.stringify({ level: 30, time: 0, name: 'edge', msg: 'ready', port: 1883 });
    expect(format('edge', line)).toMatch(/INFO \(edge\): ready \{"port":1883\}$/);
    expect(format('cloud', 'Error: no')).toBe('cloud: Error: no');
    expect(format('cloud', '{broken')).toBe('cloud: {broken');
  });
});
