import { capsOf } from '../clocks/pauses.ts';
import { type Acts, type Deed, problem, type Scene, wrongTime } from './act.ts';
import { billOf, workOf } from './bill.ts';

const day = 24 * 3_600_000;

/** At the site: the flow of steps, what is used and what it costs, what helps for now, and what it waits for. */
export const working: Acts<
  'tick' | 'part' | 'attach' | 'quote' | 'consent' | 'temporary-measure' | 'wait' | 'resume'
> = {
  tick: ({ wish: { step, done } }) => ({ data: { step, done } }),

  part: ({ wish: { name, quantity, price } }) => ({ data: { name, quantity, price } }),

  attach: async ({ wish: { file, kind }, facts }) => {
    await facts.files([file]);
    return { data: { file, kind } };
  },

  quote: ({ wish: { labour, parts, currency } }) => ({ data: { labour, parts, currency } }),

  consent: async ({ log, wish, by, facts }) => {
    const { quote } = workOf(log, by.at);
    if (quote === null) {
      throw problem(
        'CLOUD_TICKET_CONSENT',
        'No price was shown to which anybody could consent.',
        'Quote the price first.',
      );
    }
    if (wish.file !== undefined) await facts.files([wish.file]);
    return { data: { by: wish.by, ...(wish.file === undefined ? {} : { file: wish.file }) } };
  },

  'temporary-measure': async ({ wish, by, facts }) => {
    const { what, files, risk, finalBy, parts } = wish;
    if (finalBy <= by.at) {
      wrongTime('The final repair is to be in the future.', 'Say when it will be mended for good.');
    }
    await facts.files(files);
    return { data: { what, files, risk, finalBy, parts }, patch: { final_by: finalBy } };
  },

  wait: waits,

  resume: () => ({}),
};

async function waits({ wish, by, facts }: Scene<'wait'>): Promise<Deed> {
  const { reason, evidence, files, until } = wish;
  const longest = capsOf(facts.time)[reason];
  if (until <= by.at || until > by.at + longest) {
    wrongTime(
      `A ticket waits for this at most ${Math.round((longest / day) * 10) / 10} days, and until a time to come.`,
      'Choose an earlier end; what is still missing then is looked at again.',
    );
  }
  await facts.files(files);
  return {
    data: { reason, evidence, files, until },
    patch: { waiting_reason: reason, waiting_until: until },
  };
}

/**
 * Nobody is charged for what they have not agreed to.
 * @throws CaretakerError `CLOUD_TICKET_CONSENT`
 */
export function requireConsent({ log, by }: Pick<Scene, 'log' | 'by'>): void {
  const { worked, parts, quote, consent } = workOf(log, by.at);
  const { total } = billOf({ worked, parts, quote });
  if (total === 0) return;
  if (quote !== null && consent !== null && total <= quote.labour + quote.parts) return;
  throw problem(
    'CLOUD_TICKET_CONSENT',
    'It would cost the customer something to which they have not agreed.',
    'Quote the price of labour and parts, and note the consent.',
  );
}
