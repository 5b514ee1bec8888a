import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { device, type Rigged, startEdge } from '../testing.ts';

let remove: () => Promise<void>;
let rigged: Rigged;

beforeEach(async () => {
  const folder = await scratch();
  remove = folder.remove;
  rigged = await startEdge(folder.directory);
});
afterEach(async () => {
  await rigged.edge.stop();
  await remove();
});

const get = (path: string) =>
  fetch(`http://127.0.0.1:${rigged.httpPort}${path}`, {
    headers: { authorization: `Bearer ${rigged.token}` },
  });

it('answers health, readiness and figures that follow what came in', async () => {
  const client = await device(rigged.url);
  await client.publishAsync('caretaker/hall', '{"temp_c":20.5}', { qos: 1 });
  await client.publishAsync('caretaker/hall', 'nonsense', { qos: 1 });
  expect([(await get('/healthz')).status, (await get('/readyz')).status]).toEqual([200, 200]);
  const metrics = await get('/metrics');
  expect(metrics.headers.get('content-type')).toContain('version=0.0.4');
  const text = await metrics.text();
  for (const line of [
    'caretaker_edge_received_messages_total 2',
    'caretaker_edge_journalled_readings_total 1',
    'caretaker_edge_quarantined_total 1',
    'caretaker_edge_uplink_pending_readings 1',
    'caretaker_edge_connected_clients 1',
    'caretaker_edge_journal_losses 0',
    'caretaker_edge_refused_total{code="EDGE_LOGIN_REFUSED"} 0',
    'caretaker_edge_uplink_frames_total 0',
    'caretaker_edge_consumer_lag_readings{consumer="uplink"} 1',
    'caretaker_edge_clock_offset_seconds NaN',
    'caretaker_edge_clock_basis{basis="clock"} 1',
    'caretaker_edge_clock_basis{basis="unknown"} 0',
    'caretaker_edge_heard_points 1',
    'caretaker_edge_silent_points 0',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  // Whoever reads a figure finds what it means.
  const described = await readFile(new URL('../../../docs/gateway.md', import.meta.url), 'utf8');
  for (const [, name = ''] of text.matchAll(/^# TYPE caretaker_edge_(\w+)/gm)) {
    expect(described, name).toMatch(new RegExp(`\`${name}[{\`]`));
  }
  expect(text).toMatch(/resident_memory_bytes \d{7}/);
  expect(text).toMatch(/event_loop_delay_seconds\{quantile="0.99"\} \d/);
  await client.endAsync();
});

it('answers only under a name of its own', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { host: 'attacker.example' };
    request({ host: '127.0.0.1', port: rigged.httpPort, path: '/status', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(421);
});
