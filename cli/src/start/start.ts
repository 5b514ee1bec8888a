import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { openTls } from '@caretaker/readings/tls';
import { createLineFormatter } from '../base/log.ts';
import { createScreen, type Screen } from '../base/progress.ts';
import { type Entry, entryPath } from '../parts/entry.ts';
import { addressesOf } from './addresses.ts';
import { PartProcess } from './part-process.ts';
import { checkPorts } from './ports.ts';
import { readSettings, type Settings } from './settings.ts';
import { buildWeb, root, webIsStale } from './web.ts';

interface Shown {
  readonly fingerprint: string | null;
  readonly entry: Entry | null;
  /** The same for the page of the gateway. */
  readonly gatewayEntry: Entry | null;
}

function banner(settings: Settings, { fingerprint, entry, gatewayEntry }: Shown): string {
  const { dataFolder, anonymous, publicUrl } = settings;
  const { page, gatewayPage, devices } = addressesOf(settings);
  const shown = publicUrl ?? page;
  return [
    '',
    `  Caretaker runs at    ${shown}`,
    ...(entry === null ? [] : [entryOf(shown, entry)]),
    `  Its gateway shows    ${gatewayPage}${gatewayEntry === null ? '' : entryPath(gatewayEntry)}`,
    `  Devices publish to   ${devices}`,
    ...(anonymous === '1' ? ['                       from this machine without credentials'] : []),
    ...(fingerprint === null ? [] : [`  Its certificate is   SHA-256 ${fingerprint}`]),
    `  Data is kept in      ${dataFolder}`,
    '  Stop with            Ctrl-C',
    '',
  ].join('\n');
}

function entryOf(page: string, entry: Entry): string {
  const what = entry.kind === 'link' ? 'Sign in by          ' : 'First administrator ';
  return `  ${what} ${page}${entryPath(entry)}`;
}

/** What the parts see: the settings as read, and an uplink that meets the cloud where it listens. */
function environmentOf(settings: Settings): NodeJS.ProcessEnv {
  const { dataFolder, simulate, anonymous } = settings;
  const { page, gateways } = addressesOf(settings);
  return {
    ...process.env,
    ...codeHandedOn(dataFolder),
    CARETAKER_DATA: dataFolder,
    CARETAKER_MQTT_ANONYMOUS: anonymous,
    CARETAKER_SIMULATE: simulate ? '1' : '0',
    // Whoever starts it all on this machine may come in; elsewhere the cloud takes no notice of it.
    CARETAKER_LOCAL_ACCESS: process.env.CARETAKER_LOCAL_ACCESS ?? '1',
    CARETAKER_UPLINK_URL: process.env.CARETAKER_UPLINK_URL ?? gateways,
    CARETAKER_CLOUD_URL: process.env.CARETAKER_CLOUD_URL ?? page,
  };
}

const codeFileIn = (dataFolder: string) => join(dataFolder, 'gateway-code');

/**
 * While the gateway of this machine has no key, the cloud leaves a code for it in a file and the gateway takes it from
 * there; unless somebody has given it one.
 */
function codeHandedOn(dataFolder: string): NodeJS.ProcessEnv {
  const { CARETAKER_ENROL_CODE: code, CARETAKER_ENROL_CODE_FILE: given } = process.env;
  const hasKey = existsSync(join(dataFolder, 'edge/gateway-key.json'));
  if (hasKey || code !== undefined || given !== undefined) return {};
  const file = codeFileIn(dataFolder);
  return { CARETAKER_GATEWAY_CODE_FILE: file, CARETAKER_ENROL_CODE_FILE: file };
}

function createParts(settings: Settings, screen: Screen) {
  const format = createLineFormatter(process.stdout.isTTY === true);
  const part = (name: string, command: string) =>
    new PartProcess({
      name,
      program: join(root, 'cli/src/main.ts'),
      command,
      environment: environmentOf(settings),
      clock: systemClock,
      onLine: (from, line) => screen.line(format(from, line)),
      onProgress: (done, total) => screen.progress('Past 24 hours', done, total),
      onNotice: (text) => screen.line(`caretaker: ${text}`),
    });
  return {
    cloud: part('cloud', 'cloud'),
    edge: part('edge', 'edge'),
    devices: part('devices', 'simulate'),
  };
}

/** Also makes the certificate, when there is to be one and is none, before two parts do so at once. */
async function fingerprintOf({ tls: settings }: Settings): Promise<string | null> {
  const tls = await openTls(settings, { clock: systemClock, log: silentLog });
  tls?.stop();
  return tls?.identity.fingerprint ?? null;
}

/** Resolves at the first Ctrl-C or request to end. */
function asked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve());
  });
}

/**
 * `caretaker start`: runs the whole product on this machine until Ctrl-C, each part in its own process, and
 * starts a part again when it crashes.
 * @throws CaretakerError `CLI_*` when it cannot start; nothing is left running then.
 */
export async function runStart(): Promise<void> {
  const settings = readSettings(process.env);
  await checkPorts(settings);
  mkdirSync(settings.dataFolder, { recursive: true });
  const forgetCode = () => rmSync(codeFileIn(settings.dataFolder), { force: true });
  forgetCode();
  const fingerprint = await fingerprintOf(settings);
  const screen = createScreen();
  if (webIsStale()) {
    screen.line('caretaker: building the web app');
    await buildWeb();
  }
  const parts = createParts(settings, screen);
  const end = asked();
  // Timers of the clock do not keep a process alive.
  const alive = setInterval(() => {}, 60_000);
  // In the order of the way of a reading, so that what is under way still arrives.
  const stop = async () => {
    await parts.devices.stop();
    await parts.edge.stop();
    await parts.cloud.stop();
  };
  try {
    const running = Promise.all([parts.cloud.start(), parts.edge.start()]);
    if ((await Promise.race([running.then(() => 'ready'), end])) === 'ready') {
      screen.line(
        banner(settings, { fingerprint, entry: parts.cloud.entry, gatewayEntry: parts.edge.entry }),
      );
      const devices = settings.simulate ? parts.devices.start() : Promise.resolve();
      await Promise.race([devices.then(() => end), end]);
    }
    screen.line('caretaker: stopping');
  } finally {
    await stop();
    forgetCode();
    clearInterval(alive);
    screen.close();
  }
  screen.line('caretaker: stopped');
}
