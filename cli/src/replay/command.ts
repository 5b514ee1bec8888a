import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CaretakerError, systemClock } from '@caretaker/readings/base';
import { z } from 'zod';
import { createScreen } from '../base/progress.ts';
import { parseMap, type ReplayMap } from './map.ts';
import { replay } from './replay.ts';
import { parseSpeed } from './speed.ts';

const optionsSchema = z.object({
  map: z.string().optional(),
  url: z.string(),
  speed: z.string(),
  shift: z.boolean(),
});

function readMap(file: string | undefined): ReplayMap | null {
  if (file === undefined) return null;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CaretakerError(
      { code: 'CLI_REPLAY_FILE', message: 'The map cannot be read.', where: file },
      { cause },
    );
  }
  return parseMap(text, file);
}

/** From the environment, for the arguments of a program can be read by every user of the machine. */
function readCredential(environment: Readonly<Record<string, string | undefined>>) {
  const { CARETAKER_DEVICE: username, CARETAKER_DEVICE_PASSWORD: given } = environment;
  const file = environment.CARETAKER_DEVICE_PASSWORD_FILE;
  if (!username) return null;
  if (!file) return { username, password: given ?? '' };
  try {
    return { username, password: readFileSync(file, 'utf8').trim() };
  } catch (cause) {
    throw new CaretakerError(
      { code: 'CLI_REPLAY_FILE', message: 'The password cannot be read.', where: file },
      { cause },
    );
  }
}

/** `caretaker replay FILE`. */
export async function runReplay(file: string, given: Record<string, unknown>): Promise<void> {
  const { map, url, speed, shift } = optionsSchema.parse(given);
  const screen = createScreen();
  // The clock's timers do not keep a process alive, and at a slow speed nothing else does.
  const alive = setInterval(() => {}, 60_000);
  try {
    const began = systemClock.monotonic();
    const counts = await replay({
      file,
      map: readMap(map),
      url,
      credential: readCredential(process.env),
      speed: parseSpeed(speed),
      shift,
      clock: systemClock,
      onProgress: (done, total) => screen.progress(basename(file), done, total),
      onNotice: (text) => screen.line(text),
    });
    const seconds = ((systemClock.monotonic() - began) / 1000).toFixed(1);
    screen.line(
      `${counts.published} messages published, ${counts.acknowledged} acknowledged, ${seconds} s`,
    );
  } finally {
    clearInterval(alive);
    screen.close();
  }
}
