import { type Clock, FaultsError, type Log } from '@caretaker/readings/base';
import { checkOverrides, estateAt, type Standard } from '@caretaker/standards';
import type { Database } from '../db/database.ts';
import type { Directory } from '../estates/directory.ts';
import { InForce, type Refused } from './in-force.ts';
import { Overrides } from './overrides.ts';
import { load, nameOf, type Source } from './source.ts';
import { StandardVersions } from './versions.ts';

export interface OpenedVersions {
  readonly versions: StandardVersions;
  /** The version in force. */
  readonly standard: Standard;
  readonly refused: Refused | null;
}

/**
 * Reads the standard, and brings it into force when it is another than the one in force. One with faults is not
 * used: the one in force stays, and the refusal is shown wherever people look. Nor is one used that people have
 * said is to count later, or not at all.
 * @throws FaultsError `STANDARDS_INVALID` when there is none to go on with
 */
export async function openVersions(
  database: Database,
  source: Source,
  clock: Clock,
  log: Log,
): Promise<OpenedVersions> {
  const versions = await StandardVersions.open(database);
  const at = clock.now();
  const held = versions.at(at);
  const loaded = load(source);
  if ('faults' in loaded) {
    const { faults } = loaded;
    const error = new FaultsError('STANDARDS_INVALID', 'The standard has faults:', faults);
    if (held === undefined) throw error;
    log.error(
      { version: held.version, faults: error.message },
      'the standard has faults and is not used: the one in force stays',
    );
    return { versions, standard: held.standard, refused: { source: nameOf(source), at, faults } };
  }
  const { standard } = loaded;
  if (held === undefined || held.version === standard.version) {
    if (held === undefined) await begin();
    return { versions, standard, refused: null };
  }
  const waits = waitingFor(versions, standard, at);
  if (waits !== null) {
    log.warn({ version: standard.version }, waits);
    return { versions, standard: held.standard, refused: null };
  }
  await begin();
  return { versions, standard, refused: null };

  async function begin(): Promise<void> {
    const effective = Math.max(at, held?.effective ?? 0);
    const note = nameOf(source);
    await versions.add(standard, { effective, by: 'start', note, recorded: at });
    log.info({ version: standard.version, before: held?.version }, 'a standard came into force');
  }
}

/** Why a standard that is offered does not count now though it is another; null when it does. */
function waitingFor(versions: StandardVersions, { version }: Standard, at: number): string | null {
  const last = versions.known.findLast((entry) => entry.version === version);
  if (last === undefined) return null;
  if (last.withdrawn !== null) {
    return 'the standard was withdrawn before it took effect: reload it to bring it into force';
  }
  const toCome = versions.all.some((entry) => entry.version === version && entry.effective > at);
  return toCome ? 'the standard is to take effect later, as was said when it was reloaded' : null;
}

/** What is in force for the estates; limits of theirs that nothing reads any more are said. */
export async function openInForce(
  parts: OpenedVersions & {
    readonly database: Database;
    readonly directory: Directory;
    readonly clock: Clock;
    readonly log: Log;
  },
): Promise<InForce> {
  const { versions, database, directory, clock, log, refused, standard } = parts;
  const overrides = await Overrides.open(database);
  const inForce = new InForce({ versions, overrides, directory, clock });
  inForce.refused = refused;
  for (const estate of directory.estates.values()) {
    const now = estateAt(estate, overrides.of(estate.id), clock.now());
    for (const { where, message } of checkOverrides(standard, [now])) {
      log.warn({ where, message }, 'a limit of the estate is read by no rule of the standard');
    }
  }
  return inForce;
}
