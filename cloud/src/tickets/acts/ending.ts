import type { TicketPatch, TicketRow } from '../rows.ts';
import { type Acts, type Deed, personOf, problem, reporterOf, type Scene } from './act.ts';
import { overWith } from './owning.ts';
import { requireConsent } from './work.ts';

type Ending =
  | 'fix'
  | 'verify'
  | 'sign-off'
  | 'close'
  | 'self-clear'
  | 'reject'
  | 'refer-out'
  | 'cancel'
  | 'reopen';

/** From "it is mended" to the end, and back. */
export const ending: Acts<Ending> = {
  fix: async (scene) => {
    const { wish, by, facts } = scene;
    const { what, cause = null, files } = wish;
    await facts.files(files);
    requireConsent(scene);
    return {
      data: { what, cause, files },
      patch: {
        fixed: by.at,
        fixed_by: by.name,
        fixed_person: personOf(by),
        verified: null,
        final_by: null,
      },
    };
  },

  verify: async (scene) => {
    const { row, by, facts } = scene;
    requireSecondPerson(scene);
    if (row.latched === 1) {
      if (row.condition_clear !== 1) throw stands();
      return { patch: { verified: by.at } };
    }
    const watch = await facts.watch();
    if (watch === 'watched') {
      throw problem(
        'CLOUD_TICKET_SENSOR_DECIDES',
        'A sensor watches this, and proves by itself that it is mended.',
        'Wait until it has been well for long enough; the ticket says how long that is.',
      );
    }
    // Where nothing watches, the second person is who says that it is well.
    const seen: TicketPatch = watch === 'none' ? { condition_clear: 1 } : {};
    return { data: { watch }, patch: { verified: by.at, ...seen } };
  },

  'sign-off': signsOff,

  close: ({ row, by }) => {
    if (row.follow_up === 'owed' || (isOfCustomer(row) && row.follow_up !== 'done')) {
      throw problem(
        'CLOUD_TICKET_FOLLOW_UP_OWED',
        'The customer has not been asked yet whether all is well.',
        'Call or visit them, and note what they say.',
      );
    }
    return { patch: { ...overWith, ...ownedBy(row, by.name, personOf(by)) } };
  },

  'self-clear': ({ row }) => {
    if (row.condition_clear !== 1 || row.latched === 1) throw stands();
    if (row.asks !== 'self-clear') {
      throw problem(
        'CLOUD_TICKET_UNPROVEN',
        'Its condition has not been clear for long enough to be proven.',
        'Wait until the ticket asks for it.',
      );
    }
    return { patch: { ...overWith, asks: null } };
  },

  reject: ({ row, by }) => ended(row, by),
  'refer-out': ({ row, by, wish: { to } }) => ({ data: { to }, ...ended(row, by) }),
  cancel: ({ row, by }) => ended(row, by),

  reopen: async ({ facts }) => {
    if (await facts.otherOpen()) {
      throw problem(
        'CLOUD_TICKET_OTHER_OPEN',
        'Another ticket of the same matter is open.',
        'Work on that one.',
      );
    }
    return { patch: openAgain };
  },
};

/** What was said to be mended and proven does not count any more. */
export const openAgain: TicketPatch = {
  fixed: null,
  fixed_by: null,
  fixed_person: null,
  verified: null,
  follow_up: 'none',
};

function ended(row: TicketRow, by: Scene['by']): Deed {
  return { patch: { ...overWith, ...ownedBy(row, by.name, personOf(by)) } };
}

/** What ends without an owner is owned by who ended it. */
function ownedBy(row: TicketRow, name: string, person: string | null): TicketPatch {
  return row.owner === null ? { owner: name, owner_person: person } : {};
}

/** Somebody outside the company is waiting for it. */
function isOfCustomer(row: Pick<TicketRow, 'reporter'>): boolean {
  const kind = reporterOf(row)?.kind ?? 'employee';
  return kind !== 'employee';
}

/** By signature, by the code that the customer was given, or for what belongs to nobody by a second employee. */
async function signsOff(scene: Scene<'sign-off'>): Promise<Deed> {
  const { row, wish, facts } = scene;
  const { by, file, code } = wish;
  const owed: TicketPatch = { follow_up: 'owed' };
  if (file !== undefined) {
    await facts.files([file]);
    return { data: { by, how: 'signature', file }, patch: owed };
  }
  if (code !== undefined) {
    if (await facts.signOffCode(code)) return { data: { by, how: 'code' }, patch: owed };
    return {
      refusal: problem(
        'CLOUD_TICKET_CODE_REFUSED',
        'That is not the code that the customer was given, or it does not count any more.',
        'Ask the customer again, or let the desk give them a new one.',
      ),
    };
  }
  if (isOfCustomer(row)) {
    throw problem(
      'CLOUD_TICKET_INCOMPLETE',
      'The customer signs, or says the code that they were given.',
      'Let them sign on the phone, or ask for the code.',
    );
  }
  requireSecondPerson(scene);
  return { data: { by, how: 'second-person' } };
}

/** @throws CaretakerError `CLOUD_TICKET_SECOND_PERSON` for who says that it is mended */
function requireSecondPerson({ log, by }: Pick<Scene, 'log' | 'by'>): void {
  const fixed = log.findLast(({ type }) => type === 'fixed');
  if (fixed === undefined || (fixed.actor !== by.actor && fixed.by !== by.name)) return;
  throw problem(
    'CLOUD_TICKET_SECOND_PERSON',
    'Somebody else than who mended it must look whether it is well.',
    'Ask a colleague.',
  );
}

function stands() {
  return problem(
    'CLOUD_TICKET_STANDS',
    'The condition of this ticket still stands, or only people may end it.',
    'Mend it, or wait until the sensor shows that it is well.',
  );
}
