import { readFileSync } from 'node:fs';
import { CaretakerError } from '@caretaker/readings/base';

/** How a payload that is not text was written down. */
export type Spelling = 'text' | 'hex' | 'base64';

/** A message to be explained. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
}

const standardInput = 0;
/** Names of devices, and so topics, may have spaces in them. */
const topicAndObject = /^([^{["]*\/[^{["]*?)\s+([{[][\s\S]*)$/;
const topicAndCode = /^([^{["]*\/[^{["]*)\s+(\S+)$/;
const topicAndWord = /^([^\s{["]+\/[^\s{["]*)(?:\s+([\s\S]*))?$/;

/**
 * Reads the payload of a file, or of what is piped or pasted.
 * @param file a path, or `-` for the standard input
 * @throws CaretakerError `CLI_DECODE_PAYLOAD`
 */
export function readPayload(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? standardInput : file);
  } catch (cause) {
    throw new CaretakerError(
      {
        code: 'CLI_DECODE_PAYLOAD',
        message: 'The payload cannot be read.',
        next: 'Name a file with --payload, or paste the payload and end with Ctrl-D.',
        where: file,
      },
      { cause },
    );
  }
}

/**
 * Takes topic and payload out of what was pasted: a payload alone, or a line as `mosquitto_sub -v` prints it.
 * @param topic as it was given; undefined to find it
 * @throws CaretakerError `CLI_DECODE_TOPIC`, `CLI_DECODE_PAYLOAD`
 */
export function messageOf(bytes: Buffer, topic: string | undefined, spelling: Spelling): Message {
  if (topic !== undefined) return { topic, payload: spelt(bytes, spelling) };
  const text = bytes.toString('utf8').trim();
  const line = topicLine(text, spelling);
  if (line?.[1] !== undefined) {
    return { topic: line[1], payload: spelt(Buffer.from(line[2] ?? ''), spelling) };
  }
  const found = spelling === 'text' ? topicIn(text) : null;
  if (found !== null) return { topic: found, payload: bytes };
  throw new CaretakerError({
    code: 'CLI_DECODE_TOPIC',
    message: 'The payload alone does not tell on which topic it came.',
    next: 'Say it with --topic, or paste the line that "mosquitto_sub -v" prints.',
  });
}

/**
 * The messages of what was pasted: one, or one a line where every line begins with its topic, in that order. Some
 * families say in one message how the next ones are to be read.
 * @throws CaretakerError `CLI_DECODE_TOPIC`, `CLI_DECODE_PAYLOAD`
 */
export function messagesOf(
  bytes: Buffer,
  topic: string | undefined,
  spelling: Spelling,
): Message[] {
  if (topic !== undefined) return [messageOf(bytes, topic, spelling)];
  const lines = bytes
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const isList = lines.length > 1 && lines.every((line) => topicLine(line.trim(), spelling));
  if (!isList) return [messageOf(bytes, topic, spelling)];
  return lines.map((line) => messageOf(Buffer.from(line), undefined, spelling));
}

function topicLine(text: string, spelling: Spelling): RegExpExecArray | null {
  if (spelling !== 'text') return topicAndCode.exec(text);
  return topicAndObject.exec(text) ?? topicAndWord.exec(text);
}

/** Some networks say in the payload whose it is, so that the topic can be told. */
function topicIn(text: string): string | null {
  const body = objectIn(text);
  const { deviceInfo, devEUI, applicationID, end_device_ids: ids, src, method } = body;
  const info = objectOf(deviceInfo);
  if (typeof info.devEui === 'string') {
    return `application/${said(info.applicationId, '1')}/device/${info.devEui}/event/up`;
  }
  if (typeof devEUI === 'string') {
    return `application/${said(applicationID, '1')}/device/${hexOf(devEUI)}/event/up`;
  }
  const { device_id: device, application_ids: application } = objectOf(ids);
  if (typeof device === 'string') {
    const id = said(objectOf(application).application_id, 'application');
    return `v3/${id}/devices/${device}/up`;
  }
  return typeof src === 'string' && typeof method === 'string' ? `${src}/events/rpc` : null;
}

/** ChirpStack 3 writes an EUI in base64. */
function hexOf(eui: string): string {
  return /^[0-9a-f]{16}$/i.test(eui) ? eui : Buffer.from(eui, 'base64').toString('hex');
}

function said(value: unknown, otherwise: string): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise;
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function spelt(bytes: Buffer, spelling: Spelling): Uint8Array {
  if (spelling === 'text') return withoutLineEnd(bytes);
  const text = bytes.toString('latin1').replaceAll(/\s|^0x/g, '');
  const fits = spelling === 'hex' ? /^([0-9a-f]{2})*$/i : /^[A-Za-z0-9+/_-]*={0,2}$/;
  if (fits.test(text)) return Buffer.from(text, spelling);
  throw new CaretakerError({
    code: 'CLI_DECODE_PAYLOAD',
    message: `The payload is not ${spelling}.`,
    next: spelling === 'hex' ? 'Write two digits of 0-9 and a-f for each byte.' : 'Check it.',
  });
}

/** What a shell or an editor adds at the end is not of the message. */
function withoutLineEnd(bytes: Buffer): Buffer {
  const end = /\r?\n$/.exec(bytes.subarray(-2).toString('latin1'))?.[0].length ?? 0;
  return bytes.subarray(0, bytes.length - end);
}
