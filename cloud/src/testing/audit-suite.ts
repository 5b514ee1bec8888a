import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuditChain } from '../audit/chain.ts';
import { exportAudit } from '../audit/export.ts';
import { verifyStoredAudit } from '../audit/stored.ts';
import { verifyAudit } from '../audit/verify.ts';
import { openDatabase } from '../db/database.ts';
import { type AuditBench, auditBench, began, day, entryOf, faultsOf } from './audit-bench.ts';
import { auditTampering } from './audit-tampering.ts';
import type { Fresh } from './database-suite.ts';

/** The audit log keeps its promises on this database. */
export function auditSuite(name: string, make: () => Promise<Fresh>): void {
  describe(`the audit log on ${name}`, () => {
    let bench: AuditBench;
    beforeEach(async () => {
      bench = await auditBench(make);
    });
    afterEach(() => bench.drop());
    const open = () => bench;
    appendCases(open);
    refusalCases(open);
    erasureCases(open);
    secretCases(open);
    exportCases(open);
  });
  auditTampering(name, make);
}

type Open = () => AuditBench;

async function lines(of: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(of)).join('');
}

function appendCases(open: Open): void {
  it('numbers rows from 1 without a gap, over pages, and is sound', async () => {
    await open().append(1_203);
    await open().note(began);
    const seen: number[] = [];
    const proof = await verifyAudit(open().database.read, {
      headsFile: open().headsFile,
      tell: () => {},
      progress: (done, total) => seen.push(done / total),
    });
    expect(proof).toMatchObject({ faults: 0, rows: 1_203, erased: 0, last: 1_203, heads: 1 });
    expect(seen.at(-1)).toBe(1);
  });

  it('is sound while it is empty', async () => {
    await open().note(began);
    expect(await open().faults()).toEqual([]);
  });

  it('leaves no gap where a transaction was undone', async () => {
    const { database, chain } = open();
    await open().append(2);
    const undone = database.write(async (tx) => {
      await chain.append(tx, entryOf(70));
      await chain.append(tx, entryOf(71));
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await open().append(2);
    const proof = await verifyAudit(database.read, { headsFile: null, tell: () => {} });
    expect(proof).toMatchObject({ faults: 0, rows: 4, last: 4 });
  });

  it('makes one chain of what several writers append', async () => {
    const { database } = open();
    const chains = Array.from({ length: 3 }, () => new AuditChain());
    await Promise.all(
      Array.from({ length: 30 }, (_, k) =>
        database.write(async (tx) => chains[k % 3]?.append(tx, entryOf(k))),
      ),
    );
    const proof = await verifyAudit(database.read, { headsFile: null, tell: () => {} });
    expect(proof).toMatchObject({ faults: 0, rows: 30 });
  });

  it('is verified by another connection while rows are added', async () => {
    const { config, headsFile } = open();
    await open().append(50);
    await open().note(began);
    const where = { database: config, folder: '' };
    const faults: unknown[] = [];
    const [proof] = await Promise.all([
      verifyStoredAudit(where, { headsFile, tell: (fault) => faults.push(fault) }),
      open().append(50),
    ]);
    expect(faults).toEqual([]);
    expect(proof.rows).toBeGreaterThanOrEqual(50);
    expect(await open().faults()).toEqual([]);
  });

  it('refuses what is no id, so that no name or address can stay for ever', async () => {
    const { database, chain } = open();
    const good = entryOf(1);
    const bad = [
      { ...good, actor: 'person:lin@example.com' },
      { ...good, actor: 'Lin Wei' },
      { ...good, object: 'person:Lin Wei' },
      { ...good, object: '' },
      { ...good, action: 'Changed it' },
      { ...good, action: 'audit.erase' },
      { ...good, at: 1.5 },
      { ...good, about: 'Lin Wei' },
      { ...good, detail: Object.fromEntries(tooMuch) },
    ];
    for (const entry of bad) {
      const refused = database.write((tx) => chain.append(tx, entry));
      await expect(refused).rejects.toMatchObject({ code: 'CLOUD_AUDIT_ENTRY' });
    }
    expect(await lines(exportAudit(database.read, 'jsonl'))).toBe('');
  });
}

const tooMuch = Array.from({ length: 50 }, (_, k) => [`field${k}`, 'x'.repeat(2_000)]);

function refusalCases(open: Open): void {
  it('refuses every statement that changes or removes a row', async () => {
    const { database, config } = open();
    await open().append(3);
    const before = await open().keep();
    const statements = [
      "update audit set actor = 'person:x' where number = 2",
      'update audit set number = 9 where number = 3',
      'delete from audit where number = 3',
      'delete from audit',
      "update audit_content set content = '{}'",
      'delete from audit_content',
      ...(config.engine === 'postgres'
        ? ['truncate audit', 'truncate audit_content', 'truncate audit, audit_content']
        : ["replace into audit_content select digest, salt, person, 'x' from audit_content"]),
    ];
    for (const statement of statements) {
      await expect(sql.raw(statement).execute(database.read), statement).rejects.toThrow(
        /audit log/,
      );
    }
    if (config.engine === 'sqlite') {
      const replace =
        "replace into audit select number, at, 'person:x', action, object, digest, previous, marks, hash from audit";
      await sql.raw(replace).execute(database.read);
    }
    expect(await open().keep()).toEqual(before);
  });

  it('lets content go only with an erasure of that very person just before', async () => {
    const { database } = open();
    await open().append(1, { person: 'lin' });
    await open().append(1, { person: 'wei' });
    await open().erase('lin');
    const other = database.read.deleteFrom('audit_content').where('person', '=', 'wei').execute();
    await expect(other).rejects.toThrow(/erasure/);
    await open().append(1, { person: 'lin' });
    const later = database.read.deleteFrom('audit_content').where('person', '=', 'lin').execute();
    await expect(later).rejects.toThrow(/erasure/);
    expect(await open().faults(null)).toEqual([]);
  });
}

function erasureCases(open: Open): void {
  it('erases what tells of a person, tells of it, and stays sound', async () => {
    const { database, chain } = open();
    await open().append(3, { person: 'lin' });
    await open().append(2, { person: 'wei' });
    await database.write((tx) =>
      chain.append(tx, {
        ...entryOf(90),
        object: 'person:lin',
        detail: { name: 'Lin Secretname' },
      }),
    );
    await database.write((tx) => chain.append(tx, { ...entryOf(91), about: null }));
    expect(await open().erase('lin')).toBe(4);
    expect(await open().erase('lin')).toBe(0);
    const text = await lines(exportAudit(database.read, 'jsonl'));
    expect(text).not.toContain('Secretname');
    const rows = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map((row) => row.erased)).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(rows[7]).toMatchObject({
      action: 'audit.erase',
      object: 'person:lin',
      content: '{"rows":[[1,3],[6,6]]}',
    });
    const proof = await verifyAudit(database.read, { headsFile: null, tell: () => {} });
    expect(proof).toMatchObject({ faults: 0, rows: 9, erased: 4 });
  });
}

const secrets = [
  'hunter2hunter2',
  'ctk_canary0123456789abcdef',
  '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$canaryhash',
  'Bearer canary.token.value',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl',
  'postgres://caretaker:canarypass@db/caretaker',
  '-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----',
  'otpauth://totp/Caretaker:lin?secret=CANARYBASE32',
];

function secretCases(open: Open): void {
  it('keeps no secret, whatever detail it is given in', async () => {
    const { database, chain } = open();
    const [password, ...known] = secrets;
    const detail = {
      password,
      newPassword: password,
      'one-time code': password,
      nested: [{ API_KEY: password, sessionToken: { value: password } }],
      codes: [password, password],
      text: known.map((secret) => `it was ${secret}, then`),
      [`as a name ${known[0]}`]: 1,
      tokenId: 'k3',
      passwordChanged: 1,
      password2: true,
    };
    await database.write((tx) => chain.append(tx, { ...entryOf(1), detail }));
    const all = JSON.stringify(await open().keep());
    const planted = /hunter2|canary|Y2FuYXJ5|CANARY|c2lnbmF0dXJl/;
    expect(all).not.toMatch(planted);
    expect(await lines(exportAudit(database.read, 'csv'))).not.toMatch(planted);
    const content = (await open().keep()).audit_content[0]?.content as string;
    expect(JSON.parse(content)).toMatchObject({
      password: '[redacted]',
      tokenId: 'k3',
      passwordChanged: 1,
      password2: true,
    });
  });
}

function exportCases(open: Open): void {
  it('exports a period, and shows spreadsheets no formula', async () => {
    const { database } = open();
    await open().append(2);
    await open().append(2, { at: began + day });
    const csv = await lines(exportAudit(database.read, 'csv', { from: began + day }));
    expect(csv.trim().split('\n')).toHaveLength(3);
    expect(csv).toContain('2026-03-02T00:00:00.003Z');
    const json = await lines(exportAudit(database.read, 'jsonl', { to: began + day }));
    expect(
      json
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).number),
    ).toEqual([1, 2]);
    await open().unlock();
    await sql`update audit set actor = '=HYPERLINK("http://evil")', object = '@SUM(1)', action = '+1'
      where number = 1`.execute(database.read);
    const evil = await lines(exportAudit(database.read, 'csv'));
    expect(evil).toContain(`"'=HYPERLINK(""http://evil"")",'+1,'@SUM(1)`);
  });
}

