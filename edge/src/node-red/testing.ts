import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { patient } from '@caretaker/readings/testing';
import { vi } from 'vitest';
import type { EdgeConfig } from '../config.ts';
import { type Rigged, startEdge } from '../testing.ts';
import type { NodeRedStatus } from './supervisor.ts';

/** A node of a flow as Node-RED keeps it. */
export type FlowNode = { readonly id: string; readonly type: string } & Record<string, unknown>;

export const paletteFolder = path.join(import.meta.dirname, '../../node-red/palette');

/** A module of the palette, which is JavaScript without types. */
export function paletteModule<T>(name: string): T {
  return createRequire(import.meta.url)(path.join(paletteFolder, name)) as T;
}

/** A gateway with Node-RED, and its administrator. */
export interface RiggedFlows extends Rigged {
  /** Of the administrator. */
  readonly headers: Readonly<Record<string, string>>;
  ask(method: string, where: string, body?: unknown): Promise<Response>;
  /** Puts these flows in place of all others, and starts them. */
  deploy(flows: readonly FlowNode[]): Promise<void>;
  status(): Promise<NodeRedStatus>;
  /** Resolves with the status once it is as wanted. */
  until(wanted: (status: NodeRedStatus) => boolean): Promise<NodeRedStatus>;
}

const usual: NonNullable<EdgeConfig['nodeRed']> = {
  megabytes: 128,
  mqttUrl: null,
  confined: true,
};
/** Beside other tests it would get nothing of a processor for minutes if it gave way to all of them. */
const unhurried = { priority: 0, answerMs: 100_000 } as const;

/** Starts both and waits until flows run. */
export async function startFlows(
  directory: string,
  config: Partial<EdgeConfig> = {},
): Promise<RiggedFlows> {
  const { limits, ...nodeRed } = config.nodeRed ?? usual;
  const rigged = await startEdge(directory, {
    ...config,
    nodeRed: { ...nodeRed, limits: { ...unhurried, ...limits } },
  });
  const origin = `http://127.0.0.1:${rigged.httpPort}`;
  const cookie = await cookieOf(origin, rigged.code);
  const headers = { origin, cookie };
  const json = { accept: 'application/json', 'content-type': 'application/json' };
  const ask = (method: string, where: string, body?: unknown) =>
    fetch(`${origin}${where}`, {
      method,
      headers: { ...headers, ...json, 'node-red-api-version': 'v1' },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const status = async () => {
    const answer = await fetch(`${origin}/status`, { headers: { cookie } });
    return ((await answer.json()) as { nodeRed: NodeRedStatus }).nodeRed;
  };
  // What is waited for may be the end of several starts, each of which takes seconds.
  const limit = { ...patient, timeout: 2 * patient.timeout };
  const until = (wanted: (status: NodeRedStatus) => boolean) =>
    vi.waitFor(async () => {
      const now = await status();
      if (!wanted(now)) throw new Error(`Node-RED is ${JSON.stringify(now)}`);
      return now;
    }, limit);
  const deploy = async (flows: readonly FlowNode[]) => {
    const answer = await ask('POST', '/red/flows', flows);
    if (answer.status !== 204) throw new Error(`${answer.status}: ${await answer.text()}`);
  };
  await until(({ state }) => state === 'running');
  return { ...rigged, headers, ask, deploy, status, until };
}

async function cookieOf(origin: string, code: string): Promise<string> {
  const answer = await fetch(`${origin}/code`, {
    method: 'POST',
    headers: { origin },
    body: new URLSearchParams({ code }),
    redirect: 'manual',
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** How a node says that something is taken from what the gateway gives Node-RED. */
export function given(name: string): string {
  return `\${CARETAKER_${name}}`;
}

/** The nodes of one of our examples. */
export async function example(name: string): Promise<FlowNode[]> {
  return JSON.parse(await readFile(path.join(paletteFolder, 'examples', `${name}.json`), 'utf8'));
}
