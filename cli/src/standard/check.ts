import { readDraft, standardWith } from '@caretaker/cloud';
import { FaultsError } from '@caretaker/readings/base';
import { loadStandard, type Standard, summarize } from '@caretaker/standards';
import { z } from 'zod';

const optionsSchema = z.object({ json: z.boolean() });

export interface Checked {
  readonly lines: readonly string[];
  readonly sound: boolean;
}

/** The built-in standard, or what a folder or single files make of it. */
export function standardOf(paths: readonly string[]): Standard {
  const files = paths.flatMap(readDraft);
  return files.length === 0 ? loadStandard() : standardWith(files, loadStandard());
}

/** Every fault of a standard, one a line, or that it has none. */
export function checkStandard(paths: readonly string[], json: boolean): Checked {
  try {
    const standard = standardOf(paths);
    const { total, rows } = summarize(standard);
    const said = { version: standard.version, items: standard.items.length, rules: total.rules };
    const line = `Sound: ${rows.length} touchpoints, ${said.items} items, ${said.rules} rules, version ${said.version}.`;
    return { lines: [json ? JSON.stringify({ faults: [], ...said }) : line], sound: true };
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    const { faults } = error;
    return { lines: [json ? JSON.stringify({ faults }) : error.message], sound: false };
  }
}

/** `caretaker standard check`: exit code 1 when there are faults. */
export function runCheck(paths: readonly string[], given: Record<string, unknown>): void {
  const { lines, sound } = checkStandard(paths, optionsSchema.parse(given).json);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (!sound) process.exitCode = 1;
}
