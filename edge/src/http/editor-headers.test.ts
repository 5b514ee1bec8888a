import { createServer } from 'node:http';
import path from 'node:path';
import { silentLog } from '@caretaker/readings/base';
import { manualClock } from '@caretaker/readings/testing';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { Editor, type EditorOptions } from './editor.ts';

it('lets nothing that runs in Node-RED sign a browser out, or open our page to others', async () => {
  const { directory, remove } = await scratch();
  const socket = path.join(directory, 'editor.sock');
  const flows = createServer((_request, response) => {
    response.setHeader('set-cookie', 'ctk_gateway=theirs; Path=/');
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('service-worker-allowed', '/');
    response.setHeader('content-security-policy', 'default-src *');
    response.setHeader('x-flows', 'yes');
    response.end('done');
  });
  await new Promise<void>((resolve) => flows.listen(socket, resolve));
  const app = fastify();
  // Who comes is looked at before, by the guard.
  const parts = { gateway: 'yard-1', editor: { socket }, clock: manualClock(0), log: silentLog };
  const editor = new Editor(parts as unknown as EditorOptions);
  editor.add(app);
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  try {
    const { headers } = await fetch(`${address}/red/flows`);
    expect(headers.get('x-flows')).toBe('yes');
    expect(headers.get('set-cookie')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('service-worker-allowed')).toBeNull();
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  } finally {
    editor.stop();
    await app.close();
    flows.closeAllConnections();
    flows.close();
    await remove();
  }
});