/** Writers in several processes, each with connections of its own; only where the database allows them. */
export function auditWritersCase(make: () => Promise<Fresh>): void {
  it('makes one chain of what several processes append at once', async () => {
    const fresh = await make();
    const writers = await Promise.all(
      Array.from({ length: 4 }, async () => ({
        database: await openDatabase(fresh.config),
        chain: new AuditChain(),
      })),
    );
    const jobs = writers.flatMap(({ database, chain }, w) =>
      Array.from({ length: 30 }, (_, k) =>
        database
          .write(async (tx) => {
            for (let n = 0; n <= k % 3; n += 1) await chain.append(tx, entryOf(w * 100 + k));
            if (k % 7 === 3) throw new Error('undone');
            return (k % 3) + 1;
          })
          .catch((error: Error) => {
            if (error.message !== 'undone') throw error;
            return 0;
          }),
      ),
    );
    const added = (await Promise.all(jobs)).reduce((sum, one) => sum + one, 0);
    const [first] = writers;
    if (first === undefined) throw new Error('no writer');
    expect(await faultsOf(first.database.read, null)).toEqual([]);
    const rows = await first.database.read.selectFrom('audit').select('number').execute();
    expect(rows).toHaveLength(added);
    for (const { database } of writers) await database.close();
    await fresh.drop();
  });
}
