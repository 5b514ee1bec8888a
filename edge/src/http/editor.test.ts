import { connect } from 'node:net';
import { patient } from '@caretaker/readings/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { type RiggedFlows, startFlows } from '../node-red/testing.ts';
import { startEdge } from '../testing.ts';

let remove: () => Promise<void>;
let rigged: RiggedFlows;

beforeAll(async () => {
  const folder = await scratch();
  remove = folder.remove;
  rigged = await startFlows(folder.directory);
});
afterAll(async () => {
  await rigged.edge.stop();
  await remove();
});

/** What the gateway answers to a WebSocket, and whether it has been closed since. */
interface Upgrade {
  readonly head: string;
  readonly isClosed: () => boolean;
  readonly close: () => void;
}

function request(headers: Record<string, string>, where: string): string {
  const all = {
    host: `127.0.0.1:${rigged.httpPort}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `GET ${where} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

function upgrade(headers: Record<string, string>, where = '/red/comms'): Promise<Upgrade> {
  return new Promise((resolve, reject) => {
    const socket = connect(rigged.httpPort, '127.0.0.1');
    let closed = false;
    socket.on('close', () => {
      closed = true;
    });
    socket.on('error', reject);
    socket.once('data', (bytes) => {
      const head = bytes.toString('latin1').split('\r\n', 1)[0] ?? '';
      resolve({ head, isClosed: () => closed, close: () => socket.destroy() });
    });
    socket.write(request(headers, where));
  });
}

describe('the editor', () => {
  it('is for the signed-in administrator only', async () => {
    for (const where of [
      '/red',
      '/red/',
      '/red/flows',
      '/red/settings',
      '/red/nodes',
      '/red/red/red.min.js',
    ]) {
      const answer = await fetch(`http://127.0.0.1:${rigged.httpPort}${where}`, {
        redirect: 'manual',
      });
      expect([where, answer.status, answer.headers.get('location')]).toEqual([
        where,
        303,
        '/sign-in',
      ]);
    }
    const bearer = { authorization: `Bearer ${rigged.token}`, origin: rigged.headers.origin ?? '' };
    const flows = {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json' },
      body: '[]',
    };
    const answer = await fetch(`http://127.0.0.1:${rigged.httpPort}/red/flows`, {
      ...flows,
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
  });

  it('comes through whole, with headers of the gateway', async () => {
    const page = await rigged.ask('GET', '/red/');
    expect([page.status, (await page.text()).includes('Node-RED · yard-1')]).toEqual([200, true]);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const script = await rigged.ask('GET', '/red/red/red.min.js');
    expect((await script.text()).length).toBeGreaterThan(100_000);
    expect((await rigged.ask('GET', '/red')).headers.get('location')).toBe('/red/');
  });

  it('installs nothing from the page and runs no programs', async () => {
    const installed = await rigged.ask('POST', '/red/nodes', { module: 'node-red-node-random' });
    expect(installed.status).toBeGreaterThanOrEqual(400);
    const nodes = await (await rigged.ask('GET', '/red/nodes')).text();
    expect(nodes).toContain('"inject"');
    expect(nodes).not.toContain('"exec"');
  });

  it('takes nothing from other pages', async () => {
    for (const origin of ['http://attacker.example', `http://127.0.0.1:${rigged.httpPort + 1}`]) {
      const answer = await fetch(`http://127.0.0.1:${rigged.httpPort}/red/flows`, {
        method: 'POST',
        headers: { ...rigged.headers, origin, 'content-type': 'application/json' },
        body: '[]',
      });
      expect(answer.status).toBe(403);
    }
  });
});

describe('its WebSocket', () => {
  it('is for the signed-in administrator and his page only', async () => {
    const { cookie = '', origin = '' } = rigged.headers;
    const refused: Record<string, string>[] = [
      {},
      { origin },
      { cookie },
      { cookie, origin: 'http://attacker.example' },
      { cookie, origin: `http://127.0.0.1:${rigged.httpPort + 1}` },
      { cookie, origin: 'http://attacker.example', host: 'attacker.example' },
      { cookie: `ctk_gateway=${'A'.repeat(43)}`, origin },
    ];
    for (const headers of refused) {
      expect((await upgrade(headers)).head).toBe('HTTP/1.1 403 Forbidden');
    }
    expect((await upgrade({ cookie, origin }, '/red/other')).head).toContain('403');
    const open = await upgrade({ cookie, origin });
    expect(open.head).toBe('HTTP/1.1 101 Switching Protocols');
    open.close();
  });

  it('is refused to whoever hangs up at once, and the gateway goes on', async () => {
    const hangUp = () =>
      new Promise<void>((resolve) => {
        const socket = connect(rigged.httpPort, '127.0.0.1');
        socket.once('close', () => resolve());
        socket.write(request({}, '/red/comms'), () => socket.resetAndDestroy());
      });
    await Promise.all(Array.from({ length: 20 }, hangUp));
    expect((await rigged.ask('GET', '/red')).status).toBe(303);
  });

  it('does not stay half open when it is refused', async () => {
    const socket = connect({ port: rigged.httpPort, host: '127.0.0.1', allowHalfOpen: true });
    let closed = false;
    socket.on('error', () => {
      closed = true;
    });
    const ended = new Promise((resolve) => socket.once('end', resolve));
    socket.resume();
    socket.write(request({}, '/red/comms'));
    await ended;
    await vi.waitFor(() => {
      if (!closed) socket.write('x');
      expect(closed).toBe(true);
    }, patient);
  });

  it('ends with its session', async () => {
    const { cookie = '', origin = '' } = rigged.headers;
    const open = await upgrade({ cookie, origin });
    expect(open.isClosed()).toBe(false);
    await fetch(`${origin}/sign-out`, {
      method: 'POST',
      headers: { cookie, origin },
      redirect: 'manual',
    });
    await vi.waitFor(() => expect(open.isClosed()).toBe(true), patient);
  });
});

it('says that it is switched off where it is', async () => {
  const folder = await scratch();
  const plain = await startEdge(folder.directory);
  const origin = `http://127.0.0.1:${plain.httpPort}`;
  const body = new URLSearchParams({ code: plain.code });
  const answer = await fetch(`${origin}/code`, {
    method: 'POST',
    headers: { origin },
    body,
    redirect: 'manual',
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const page = await fetch(`${origin}/red/`, { headers: { cookie } });
  expect([page.status, (await page.text()).includes('CARETAKER_NODE_RED=1')]).toEqual([503, true]);
  await plain.edge.stop();
  await folder.remove();
});
