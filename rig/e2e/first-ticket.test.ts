import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApi } from '../src/product/api.ts';
import { withPage } from '../src/product/browser.ts';
import { type Command, runCommand, startCaretaker } from '../src/product/command.ts';
import { waitForEvent } from '../src/product/events.ts';
import { describeWith } from '../src/product/needs.ts';
import { scriptHeaders, signedIn } from '../src/product/person.ts';
import { createSandbox, type Sandbox } from '../src/product/sandbox.ts';
import { until } from '../src/servers/process.ts';
import { mosquittoPublish, smallEstate } from './small.ts';

describeWith({ binaries: ['mosquitto_pub', 'chromium'] }, 'a message by mosquitto_pub', () => {
  let sandbox: Sandbox;
  let caretaker: Command;

  beforeAll(async () => {
    sandbox = await createSandbox(smallEstate);
    caretaker = await startCaretaker(sandbox, { CARETAKER_SIMULATE: '0' });
  });

  afterAll(async () => {
    // Undefined when it could not start, whose error must not be hidden by another.
    await (caretaker as Command | undefined)?.interrupt();
    sandbox.dispose();
  });

  it('opens a ticket that comes over the live stream and shows in the browser', async () => {
    const storageState = await signedIn(sandbox);
    await withPage(
      async (page) => {
        const errors: string[] = [];
        page.on('pageerror', (error) => errors.push(error.message));
        await page.goto(`${sandbox.httpUrl}/tickets`);
        const ticket = await waitForEvent(
          sandbox,
          'ticket',
          ({ subject }) => subject === 'court/lift-a',
          () => mosquittoPublish(sandbox.mqttPort, 'caretaker/lift-a', '{"trapped": true}'),
        );
        expect(ticket).toMatchObject({ severity: 'emergency', state: 'new', estate: 'court' });
        // The page was open before the ticket and is not loaded again.
        await page.getByText('Lift A').first().waitFor();
        await page.goto(`${sandbox.httpUrl}/tickets/${ticket.id}`);
        await page.getByText(ticket.ref).first().waitFor();
        await page.getByText(ticket.why.en).first().waitFor();
        expect(errors).toEqual([]);
      },
      { storageState },
    );
  });

  it('in the form of Zigbee2MQTT becomes readings and a ticket', async () => {
    const ticket = await waitForEvent(
      sandbox,
      'ticket',
      ({ subject }) => subject === 'court/plaza-bin',
      async () => {
        const publish = (topic: string, message: object) =>
          mosquittoPublish(sandbox.mqttPort, topic, JSON.stringify(message));
        await publish('zigbee2mqtt/gates/north', { contact: false, linkquality: 90, battery: 81 });
        await publish('zigbee2mqtt/bins/plaza', { temperature: '140.5', linkquality: 71 });
      },
    );
    expect(ticket.item).not.toBe('');
    const points = await createApi(sandbox).points();
    expect(points.find(({ id }) => id === 'court/north-gate/door')?.value).toBe('open');
    expect(await createApi(sandbox).quarantine()).toEqual([]);
  });

  it('stays after acknowledging it with its revision', async () => {
    const api = createApi(sandbox);
    await mosquittoPublish(sandbox.mqttPort, 'caretaker/lift-b', '{"trapped": true}');
    const ofLift = async () => (await api.tickets('&subject=court%2Flift-b')).at(0);
    await until('a ticket of the lift is open', async () => (await ofLift()) !== undefined);
    const ticket = await ofLift();
    const answer = await fetch(`${sandbox.httpUrl}/api/tickets/${ticket?.id}/events`, {
      method: 'POST',
      headers: {
        ...scriptHeaders(sandbox),
        'content-type': 'application/json',
        'idempotency-key': 'first-ticket-1',
      },
      body: JSON.stringify({ type: 'acknowledge', revision: ticket?.revision }),
    });
    expect(answer.ok, await answer.text()).toBe(true);
    await until('the ticket is acknowledged', async () => {
      const now = await ofLift();
      return now?.state === 'acknowledged' && now.owner === 'Local administrator (scripts)';
    });
  });

  it('is listed, acted on and shown on the command line', async () => {
    const tickets = async (...args: string[]) => {
      const command = runCommand(['tickets', ...args], { ...sandbox.environment });
      expect(await command.gone, command.output()).toBe(0);
      return command.output();
    };
    const listed = await tickets('list', '--subject', 'court/lift-b', '--json');
    const { ref } = JSON.parse(listed);
    expect(await tickets('act', ref, 'note', 'note=Looked at it = twice.')).toContain(ref);
    const shown = await tickets('show', ref);
    expect(shown).toMatch(/acknowledged(.|\n)*note: Looked at it = twice\./u);
    expect(await tickets('ledger', '--estate', 'court')).toContain(ref);
    const refused = runCommand(['tickets', 'act', ref, 'verify', 'note=By hand.'], {
      ...sandbox.environment,
    });
    expect(await refused.gone).not.toBe(0);
    expect(refused.output()).toContain('CLOUD_');
  });
});
