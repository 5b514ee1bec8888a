import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { patient } from '@caretaker/readings/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { problemSchema, ticketDetailSchema, ticketFileSchema } from '../contract/index.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';
import {
  chunk,
  exifSegment,
  jpeg,
  pdf,
  png,
  pngHeader,
  pngSignature,
  segment,
  webp,
  zip,
} from '../testing/pictures.ts';
import { letIn } from '../testing/visitor.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let gateway: GatewayPlayer;
/** The same that the cloud writes. */
let database: Database;
let ticket: number;

beforeAll(async () => {
  folder = await temporaryFolder();
  const config = configFor(folder.path);
  run = await runCloud(config);
  database = await openDatabase(config.database);
  gateway = await GatewayPlayer.connect(run);
  await gateway.hello();
  const at = Date.now() - 60_000;
  await gateway.send(1, [reading('bin-1/temp_c', at, 71), reading('bin-2/temp_c', at, 71)]);
  await gateway.untilAccepted(2);
  ticket = (await run.tickets())[0]?.id ?? 0;
});
afterAll(async () => {
  await database.close();
  await gateway.leave();
  await run.cloud.stop();
  await folder.remove();
});

const photo = 'application/octet-stream';
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const pathOf = (query = 'kind=before&name=IMG_1.jpg') => `/api/tickets/${ticket}/files?${query}`;

/** Sends a file as a phone does. */
function upload(bytes: Uint8Array | string, query?: string, type = photo): Promise<Response> {
  const headers = { 'content-type': type };
  const body = Uint8Array.from(Buffer.from(bytes));
  return run.ask(pathOf(query), { method: 'POST', headers, body });
}

const fileIn = async (answer: Response) => ticketFileSchema.parse(await answer.json());

/** A request whose body the test writes itself. */
function begin(headers: Record<string, string | number>): ClientRequest {
  const authorization = `Bearer ${run.bearer}`;
  const options = { method: 'POST', headers: { authorization, 'content-type': photo, ...headers } };
  return request(run.url + pathOf(), options);
}

async function answerTo(asked: ClientRequest) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.on('response', resolve);
    asked.on('error', reject);
  });
  let text = '';
  for await (const part of answer.setEncoding('utf8')) text += part;
  // Whatever is still to be sent is not wanted any more.
  asked.on('error', () => {});
  asked.destroy();
  return { ...problemSchema.parse(JSON.parse(text)), status: answer.statusCode };
}

/** Every file in the folder of files, and every row that an upload writes. */
async function state() {
  const home = join(folder.path, 'cloud', 'files');
  const all = await readdir(home, { recursive: true, withFileTypes: true });
  const files = all.filter((entry) => entry.isFile()).map(({ name }) => name);
  const { read } = database;
  const rows = await Promise.all([
    read.selectFrom('files').selectAll().execute(),
    read.selectFrom('ticket_files').selectAll().execute(),
    read.selectFrom('ticket_events').selectAll().execute(),
    read.selectFrom('audit').selectAll().execute(),
  ]);
  return { files: files.sort(), rows };
}

