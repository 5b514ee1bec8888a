import { workerData } from 'node:worker_threads';

const LOOK_MS = 1_000;

/*
 * A thread of its own, because the main one may loop: another parent means that the gateway is gone.
 */
setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
}, LOOK_MS);
