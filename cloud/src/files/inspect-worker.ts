// Looks into a file beside the event loop; `workerData` is where it lies and what is wanted of it.
import { parentPort, workerData } from 'node:worker_threads';
import { send } from './inspect-apart.ts';

const sent = await send(workerData);
parentPort?.postMessage(sent, 'file' in sent ? [sent.file.bytes.buffer] : []);
