import { readFileSync } from 'node:fs';
import type { Estate } from '@caretaker/devices/model';
import { loadEstate } from '@caretaker/devices/model';
import { createSimulator, demoEstate } from '@caretaker/devices/simulate';
import { CaretakerError, type Clock, silentLog, systemClock } from '@caretaker/readings/base';
import { connectTls, openTls } from '@caretaker/readings/tls';
import { addressesOf } from '../start/addresses.ts';
import { readSettings, type Settings } from '../start/settings.ts';
import { createHistoryMark } from './history-mark.ts';
import { tell } from './messages.ts';
import { runPart } from './run-part.ts';

const hourMs = 3_600_000;
const longestHistoryH = 24;
/** Shorter than any silence limit, so a short break leaves no gap worth filling. */
const worthFillingH = 2 / 60;
/** The first two show what an emergency looks like; later ones come as faults do, now and then. */
const firstFaults = ['lift-trapped', 'gate-held-open'] as const;
const firstFaultMs = 3_000;
const secondFaultMs = 20_000;

function readEstate(file: string | undefined): Estate {
  if (file === undefined) return demoEstate();
  try {
    return loadEstate(readFileSync(file, 'utf8'), file);
  } catch (cause) {
    if (cause instanceof CaretakerError) throw cause;
    throw new CaretakerError(
      {
        code: 'CLI_ESTATE_FILE',
        message: 'The estate file cannot be read.',
        where: file,
        next: 'Check CARETAKER_ESTATE: it names a YAML file that this user may read.',
      },
      { cause },
    );
  }
}

/** Makes faults happen, so that a newcomer sees tickets without waiting for one. */
export function breakThings(
  simulator: { inject(fault: string): unknown },
  clock: Clock,
): () => void {
  const cancels = firstFaults.map((fault, i) =>
    clock.after(i === 0 ? firstFaultMs : secondFaultMs, () => simulator.inject(fault)),
  );
  return () => {
    for (const cancel of cancels) cancel();
  };
}

/** How its devices reach the gateway; by TLS they believe the certificate of this machine, whatever name it is for. */
async function reachOf(settings: Settings) {
  const { devices: url } = addressesOf(settings);
  const tls = await openTls(settings.tls, { clock: systemClock, log: silentLog });
  if (tls === null) return { url, tls };
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const own = () => tls.identity.keyFingerprint;
  const trust = { ca: null, fingerprints: [], own };
  return { url, tls, stream: () => connectTls(host, settings.ports.mqtt, trust) };
}

/**
 * `caretaker simulate`: devices of the demo estate that publish over MQTT like any device. Publishes the time
 * since its last run first, at most 24 h, so that charts have a past.
 */
export function runSimulate(): Promise<void> {
  return runPart('devices', async (log, ended) => {
    const settings = readSettings(process.env);
    const estate = readEstate(process.env.CARETAKER_ESTATE);
    const clock = systemClock;
    const { tls, ...reach } = await reachOf(settings);
    const simulator = createSimulator({ estate, ...reach, clock, log, seed: 1 });
    ended.addEventListener('abort', () => void simulator.stop());
    const mark = createHistoryMark(settings.dataFolder, clock);
    const gapH = Math.min(longestHistoryH, (clock.now() - mark.read()) / hourMs);
    if (gapH > worthFillingH) {
      log.info({ hours: Number(gapH.toFixed(2)) }, 'publishing the past of the simulated devices');
      await simulator.backfill(gapH, (done, total) => tell({ type: 'progress', done, total }));
    }
    await simulator.start();
    const forget = mark.keep();
    const mend = breakThings(simulator, clock);
    return {
      ports: {},
      async stop() {
        mend();
        forget();
        await simulator.stop();
        tls?.stop();
      },
    };
  });
}
