import { httpOptions } from '@caretaker/readings/tls';
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { readCloudConfig } from '../config.ts';

/** Where a request seems to come from that arrived from `remoteAddress`. */
async function from(env: Record<string, string>, remoteAddress: string, forwarded: string) {
  const app = Fastify(httpOptions(null, readCloudConfig(env).proxies));
  app.get('/', (request) => request.ip);
  const headers = { 'x-forwarded-for': forwarded };
  const { body } = await app.inject({ url: '/', remoteAddress, headers });
  await app.close();
  return body;
}

const proxied = { CARETAKER_BEHIND_PROXY: '1', CARETAKER_PUBLIC_URL: 'https://care.example' };

it('believes nobody about where a request comes from when there is no proxy', async () => {
  expect(await from({}, '127.0.0.1', '203.0.113.9')).toBe('127.0.0.1');
  const address = { CARETAKER_PUBLIC_URL: 'https://care.example' };
  expect(await from(address, '127.0.0.1', '203.0.113.9')).toBe('127.0.0.1');
});

it('believes the proxy on this machine, and nobody else', async () => {
  expect(await from(proxied, '127.0.0.1', '203.0.113.9')).toBe('203.0.113.9');
  expect(await from(proxied, '10.0.0.7', '203.0.113.9')).toBe('10.0.0.7');
});

it('believes the proxies that are named, and only what the last of them has added', async () => {
  const named = { ...proxied, CARETAKER_PROXY_ADDRESSES: '10.0.0.0/24' };
  expect(await from(named, '10.0.0.7', '203.0.113.9')).toBe('203.0.113.9');
  expect(await from(named, '127.0.0.1', '203.0.113.9')).toBe('127.0.0.1');
  // The first is what the client itself claims.
  expect(await from(named, '10.0.0.7', '198.51.100.1, 203.0.113.9')).toBe('203.0.113.9');
});
