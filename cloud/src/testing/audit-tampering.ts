import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOf, marksOf } from '../audit/encoding.ts';
import type { AuditFault } from '../audit/faults.ts';
import type { Database } from '../db/database.ts';
import { type AuditBench, auditBench, began, day } from './audit-bench.ts';
import type { Fresh } from './database-suite.ts';

type Rows = Awaited<ReturnType<AuditBench['keep']>>;
type Columns = Readonly<Record<string, string | number | null>>;

/** Rows 1 to 14: the 4th to 6th erased, told of by the 11th; the last row noted after 7 and 14. */
const last = 14;
const erased = [4, 5, 6];

interface Scene {
  readonly bench: AuditBench;
  readonly whole: Rows;
  readonly heads: string;
}

/** Whatever somebody with all rights on the database does to it is found and named. */
export function auditTampering(name: string, make: () => Promise<Fresh>): void {
  describe(`tampering with the audit log on ${name}`, () => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await prepare(make);
    });
    afterAll(() => scene.bench.drop());
    const open = () => scene;
    changeCases(open);
    removalCases(open);
    rewritingCases(open);
    contentCases(open);
    headsCases(open);
  });
}

async function prepare(make: () => Promise<Fresh>): Promise<Scene> {
  const bench = await auditBench(make);
  await bench.append(3);
  await bench.append(3, { person: 'wei' });
  await bench.append(1);
  await bench.note(began);
  await bench.append(3);
  await bench.erase('wei');
  await bench.append(3);
  await bench.note(began + day);
  await bench.unlock();
  return { bench, whole: await bench.keep(), heads: await readFile(bench.headsFile, 'utf8') };
}

/** The faults after something was done; then all is as it was. */
async function after(
  { bench, whole, heads }: Scene,
  work: (database: Database) => Promise<unknown>,
  headsFile: string | null = bench.headsFile,
): Promise<AuditFault[]> {
  try {
    await work(bench.database);
    return await bench.faults(headsFile);
  } finally {
    await bench.restore(whole);
    await writeFile(bench.headsFile, heads);
  }
}

const texts = ['actor', 'action', 'object', 'digest', 'previous', 'marks', 'hash'];
const anyRow = fc.integer({ min: 1, max: last });
const runs = { numRuns: 100 };

/** Another text: a character changed, added or taken away. */
function anotherText(text: string, { place, way }: { place: number; way: string }): string {
  const k = place % Math.max(1, text.length);
  const here = text[k] ?? '';
  if (way === 'cut') return text.slice(0, k) + text.slice(k + 1);
  if (way === 'end') return `${text} `;
  if (way === 'case' && here !== here.toUpperCase()) {
    return text.slice(0, k) + here.toUpperCase() + text.slice(k + 1);
  }
  return text.slice(0, k) + (here === '7' ? '8' : '7') + text.slice(k + 1);
}

const anyChange = fc.record({
  place: fc.nat(200),
  way: fc.constantFrom('change', 'cut', 'end', 'case'),
});

function changeCases(open: () => Scene): void {
  it('leaves a sound log alone', async () => {
    expect(await after(open(), async () => {})).toEqual([]);
  });

  it('names row and field of any changed text', async () => {
    await fc.assert(
      fc.asyncProperty(anyRow, fc.constantFrom(...texts), anyChange, async (row, field, change) => {
        const was = open().whole.audit[row - 1]?.[field] as string;
        const now = anotherText(was, change);
        const faults = await after(open(), ({ read }) =>
          sql`update audit set ${sql.ref(field)} = ${now} where number = ${row}`.execute(read),
        );
        expect(faults).toContainEqual(
          expect.objectContaining({ kind: 'row-changed', row, fields: [field] }),
        );
      }),
      runs,
    );
  });

  it('names a text that has become bytes, where the database lets it', async () => {
    if (open().bench.config.engine !== 'sqlite') return;
    for (const field of texts) {
      const faults = await after(open(), ({ read }) =>
        sql`update audit set ${sql.ref(field)} = cast(${sql.ref(field)} as blob) where number = 2`.execute(
          read,
        ),
      );
      expect(faults).toContainEqual(
        expect.objectContaining({ kind: 'row-changed', row: 2, fields: [field] }),
      );
    }
  });

  it('names any changed time and any changed number', async () => {
    const far = fc.constantFrom('9007199254740993', '1000', '-3', '0');
    await fc.assert(
      fc.asyncProperty(anyRow, fc.constantFrom('at', 'number'), far, async (row, field, value) => {
        const faults = await after(open(), ({ read }) =>
          sql`update audit set ${sql.ref(field)} = cast(${value} as bigint) where number = ${row}`.execute(
            read,
          ),
        );
        const kind = field === 'at' ? 'row-changed' : 'row-moved';
        expect(faults).toContainEqual(expect.objectContaining({ kind, row, fields: [field] }));
      }),
      runs,
    );
  });
}

