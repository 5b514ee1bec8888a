import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openDatabase } from '../db/database.ts';
import { temporaryFolder } from '../testing/cloud.ts';
import { benchOf, byAdmin, hour, person, t0 } from './testing/bench.ts';

/** What a session is, told as simply as can be. */
interface Model {
  readonly tokens: string[];
  /** When each but the last of them was replaced. */
  readonly replaced: number[];
  readonly started: number;
  used: number;
  dead: boolean;
}

const isOver = (model: Model, at: number) =>
  model.dead || at - model.started >= 168 * hour || at - model.used >= 12 * hour;

/** Whether the token opens the session, and what trying does to it. */
function tries(model: Model, token: number, at: number): boolean {
  const replaced = model.replaced[token];
  if (replaced !== undefined) {
    if (at - replaced > 10_000) model.dead = true;
    return false;
  }
  if (isOver(model, at)) return false;
  if (at - model.used >= 60_000) model.used = at;
  return true;
}

const waits = [1, 5000, 10_001, 59_999, hour, 12 * hour - 1, 12 * hour];
const step = fc.oneof(
  fc.record({ does: fc.constant('wait' as const), ms: fc.constantFrom(...waits) }),
  fc.record({ does: fc.constant('start' as const) }),
  fc.record({
    does: fc.constant('use' as const),
    session: fc.nat(),
    token: fc.nat(),
    rotates: fc.boolean(),
  }),
  fc.record({ does: fc.constant('leave' as const), session: fc.nat() }),
  fc.record({ does: fc.constant('leaveAll' as const) }),
);

it('are what a naive model of them is, whatever is done in whatever order', async () => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'cloud.db');
  const database = await openDatabase({ engine: 'sqlite', file });
  const { identity } = benchOf(database, folder.path);
  const { sessions } = identity;
  let people = 0;

  /** Does the same to the model and to the sessions of one person. */
  async function worldOf() {
    people += 1;
    const wanted = { ...person(`p${people}`), password: null };
    const id = await identity.people.create(byAdmin(t0), wanted);
    const models: Model[] = [];
    let at = t0;
    const doing = {
      async wait({ ms }: { ms: number }) {
        at += ms;
      },
      async start() {
        const begun = { person: id, stage: 'full' as const, address: 'a', agent: 'b' };
        const { token } = await database.write((tx) => sessions.startIn(tx, at, begun));
        models.push({ tokens: [token], replaced: [], started: at, used: at, dead: false });
      },
      async use({ session, token, rotates }: { session: number; token: number; rotates: boolean }) {
        const model = models[session % models.length]!;
        const index = token % model.tokens.length;
        const opens = tries(model, index, at);
        const opened = await sessions.open(model.tokens[index]!, at);
        expect(opened !== null).toBe(opens);
        if (!rotates || opened === null) return;
        model.tokens.push((await sessions.rotate(model.tokens[index]!, at))!);
        model.replaced[index] = at;
      },
      async leave({ session }: { session: number }) {
        const model = models[session % models.length]!;
        await sessions.signOut(model.tokens.at(-1)!, at);
        model.dead = true;
      },
      async leaveAll() {
        await sessions.endAll(byAdmin(at), id, null);
        for (const model of models) model.dead = true;
      },
    };
    const check = async () => {
      const alive = models.filter((model) => !isOver(model, at));
      expect(await sessions.list(id, at)).toHaveLength(alive.length);
    };
    await doing.start();
    return { doing, check };
  }

  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { doing, check } = await worldOf();
      for (const now of steps) {
        if (now.does === 'wait') await doing.wait(now);
        else if (now.does === 'use') await doing.use(now);
        else if (now.does === 'leave') await doing.leave(now);
        else await doing[now.does]();
        await check();
      }
    }),
    { numRuns: 150 },
  );
  await database.close();
  await folder.remove();
});