describe('a photo of a ticket', () => {
  it('comes back byte by byte, without where it was taken, still turned as it was', async () => {
    const sent = jpeg(64, 40, [exifSegment({ orientation: 6, location: true })]);
    const answer = await upload(sent, 'kind=before&name=%E5%A4%A7%E9%97%A8.JPG');
    expect(answer.status).toBe(201);
    const file = await fileIn(answer);
    expect(file).toMatchObject({
      ...{ kind: 'before', name: '大门.jpg', type: 'image/jpeg', width: 64, height: 40 },
    });
    const kept = await run.ask(`/api/tickets/${ticket}/files/${file.hash}`);
    const bytes = Buffer.from(await kept.arrayBuffer());
    expect(hashOf(bytes)).toBe(file.hash);
    // Its turn alone stays of what the camera wrote.
    expect(bytes.includes('Secret Camera')).toBe(false);
    expect(bytes.includes(Buffer.from('MM\0*\0\0\0\x08\0\x01\x01\x12', 'latin1'))).toBe(true);
    expect(bytes.subarray(-60).equals(sent.subarray(-60))).toBe(true);
    expect(Object.fromEntries(kept.headers)).toMatchObject({
      ...{ 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff' },
      'content-security-policy': expect.stringContaining('sandbox'),
      'content-disposition': expect.stringMatching(/^inline; .*filename\*=UTF-8''%E5%A4%A7/),
      ...{ 'cache-control': 'private, max-age=31536000, immutable', etag: `"${file.hash}"` },
    });
    const headers = { 'if-none-match': `"${file.hash}"` };
    const again = await run.ask(`/api/tickets/${ticket}/files/${file.hash}`, { headers });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const place = join(folder.path, 'cloud', 'files', file.hash.slice(0, 2), file.hash);
    expect((await stat(place)).mode & 0o777).toBe(0o600);
  });

  it('is listed with its ticket, in its log and on the stream of events', async () => {
    const stream = await run.ask('/api/events');
    const heard: string[] = [];
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    const listening = (async () => {
      for (;;) {
        const next = await reader?.read();
        if (next === undefined || next.done) return;
        heard.push(next.value);
      }
    })();
    const file = await fileIn(await upload(webp(), 'kind=evidence&name=x.webp'));
    const detail = ticketDetailSchema.parse(await run.get(`/api/tickets/${ticket}`));
    expect(detail.files.at(-1)).toEqual(file);
    expect(detail.events.at(-1)).toMatchObject({
      ...{ type: 'attached', by: file.by, state: null },
      data: { file: file.hash, kind: 'evidence', name: 'x.webp', type: 'image/webp' },
    });
    const said = `"revision":${detail.revision}`;
    await vi.waitFor(() => expect(heard.join('')).toContain(said), patient);
    await reader?.cancel();
    await listening;
  });

  it('is kept once, however often it is sent', async () => {
    const first = await upload(png(9, 9));
    const before = await state();
    const second = await upload(png(9, 9), 'kind=after&name=other.png');
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(await second.json()).toEqual(await first.json());
    expect(await state()).toEqual(before);
  });

  it('keeps where it was taken when its sender wants that', async () => {
    const sent = jpeg(24, 8, [exifSegment({ location: true })]);
    const answer = await upload(sent, 'kind=before&name=x.jpg&location=keep');
    const { hash } = await fileIn(answer);
    const kept = await run.ask(`/api/tickets/${ticket}/files/${hash}`);
    const north = Buffer.from([0, 0, 0, 31, 0, 0, 0, 1, 0, 0, 0, 13, 0, 0, 0, 1]);
    expect(Buffer.from(await kept.arrayBuffer()).includes(north)).toBe(true);
  });

  it('is seen only by those who see the estate, and under its own ticket', async () => {
    const { hash } = await fileIn(await upload(png(8, 8)));
    const look = async (id: number, headers: Record<string, string>) =>
      (await fetch(`${run.url}/api/tickets/${id}/files/${hash}`, { headers })).status;
    const viewer = await letIn(run, 'sees', [{ role: 'viewer', estates: ['court'] }]);
    const stranger = await letIn(run, 'other', [{ role: 'administrator', estates: ['park'] }]);
    const other = (await run.tickets()).find(({ id }) => id !== ticket)?.id ?? 0;
    expect(await look(ticket, viewer.headers)).toBe(200);
    expect(await look(ticket, stranger.headers)).toBe(404);
    expect(await look(other, viewer.headers)).toBe(404);
    expect(await look(ticket, {})).toBe(401);
  });

  it('is saved, not shown, when it is a document', async () => {
    const { hash } = await fileIn(await upload(pdf(), 'kind=document&name=q".pdf'));
    const kept = await run.ask(`/api/tickets/${ticket}/files/${hash}`);
    expect(kept.headers.get('content-type')).toBe('application/pdf');
    expect(kept.headers.get('content-disposition')).toMatch(/^attachment; filename=/);
    expect(Buffer.from(await kept.arrayBuffer()).equals(pdf())).toBe(true);
  });
});

describe('a hostile upload', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const bomb = Buffer.concat([
    ...[pngSignature, pngHeader(60_000, 60_000), chunk('IDAT', deflateSync(Buffer.alloc(9)))],
    chunk('IEND', ''),
  ]);
  const swelling = Buffer.concat([
    ...[pngSignature, pngHeader(10, 10), chunk('IDAT', deflateSync(Buffer.alloc(2 ** 26)))],
    chunk('IEND', ''),
  ]);
  const cases: readonly [what: string, status: number, code: string, ...sent: Sent][] = [
    ['a drawing with a script', 415, 'CLOUD_FILE_TYPE', svg],
    ['a drawing that is said to be a photo', 415, 'CLOUD_FILE_TYPE', svg, 'x.png', 'image/png'],
    ['a page', 415, 'CLOUD_FILE_TYPE', '<!doctype html><script>alert(1)</script>'],
    ['an archive', 415, 'CLOUD_FILE_TYPE', zip()],
    ['a form', 415, 'CLOUD_FILE_TYPE', png(), 'x.png', 'multipart/form-data; boundary=x'],
    ['plain text', 415, 'CLOUD_FILE_TYPE', png(), 'x.png', 'text/plain'],
    ['JSON', 415, 'CLOUD_FILE_TYPE', '{"file":"x"}', 'x.png', 'application/json'],
    ['nothing', 422, 'CLOUD_FILE_EMPTY', ''],
    ['a PNG that is said to be a JPEG', 422, 'CLOUD_FILE_CONTRADICTS', png(), 'x', 'image/jpeg'],
    ['a photo with an archive', 422, 'CLOUD_FILE_POLYGLOT', Buffer.concat([jpeg(), zip()])],
    ['a PNG with PHP', 422, 'CLOUD_FILE_POLYGLOT', Buffer.concat([png(), Buffer.from('<?php 1;')])],
    ['a photo with a page inside', 422, 'CLOUD_FILE_POLYGLOT', jpeg(8, 8, [segment(0xfe, svg)])],
    ['a PDF with a page', 422, 'CLOUD_FILE_POLYGLOT', Buffer.concat([pdf(), Buffer.from('<p>')])],
    ['a PDF with a script', 422, 'CLOUD_FILE_ACTIVE', pdf(['<</S/JavaScript/JS(x)>>'])],
    ['half a photo', 422, 'CLOUD_FILE_BROKEN', jpeg(64, 64).subarray(0, -9)],
    ['a PNG of 60,000 × 60,000', 422, 'CLOUD_FILE_EXPANDS', bomb],
    ['a PNG that swells a thousandfold', 422, 'CLOUD_FILE_EXPANDS', swelling],
    ['a path as its name', 422, 'CLOUD_FILE_NAME', png(), '../../../etc/cron.d/x'],
    ['a path of another system', 422, 'CLOUD_FILE_NAME', png(), '..\\..\\x.png'],
    ['an encoded path', 422, 'CLOUD_FILE_NAME', png(), '%2e%2e%2fx.png'],
    ['a photo of 16 MB', 413, 'CLOUD_FILE_TOO_LARGE', Buffer.concat([jpeg(), Buffer.alloc(16e6)])],
  ];
  type Sent = [bytes: Uint8Array | string, name?: string, type?: string];

  it.each(cases)('is refused and leaves nothing: %s', async (_, status, code, ...sent) => {
    const [bytes, name = 'x', type] = sent;
    const before = await state();
    const answer = await upload(bytes, `kind=before&name=${encodeURIComponent(name)}`, type);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const problem = problemSchema.parse(await answer.json());
    expect([answer.status, problem.status, problem.code]).toEqual([status, status, code]);
    expect(await state()).toEqual(before);
  });

  it('of 1 GB is refused before any of it is sent', async () => {
    const before = await state();
    const asked = begin({ 'content-length': 1e9 });
    asked.flushHeaders();
    expect(await answerTo(asked)).toMatchObject({ status: 413, code: 'CLOUD_FILE_TOO_LARGE' });
    expect(await state()).toEqual(before);
  });

  it('of 1 GB that does not say so is refused on its way', async () => {
    const before = await state();
    const asked = begin({ 'transfer-encoding': 'chunked' });
    const answered = answerTo(asked);
    let sent = 0;
    const piece = Buffer.alloc(1e6);
    asked.write(jpeg());
    const more = () => {
      while (!asked.destroyed && sent < 1e9) {
        sent += piece.length;
        if (!asked.write(piece)) return asked.once('drain', more);
      }
    };
    more();
    expect(await answered).toMatchObject({ status: 413, code: 'CLOUD_FILE_TOO_LARGE' });
    // What is on its way in buffers counts as sent.
    expect(sent).toBeLessThan(1e8);
    expect(await state()).toEqual(before);
  });

  it('that breaks off leaves nothing', async () => {
    const before = await state();
    const drafts = join(folder.path, 'cloud', 'files', 'drafts');
    const asked = begin({ 'content-length': 1e6 });
    asked.on('error', () => {});
    asked.write(Buffer.concat([jpeg(), Buffer.alloc(50_000)]));
    await vi.waitFor(async () => expect(await readdir(drafts)).toHaveLength(1), patient);
    asked.destroy();
    await vi.waitFor(async () => expect(await readdir(drafts)).toEqual([]), patient);
    expect(await state()).toEqual(before);
  });
});
