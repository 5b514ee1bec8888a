import { type Log, silentLog } from '@caretaker/readings/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Changeable, type Configuration, Followed } from '../change.ts';
import { testEstate } from '../testing.ts';
import { InForce } from './in-force.ts';

const configuration = (id: string): Configuration => ({
  estate: testEstate(id),
  standard: null,
  credentials: [],
});
const kept = () => Promise.resolve();

/** A part that shows by which estate it goes, and breaks where it is told to. */
class Part implements Changeable {
  readonly shown: Followed<string>;
  held = false;
  readonly #breaks: 'prepare' | 'commit' | 'undo' | null;

  constructor(first: Configuration, breaks: 'prepare' | 'commit' | 'undo' | null) {
    this.shown = new Followed(first, ({ estate }) => estate.id);
    this.#breaks = breaks;
  }

  async prepare(next: Configuration) {
    if (this.#breaks === 'prepare') throw new Error('cannot be built');
    this.held = true;
    const change = this.shown.prepare(next);
    return {
      commit: () => {
        change.commit();
        if (this.#breaks === 'commit') throw new Error('cannot change');
      },
      undo: () => {
        change.undo();
        if (this.#breaks === 'undo') throw new Error('cannot go back');
      },
      done: () => {
        this.held = false;
      },
    };
  }
}

describe('what is in force', () => {
  it('is the same for all parts, whichever of them breaks and when', async () => {
    const breaks = fc.constantFrom('prepare', 'commit', 'undo', null);
    await fc.assert(
      fc.asyncProperty(fc.array(breaks, { maxLength: 6 }), fc.boolean(), async (all, writable) => {
        const [first, next] = [configuration('yard'), configuration('park')] as const;
        const inForce = new InForce(first, silentLog);
        const parts = all.map((one) => new Part(first, one));
        inForce.follow(...parts);
        const told: string[] = [];
        inForce.onEstate(({ id }) => told.push(id));
        const write = () => (writable ? Promise.resolve() : Promise.reject(new Error('full')));
        const code = await inForce.apply(next, write).then(
          () => 'applied',
          (error: { code?: string }) => error.code,
        );
        const unfit = all.includes('prepare');
        const failed = unfit || all.includes('commit') || !writable;
        const outcome = unfit ? 'EDGE_BUNDLE_UNFIT' : 'EDGE_BUNDLE_ROLLED_BACK';
        expect(code).toBe(failed ? outcome : 'applied');
        const now = failed ? 'yard' : 'park';
        expect(new Set([inForce.estate.id, ...parts.map(({ shown }) => shown.value)])).toEqual(
          new Set([now]),
        );
        expect(parts.filter(({ held }) => held)).toEqual([]);
        expect(told).toEqual(failed ? [] : ['park']);
      }),
    );
  });

  it('does not depend on who only listens', async () => {
    const said: string[] = [];
    const log: Log = { ...silentLog, error: (_fields, message) => said.push(message) };
    const inForce = new InForce(configuration('yard'), log);
    const told: string[] = [];
    inForce.onEstate(() => {
      throw new Error('no');
    });
    const stop = inForce.onEstate(({ id }) => told.push(id));
    await inForce.apply(configuration('park'), kept);
    stop();
    await inForce.apply(configuration('court'), kept);
    expect([inForce.estate.id, told, said.length]).toEqual(['court', ['park'], 2]);
  });
});
