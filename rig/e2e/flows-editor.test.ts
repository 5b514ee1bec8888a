import { afterAll, beforeAll, expect, it } from 'vitest';
import { withPage } from '../src/product/browser.ts';
import { runCommand } from '../src/product/command.ts';
import { describeWith } from '../src/product/needs.ts';
import { type Part, startPart } from '../src/product/parts.ts';
import { createSandbox, type Sandbox } from '../src/product/sandbox.ts';
import { smallEstate } from './small.ts';

let sandbox: Sandbox;
let edge: Part;

/** A flow that says something to the editor each second. */
const flow = [
  { id: 'tab', type: 'tab', label: 'talk' },
  {
    id: 'go',
    type: 'inject',
    z: 'tab',
    x: 100,
    y: 80,
    repeat: '1',
    once: true,
    payload: 'all is well',
    payloadType: 'str',
    props: [{ p: 'payload' }],
    wires: [['show']],
  },
  {
    id: 'show',
    type: 'debug',
    z: 'tab',
    x: 300,
    y: 80,
    active: true,
    tosidebar: true,
    complete: 'payload',
    targetType: 'msg',
    wires: [],
  },
];

describeWith({ binaries: ['chromium'] }, 'the editor of flows in a browser', () => {
  beforeAll(async () => {
    sandbox = await createSandbox(smallEstate, { CARETAKER_NODE_RED: '1' });
    edge = await startPart('edge', sandbox);
  });
  afterAll(async () => {
    await edge.kill();
    sandbox.dispose();
  });

  it('is reached by the login of the gateway alone, whole and alive', async () => {
    const command = runCommand(['edge-admin', 'code'], { ...sandbox.environment });
    await command.gone;
    const code = /code=([\w-]+)/.exec(command.output())?.[1] ?? '';
    await withPage(async (page) => {
      const refused: string[] = [];
      page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) refused.push(message.text());
      });
      await page.goto(`${sandbox.edgeUrl}/red/`);
      expect(page.url()).toBe(`${sandbox.edgeUrl}/sign-in`);
      await page.goto(`${sandbox.edgeUrl}/code?code=${code}`);
      await page.locator('main button[type=submit]').click();
      await page.getByText('Flows (Node-RED)').waitFor();
      // It is started beside the gateway, which does not wait for it.
      await expect
        .poll(async () => (await page.goto(`${sandbox.edgeUrl}/red/`))?.status(), {
          timeout: 120_000,
        })
        .toBe(200);
      for (const type of ['reading', 'ticket', 'alarm']) {
        await page.locator(`[data-palette-type="caretaker-${type}"]`).waitFor();
      }
      await page.evaluate(async (flows) => {
        const headers = { 'content-type': 'application/json', 'node-red-api-version': 'v1' };
        await fetch('/red/flows', { method: 'POST', headers, body: JSON.stringify(flows) });
      }, flow);
      await page.reload();
      // By its WebSocket.
      await page.getByText('all is well').first().waitFor({ state: 'attached' });
      expect(refused).toEqual([]);
      await page.context().clearCookies();
      expect((await page.goto(`${sandbox.edgeUrl}/red/`))?.url()).toBe(
        `${sandbox.edgeUrl}/sign-in`,
      );
    });
  });
});
