import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';

const KILOBYTE = 1_024;
const MEGABYTE = 1e6;

/** Starts a file beside this one as a process that is told what to do by messages. */
export function child(file: string): ChildProcess {
  return fork(new URL(file, import.meta.url));
}

/** The next message of a process; rejects when it ends before. */
export function news<T>(process: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null) => reject(new Error(`a process ended with ${code}`));
    process.once('exit', gone);
    process.once('message', (message) => {
      process.off('exit', gone);
      resolve(message as T);
    });
  });
}

/** Tells the parent. */
export function say(message: object): void {
  process.send?.(message);
}

/** Resident memory of a process in MB (10⁶ bytes): now, and the most since it started. */
export function memoryOf(pid: number): { now: number; most: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const figure = (name: string) => {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
    return (Number(kilobytes) * KILOBYTE) / MEGABYTE;
  };
  return { now: figure('VmRSS'), most: figure('VmHWM') };
}
