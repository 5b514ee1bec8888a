import { parentPort, workerData } from 'node:worker_threads';
import { faultOf } from './faults.ts';
import type { Answer, Reader, Request, ThreadData, Writing } from './protocol.ts';
import { createReader } from './reader.ts';
import { createWriter } from './writer.ts';

/* Entry of both threads: opens the file on the first message and answers one call after the other. */

const port = parentPort;
if (port === null) throw new Error('This file runs as a worker thread only');
const { role, file, rawRetentionMs } = workerData as ThreadData;

let target: Writing | Reader | null = null;

function answer({ id, call, values }: Request): Answer {
  try {
    if (call === 'open') {
      target = role === 'write' ? createWriter(file, rawRetentionMs) : createReader(file);
      return { id, value: null };
    }
    const method = (target as unknown as Record<string, (...values: unknown[]) => unknown>)[call];
    if (method === undefined) throw new Error(`No call "${call}"`);
    return { id, value: Reflect.apply(method, target, values) };
  } catch (error) {
    return { id, fault: faultOf(error, file) };
  }
}

port.on('message', (request: Request) => {
  const reply = answer(request);
  if (request.call === 'close') target = null;
  port.postMessage(reply);
});
