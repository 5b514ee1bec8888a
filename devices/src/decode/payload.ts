import { Refusal } from './refusal.ts';

/** Far above any device's message; beyond it nobody reads the text. */
const largestPayload = 65_536;

/** UTF-8 as text. Bytes that are none become U+FFFD and fail wherever they are looked at. */
export function textOf(payload: Uint8Array): string | Refusal {
  if (payload.length > largestPayload) {
    const message = `${payload.length} bytes are more than one message may have (${largestPayload})`;
    return new Refusal('DECODE_TOO_LARGE', message, 'send fewer values at a time');
  }
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return bytes.toString('utf8');
}

/** JSON as a value. Its depth needs no bound: the parser does not recurse, and nobody walks the result. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const message = text === '' ? 'The message is empty' : 'The message is not JSON';
    return new Refusal('DECODE_NOT_JSON', message, 'send one JSON object');
  }
}

/** The payload as JSON, or why it is none. */
export function messageIn(payload: Uint8Array): unknown {
  const text = textOf(payload);
  return text instanceof Refusal ? text : jsonOf(text);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