/** Whether a fault tells that this row is gone. */
function gone(faults: readonly AuditFault[], row: number): boolean {
  return faults.some(
    (fault) =>
      (fault.kind === 'rows-removed' || fault.kind === 'tail-cut') &&
      (fault.row ?? 0) <= row &&
      row <= (fault.to ?? 0),
  );
}

function removalCases(open: () => Scene): void {
  it('tells of every removed row, and of no other', async () => {
    const some = fc.uniqueArray(anyRow, { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(some, fc.boolean(), async (rows, withContent) => {
        const faults = await after(open(), async ({ read }) => {
          if (withContent) {
            await read
              .deleteFrom('audit_content')
              .where('digest', 'in', (of) =>
                of.selectFrom('audit').select('digest').where('number', 'in', rows),
              )
              .execute();
          }
          await read.deleteFrom('audit').where('number', 'in', rows).execute();
        });
        for (let row = 1; row <= last; row += 1) expect(gone(faults, row)).toBe(rows.includes(row));
      }),
      runs,
    );
  });

  it('tells of a cut end, also when other rows have grown there', async () => {
    await fc.assert(
      fc.asyncProperty(anyRow, fc.nat(20), async (from, more) => {
        const { bench } = open();
        const faults = await after(open(), async ({ read }) => {
          await read.deleteFrom('audit').where('number', '>=', from).execute();
          await bench.append(more);
        });
        const kinds = from - 1 + more < last ? 'tail-cut' : 'head-differs';
        expect(faults.map((fault) => fault.kind)).toContain(kinds);
        if (more === 0) {
          expect(faults).toContainEqual(
            expect.objectContaining({ kind: 'tail-cut', row: from, to: last }),
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('names rows that have changed places', async () => {
    await fc.assert(
      fc.asyncProperty(anyRow, anyRow, async (a, b) => {
        fc.pre(a !== b);
        const faults = await after(open(), async ({ read }) => {
          await sql`update audit set number = 99 where number = ${a}`.execute(read);
          await sql`update audit set number = cast(${a} as bigint) where number = ${b}`.execute(
            read,
          );
          await sql`update audit set number = cast(${b} as bigint) where number = 99`.execute(read);
        });
        expect(faults).toContainEqual(
          expect.objectContaining({ kind: 'row-moved', row: a, to: b }),
        );
        expect(faults).toContainEqual(
          expect.objectContaining({ kind: 'row-moved', row: b, to: a }),
        );
      }),
      { numRuns: 40 },
    );
  });
}

/** The row with marks and hash made anew. */
function rehashed(row: Columns): Columns {
  const said = {
    number: String(row.number),
    at: String(row.at),
    actor: String(row.actor),
    action: String(row.action),
    object: String(row.object),
    digest: String(row.digest),
    previous: String(row.previous),
  };
  const marks = marksOf(said);
  return { ...row, marks, hash: hashOf(said, marks) };
}

/** The rows with one changed, and hashes made anew from there: of that row alone, or of all that follow. */
function rewritten(rows: readonly Columns[], row: number, all: boolean): Columns[] {
  let previous: string | number | null = null;
  return rows.map((one) => {
    const number = Number(one.number);
    if (number < row || (number > row && !all)) return one;
    const actor = number === row ? 'person:evil' : (one.actor ?? null);
    const now = rehashed({ ...one, actor, previous: previous ?? one.previous ?? null });
    previous = now.hash ?? null;
    return now;
  });
}

function rewritingCases(open: () => Scene): void {
  it('finds a row that was replaced together with its hash', async () => {
    for (let row = 1; row <= last; row += 1) {
      const { bench, whole } = open();
      const audit = rewritten(whole.audit as Columns[], row, false);
      const faults = await after(open(), () => bench.restore({ ...whole, audit }));
      const expected =
        row === last ? { kind: 'head-differs', row } : { kind: 'row-replaced', row, to: row + 1 };
      expect(faults).toContainEqual(expect.objectContaining(expected));
    }
  });

  it('finds a row that was put in before the first', async () => {
    const { bench, whole } = open();
    const digest = 'd'.repeat(64);
    const first = rehashed({ ...(whole.audit[0] as Columns), number: 0, digest });
    const work = () => bench.restore({ ...whole, audit: [first, ...whole.audit] });
    expect(await after(open(), work)).toContainEqual(
      expect.objectContaining({ kind: 'row-changed', row: 0, fields: ['number'] }),
    );
  });

  it('finds by the noted heads that all was written anew from a row on', async () => {
    for (let row = 1; row <= last; row += 1) {
      const { bench, whole } = open();
      const audit = rewritten(whole.audit as Columns[], row, true);
      const work = () => bench.restore({ ...whole, audit });
      const faults = await after(open(), work);
      const heads = row <= 7 ? [7, last] : [last];
      expect(faults.map(({ kind, row }) => ({ kind, row }))).toEqual(
        heads.map((row) => ({ kind: 'head-differs', row })),
      );
      // The chain alone cannot tell: that is what heads are for.
      expect(await after(open(), work, null)).toEqual([]);
    }
  });
}

function contentCases(open: () => Scene): void {
  const held = fc.constantFrom(1, 2, 3, 7, 8, 9, 10, 11, 12, 13, 14);
  const digestOf = (row: number) => open().whole.audit[row - 1]?.digest as string;

  it('finds any change of content, its salt and its person', async () => {
    const column = fc.constantFrom('content', 'salt', 'person');
    await fc.assert(
      fc.asyncProperty(held, column, anyChange, async (row, field, change) => {
        const kept = open().whole.audit_content.find((one) => one.digest === digestOf(row));
        const now = anotherText((kept?.[field] ?? '') as string, change);
        const faults = await after(open(), ({ read }) =>
          sql`update audit_content set ${sql.ref(field)} = ${now} where digest = ${digestOf(row)}`.execute(
            read,
          ),
        );
        expect(faults).toContainEqual(expect.objectContaining({ kind: 'content-changed', row }));
      }),
      runs,
    );
  });

  it('finds content under another digest, and content of nothing', async () => {
    await fc.assert(
      fc.asyncProperty(held, anyChange, async (row, change) => {
        const now = anotherText(digestOf(row), change);
        const faults = await after(open(), ({ read }) =>
          sql`update audit_content set digest = ${now} where digest = ${digestOf(row)}`.execute(
            read,
          ),
        );
        expect(faults).toContainEqual(expect.objectContaining({ kind: 'content-removed', row }));
        expect(faults.map((fault) => fault.kind)).toContain('content-stray');
      }),
      runs,
    );
  });

  it('tells content that was taken away from content that was erased', async () => {
    for (const row of [1, 7, 11]) {
      const faults = await after(open(), ({ read }) =>
        read.deleteFrom('audit_content').where('digest', '=', digestOf(row)).execute(),
      );
      // Without the words of the erasure nobody knows what was erased.
      const rows = row === 11 ? [...erased, 11] : [row];
      expect(faults.map(({ kind, row }) => ({ kind, row }))).toEqual(
        rows.map((row) => ({ kind: 'content-removed', row })),
      );
    }
  });
}

function headsCases(open: () => Scene): void {
  const kindsAfter = async (work: (file: string) => Promise<unknown>) => {
    const { headsFile } = open().bench;
    return (await after(open(), () => work(headsFile))).map((fault) => fault.kind);
  };

  it('finds any changed byte of the file of heads', async () => {
    const { heads } = open();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(heads.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const bytes = Buffer.from(heads);
          bytes[at] = ((bytes[at] ?? 0) ^ by) & 0xff;
          expect(await kindsAfter((file) => writeFile(file, bytes))).toContain('heads-damaged');
        },
      ),
      runs,
    );
  });

  it('finds a missing file, a removed line, a torn end, and lines that are overdue', async () => {
    const { heads, bench } = open();
    const [first = '', second = ''] = heads.split('\n');
    expect(await kindsAfter((file) => rm(file))).toEqual(['heads-missing']);
    expect(await kindsAfter((file) => writeFile(file, `${second}\n`))).toEqual(['heads-damaged']);
    expect(await kindsAfter((file) => appendFile(file, '2026-03'))).toEqual(['heads-damaged']);
    const cut = async (file: string) => {
      await writeFile(file, `${first}\n`);
      await bench.append(1, { at: began + 3 * day });
    };
    expect(await kindsAfter(cut)).toEqual(['heads-behind']);
    expect(await kindsAfter((file) => writeFile(file, `${first}\n`))).toEqual([]);
  });
}
