import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';

/** Of 1,000: when the machine runs out of memory, this is what the system ends first. */
const OUT_OF_MEMORY_SCORE = '800';
const KILOBYTE = 1_024;

/**
 * Lets everything else on the machine go before a process, as far as the system offers that. On Linux a priority is
 * one thread's, and those started later take that of the one which starts them.
 */
export function giveWay(pid: number, priority: number): void {
  quietly(() => os.setPriority(pid, priority));
  quietly(() => {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      quietly(() => os.setPriority(Number(thread), priority));
    }
  });
  quietly(() => writeFileSync(`/proc/${pid}/oom_score_adj`, OUT_OF_MEMORY_SCORE));
}

/** @returns resident memory in bytes; null where the system does not tell, or the process is gone. */
export function residentBytes(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(
      readFileSync(`/proc/${pid}/status`, 'latin1'),
    )?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * KILOBYTE;
  } catch {
    return null;
  }
}

/** For what only helps: another system has no such thing, or the process has just ended. */
function quietly(attempt: () => void): void {
  try {
    attempt();
  } catch {
    // Nothing to do about it.
  }
}
