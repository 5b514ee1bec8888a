import { accessSync, constants, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ruleOfCommand } from '@caretaker/cloud/policy';
import { CaretakerError } from '@caretaker/readings/base';

const folders = { cloud: 'cloud', gateway: 'edge' } as const;

type Want = 'read' | 'write';

function systemAllows(folder: string, want: Want): boolean {
  const { R_OK, W_OK, X_OK } = constants;
  try {
    accessSync(folder, want === 'read' ? R_OK | X_OK : R_OK | W_OK | X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Lets a command run only for a user who may do that to the data folder it works on, before it reads or writes
 * anything of it.
 * @param command with its parents, such as `device add`
 * @param data `CARETAKER_DATA`
 * @throws CaretakerError `CLI_NOT_ALLOWED`
 */
export function checkAllowed(
  command: string,
  data: string | undefined,
  allows: (folder: string, want: Want) => boolean = systemAllows,
): void {
  const { works, on } = ruleOfCommand(command);
  for (const part of on) {
    const folder = join(resolve(data ?? 'data'), folders[part]);
    // What is not there yet will belong to whoever makes it.
    if (!existsSync(folder) || allows(folder, works)) continue;
    throw new CaretakerError({
      code: 'CLI_NOT_ALLOWED',
      message: `"caretaker ${command}" is for the user who runs what keeps its data here.`,
      where: folder,
      next: 'Run it as that user, or let CARETAKER_DATA name another folder.',
    });
  }
}
