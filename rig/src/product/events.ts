import { type LiveEvents, liveEventSchemas } from '@caretaker/cloud/contract';
import { patienceMs } from '../servers/process.ts';
import { scriptHeaders } from './person.ts';
import type { Sandbox } from './sandbox.ts';

type EventName = keyof LiveEvents;

function parseEvent(block: string): { name: string; data: string } {
  let name = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) name = line.slice(6).trim();
    if (line.startsWith('data:')) data.push(line.slice(5).trimStart());
  }
  return { name, data: data.join('\n') };
}

async function* blocksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true }).replaceAll('\r\n', '\n');
    let end = rest.indexOf('\n\n');
    while (end !== -1) {
      yield rest.slice(0, end);
      rest = rest.slice(end + 2);
      end = rest.indexOf('\n\n');
    }
  }
}

/** The live events of one name, from the call of `onOpen` until the signal ends it. */
export async function* followEvents<N extends EventName>(
  place: Pick<Sandbox, 'folder' | 'httpUrl'>,
  name: N,
  signal: AbortSignal,
  onOpen: () => Promise<void> | void = () => {},
): AsyncGenerator<LiveEvents[N]> {
  const answer = await fetch(`${place.httpUrl}/api/events`, {
    headers: scriptHeaders(place),
    signal,
  });
  if (!answer.ok || answer.body === null) throw new Error(`no live events: ${answer.status}`);
  await onOpen();
  for await (const block of blocksOf(answer.body)) {
    const event = parseEvent(block);
    if (event.name !== name) continue;
    yield liveEventSchemas[name].parse(JSON.parse(event.data)) as LiveEvents[N];
  }
}

/**
 * Follows the live events of a cloud until one of the given name satisfies `wanted`.
 * @param onOpen called once the stream is open, so that nothing is missed that happens after.
 */
export async function waitForEvent<N extends EventName>(
  place: Pick<Sandbox, 'folder' | 'httpUrl'>,
  name: N,
  wanted: (event: LiveEvents[N]) => boolean,
  onOpen: () => Promise<void> | void = () => {},
): Promise<LiveEvents[N]> {
  const signal = AbortSignal.timeout(patienceMs);
  for await (const event of followEvents(place, name, signal, onOpen)) {
    if (wanted(event)) return event;
  }
  throw new Error('the live stream ended');
}
