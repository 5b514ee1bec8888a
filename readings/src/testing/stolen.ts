import { readdirSync, readFileSync } from 'node:fs';

function waitedIn(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[1]);
  } catch {
    // A thread that has ended meanwhile, or a system that does not say.
    return 0;
  }
}

/**
 * Milliseconds for which threads of a process stood ready and had no processor, since it began: what a busy machine
 * takes from it. A test of how soon something happens subtracts what was taken meanwhile; on an idle machine it is none.
 */
export function stolenMs(pid: number = process.pid): number {
  let nanoseconds = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`))
      nanoseconds += waitedIn(`/proc/${pid}/task/${thread}/schedstat`);
  } catch {
    return 0;
  }
  return nanoseconds / 1e6;
}
