import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createCloud, headsFileOf, readCloudConfig } from '@caretaker/cloud';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportOptions } from './export.ts';
import { proofLines } from './verify.ts';

const began = Date.UTC(2026, 2, 1);
const zeros = '0'.repeat(64);
const program = join(import.meta.dirname, '../main.ts');
const folder = mkdtempSync(join(tmpdir(), 'caretaker-audit-'));
const spoilt = mkdtempSync(join(tmpdir(), 'caretaker-audit-spoilt-'));
const env = {
  ...process.env,
  CARETAKER_DATA: folder,
  CARETAKER_HTTP_PORT: '0',
  CARETAKER_CLOUD_MQTT_PORT: '0',
};
const config = readCloudConfig(env);
const cloud = createCloud(config, { clock: systemClock, log: silentLog });

/** As docs/audit.md tells it, and not by the code of the product. */
const sum = (...texts: readonly (string | null)[]) =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex');

/** Writes rows as any program could by the description. */
function write(database: DatabaseSync, count: number): string {
  let previous = zeros;
  for (let number = 1; number <= count; number += 1) {
    const content = `{"to":${number}}`;
    const salt = `salt${number}`;
    const own = sum('caretaker-audit-content/1', salt, 'lin', content);
    const said = {
      number: String(number),
      at: String(began + number),
      actor: 'person:lin',
      action: 'limit.change',
      object: `point:court/gate-${number}`,
      digest: own,
      previous,
    };
    const marks = Object.entries(said).map(([field, text]) =>
      field === 'number' ? text : sum('caretaker-audit-mark/1', field, text).slice(0, 8),
    );
    const hash = sum('caretaker-audit/1', ...Object.values(said), marks.join(' '));
    database
      .prepare('insert into audit_content (digest, salt, person, content) values (?, ?, ?, ?)')
      .run(own, salt, 'lin', content);
    database
      .prepare(
        'insert into audit (number, at, actor, action, object, digest, previous, marks, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        number,
        began + number,
        said.actor,
        said.action,
        said.object,
        own,
        previous,
        marks.join(' '),
        hash,
      );
    previous = hash;
  }
  return previous;
}

type Run = (...args: string[]) => Promise<{ code: number; out: string; error: string }>;

/** Runs `caretaker` over a data folder. */
const runIn =
  (data: string): Run =>
  (...args) =>
    new Promise((resolve) => {
      const own = { ...env, CARETAKER_DATA: data };
      execFile(process.execPath, [program, ...args], { env: own }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, error: err });
      });
    });
const run = runIn(folder);

/** A copy of the data folder, for a test that spoils it. */
function copied(): string {
  const copy = join(spoilt, 'data');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

function tamper(data: string, work: (database: DatabaseSync) => void): void {
  if (config.database.engine !== 'sqlite') throw new Error('not SQLite');
  const database = new DatabaseSync(join(data, relative(folder, config.database.file)));
  work(database);
  database.close();
}

/** Takes away what the cloud itself has told since it started; its guards stay. */
function empty(database: DatabaseSync): void {
  const guards = database
    .prepare(
      "select name, sql from sqlite_master where type = 'trigger' and tbl_name like 'audit%'",
    )
    .all() as { name: string; sql: string }[];
  for (const { name } of guards) database.exec(`drop trigger ${name}`);
  database.exec('delete from audit; delete from audit_content;');
  for (const { sql } of guards) database.exec(sql);
}

beforeAll(async () => {
  await cloud.start();
  tamper(folder, (database) => {
    empty(database);
    const hash = write(database, 3);
    const date = new Date(began).toISOString();
    const check = sum('caretaker-audit-head/1', zeros, date, '3', hash);
    writeFileSync(headsFileOf(config), `${date} 3 ${hash} ${check}\n`);
  });
});
afterAll(async () => {
  await cloud.stop();
  for (const one of [folder, spoilt]) rmSync(one, { recursive: true, force: true });
});

describe('caretaker verify and caretaker audit export', () => {
  it('prove a log that was written by its description, while the cloud runs and after', async () => {
    const running = await run('verify');
    expect(running).toMatchObject({ code: 0, error: '' });
    expect(running.out).toBe(
      'Sound: 3 rows, the last of 2026-03-01T00:00:00.003Z.\n' +
        'The end of the log was noted once, the last time on 2026-03-01T00:00:00.000Z.\n',
    );
    await cloud.stop();
    const stopped = await run('verify', '--json', '--no-heads');
    expect(stopped.code).toBe(0);
    expect(JSON.parse(stopped.out)).toMatchObject({ sound: true, rows: 3, faults: 0, heads: null });
  });

  it('export it', async () => {
    const csv = await run('audit', 'export', '--format', 'csv', '--from', '2026-03-01');
    expect(csv.code).toBe(0);
    expect(csv.out.split('\n')[0]).toMatch(/^number,time,actor,action,object,person,detail,/);
    expect(csv.out.split('\n')[3]).toMatch(/^3,2026-03-01T00:00:00.003Z,person:lin,.*"{""to"":3}"/);
    const none = await run('audit', 'export', '--to', '2026-03-01');
    expect(none).toMatchObject({ code: 0, out: '' });
    const wrong = await run('audit', 'export', '--format', 'xml');
    expect(wrong.code).toBe(1);
    expect(wrong.error).toContain('CLI_AUDIT_OPTION');
  });

  it('name a changed row, a removed row and a cut end, and end with 1', async () => {
    const data = copied();
    const run = runIn(data);
    tamper(data, (database) => {
      database.exec('drop trigger audit_stays; drop trigger audit_keeps;');
      database.exec("update audit set actor = 'person:evil' where number = 1");
      database.exec('delete from audit where number = 3');
    });
    const told = await run('verify');
    expect(told.code).toBe(1);
    expect(told.out).toContain('Row 1 was changed: actor. [row-changed]');
    expect(told.out).toContain('The end of the log is cut off: row 3 ');
    expect(told.out).toContain('NOT SOUND: 3 faults in 2 rows.');
    const json = (await run('verify', '--json')).out.trim().split('\n');
    expect(json.map((line) => JSON.parse(line).kind)).toEqual([
      'row-changed',
      'tail-cut',
      'content-stray',
      undefined,
    ]);
    const missing = await run('verify', '--heads', join(folder, 'none.log'), '--json');
    expect(missing.out).toContain('"heads-missing"');
  });

  it('say what to do where there is no log', async () => {
    const told = await runIn(join(spoilt, 'nothing'))('verify');
    expect(told.code).toBe(1);
    expect(told.error).toContain('[CLOUD_AUDIT_NONE]');
  });

  it('take dates in UTC and times with their offset', () => {
    const { period } = exportOptions({
      from: '2026-03-01',
      to: '2026-03-01T08:00+08:00',
      format: 'csv',
    });
    expect(period).toEqual({ from: began, to: began });
    expect(() => exportOptions({ from: 'soon', format: 'csv' })).toThrow(
      expect.objectContaining({ code: 'CLI_AUDIT_OPTION', where: '--from' }),
    );
  });

  it('say what was erased, and what was not looked at', () => {
    const proof = { faults: 0, rows: 9, erased: 1, last: 9, lastAt: began };
    const lines = proofLines({ ...proof, heads: null, lastHead: null });
    expect(lines[1]).toBe('The content of 1 row was erased, as the log itself tells.');
    expect(lines[2]).toContain('a cut end would not be found');
  });
});
