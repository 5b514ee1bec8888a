// Reads a standard beside the event loop; `workerData` is the source.
import { parentPort, workerData } from 'node:worker_threads';
import { send } from './source.ts';

parentPort?.postMessage(send(workerData));
