// Reads a bundle beside the event loop; `workerData` is the message and the key that is believed.
import { parentPort, workerData } from 'node:worker_threads';
import { send } from './read.ts';

parentPort?.postMessage(await send(workerData.message, workerData.key));
