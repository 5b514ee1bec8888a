import type { Layout } from './layout.ts';
import { Machine } from './machine.ts';
import type { Program } from './program.ts';

/** A machine with room for the largest program. */
export function machineFor({ classes, widePrograms }: Layout): Machine {
  const programs = [...new Set([...classes.flatMap((c) => c.programs), ...widePrograms])];
  const inputs = Math.max(1, ...programs.map((program) => program.silentAfter.length));
  const leaves = Math.max(1, ...programs.map((program) => program.leaves.length));
  return new Machine(programs[0] ?? nothing, inputs, leaves);
}

/** Stands in where no rule applies to anything. */
const nothing: Program = {
  rule: '',
  item: '',
  severity: 'advice',
  effect: 'none',
  latched: false,
  standardVersion: '',
  resolved: null,
  kind: '',
  rank: 0,
  silentAfter: [],
  leaves: [],
  memories: 0,
  when: null,
  only: null,
  clearWhen: null,
  calendars: [],
  for: 0,
  clearFor: 0,
  simple: true,
  low: 0,
  high: 0,
  key: '',
  shape: '',
  timeline: null,
};
