import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CaretakerError, type Fault, FaultsError } from '@caretaker/readings/base';
import { loadStandard, parseStandard, type Standard, standardText } from '@caretaker/standards';

/** Where the standard of this cloud comes from: a folder, or null for the built-in catalogue. */
export type Source = string | null;

/** A standard that was read, or every reason why it cannot be used. */
export type Loaded = { readonly standard: Standard } | { readonly faults: readonly Fault[] };

/** How people know a source. */
export function nameOf(source: Source): string {
  return source === null ? 'built-in' : basename(source);
}

let builtIn: Standard | null = null;

/** The built-in catalogue is part of the code and stays as it is while that runs. */
function loadBuiltIn(): Standard {
  builtIn ??= loadStandard();
  return builtIn;
}

/** Reads the whole standard. Takes long enough to be felt: see `loadApart` for a process that serves. */
export function load(source: Source): Loaded {
  try {
    const standard = source === null ? loadBuiltIn() : loadStandard(source);
    if (standard.items.length > 0) return { standard };
    const message = 'There is no item of a standard in this folder.';
    return {
      faults: [{ code: 'CLOUD_STANDARD_UNREADABLE', message, where: source ?? 'built-in' }],
    };
  } catch (error) {
    if (error instanceof FaultsError) return { faults: error.faults };
    if (error instanceof CaretakerError) return { faults: [error] };
    const message = `The standard cannot be read: ${error instanceof Error ? error.message : error}`;
    return {
      faults: [{ code: 'CLOUD_STANDARD_UNREADABLE', message, where: source ?? 'built-in' }],
    };
  }
}

/** What crosses from the worker: text, because frozen objects would be copied one by one. */
export type Sent =
  | { readonly version: string; readonly text: string }
  | { readonly faults: readonly Fault[] };

/** @returns what the worker posts for a source */
export function send(source: Source): Sent {
  const loaded = load(source);
  if ('faults' in loaded) {
    // Errors lose their fields on the way.
    return { faults: loaded.faults.map(({ code, message, where }) => plain(code, message, where)) };
  }
  return { version: loaded.standard.version, text: standardText(loaded.standard) };
}

function plain(code: string, message: string, where: string | undefined): Fault {
  return where === undefined ? { code, message } : { code, message, where };
}

/** The same in a thread of its own, so that nothing else waits for it. */
export async function loadApart(source: Source): Promise<Loaded> {
  const worker = new Worker(new URL('./load-worker.ts', import.meta.url), { workerData: source });
  const sent = await new Promise<Sent>((done, fail) => {
    worker.once('message', done);
    worker.once('error', fail);
    worker.once('exit', (code) => fail(new Error(`the worker ended with ${code}`)));
  });
  return 'faults' in sent ? sent : { standard: parseStandard(sent.text, sent.version) };
}
