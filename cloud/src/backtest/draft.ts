import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CaretakerError } from '@caretaker/readings/base';
import { readChanged, readStandard, type Standard } from '@caretaker/standards';

export interface DraftFile {
  /** File name; `groups.yaml` makes the files a whole standard. */
  readonly name: string;
  readonly text: string;
}

/**
 * The standard that a draft makes. With `groups.yaml` among its files it is whole; without, its items replace
 * those of the same id in the standard in force, and items that are not there yet come in addition.
 * @throws FaultsError `STANDARDS_INVALID` with every fault, each with file and line
 */
export function standardWith(files: readonly DraftFile[], inForce: Standard): Standard {
  const whole = files.some((file) => file.name === 'groups.yaml');
  return whole ? readStandard(files) : readChanged(files, inForce);
}

/**
 * The files of a draft: one YAML file, or all of a folder.
 * @throws CaretakerError `CLOUD_BACKTEST_DRAFT`
 */
export function readDraft(path: string): DraftFile[] {
  try {
    const names = statSync(path).isDirectory()
      ? readdirSync(path).filter((name) => name.endsWith('.yaml'))
      : [''];
    if (names.length === 0) throw new Error('the folder has no file ending in .yaml');
    return names.sort().map((name) => {
      const file = name === '' ? path : join(path, name);
      return { name: basename(file), text: readFileSync(file, 'utf8') };
    });
  } catch (cause) {
    throw new CaretakerError(
      {
        code: 'CLOUD_BACKTEST_DRAFT',
        message: `The draft cannot be read: ${cause instanceof Error ? cause.message : cause}`,
        next: 'Name a YAML file of a touchpoint, or a folder like standards/catalogue.',
        where: path,
      },
      { cause },
    );
  }
}
