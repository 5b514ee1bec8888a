import type { Clock } from '@caretaker/readings/base';
import type { EnrolAnswer, EnrolRequest, RotateRequest } from '@caretaker/readings/uplink';
import { decodeJwt } from 'jose';
import type { BundleDesk } from '../bundles/desk.ts';
import type { GatewayAccess, GatewayCode } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import type { Directory } from '../estates/directory.ts';
import { charge, ofEnrolment, takeBack } from '../identity/attempts.ts';
import { type By, refuse } from '../identity/deed.ts';
import type { GatewayKeyRow, GatewayKeys } from './enrolment.ts';
import { goneRanges } from './gone.ts';
import type { GatewayRegistry } from './registry.ts';
import type { GatewayReports } from './reports.ts';
import type { GatewayTokens } from './tokens.ts';

interface Parts {
  readonly database: Database;
  readonly directory: Directory;
  readonly registry: GatewayRegistry;
  readonly keys: GatewayKeys;
  readonly tokens: GatewayTokens;
  readonly reports: GatewayReports;
  readonly bundles: Pick<BundleDesk, 'view' | 'publicKey'>;
  readonly clock: Clock;
  /** Whether a gateway's connection stands; null where somebody else's broker knows. */
  readonly connected: (gateway: string) => boolean | null;
}

/** Keys of one gateway that are shown: those of years ago tell nothing. */
const keysShown = 10;

/** How gateways come to be trusted, and stop being. */
export class GatewayDesk {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Every gateway that an estate names, by id. */
  async list(): Promise<GatewayAccess[]> {
    const { database, directory, registry, keys, reports, bundles, connected } = this.#parts;
    const all = await keys.list();
    const told = await reports.list();
    const ids = [...directory.gateways.keys()];
    const gone = new Map(
      await Promise.all(ids.map(async (id) => [id, await goneRanges(database, id)] as const)),
    );
    return [...directory.gateways].sort().map(([id, estate]) => {
      const { state, lastSeen } = registry.view(id);
      const { version, credentials } = told.get(id) ?? { version: null, credentials: null };
      return {
        id,
        estate,
        connected: connected(id) ?? state === 'online',
        lastSeen,
        version,
        keys: all
          .filter((key) => key.gateway === id && key.estate === estate)
          .map(shown)
          .slice(0, keysShown),
        credentials: credentials === null ? null : [...credentials],
        gone: gone.get(id) ?? [],
        bundle: bundles.view(id),
      };
    });
  }

  /** @throws CaretakerError `CLOUD_GATEWAY_UNKNOWN` */
  async code(gateway: string, estate: string, by: By): Promise<GatewayCode> {
    checkGateway(this.#parts.directory, gateway, estate);
    return await this.#parts.keys.issueCode(gateway, estate, by);
  }

  /** @returns null when the gateway has a key in force, or when no estate names it */
  async codeUnlessTrusted(gateway: string, by: By): Promise<string | null> {
    const { directory, keys } = this.#parts;
    const estate = directory.gateways.get(gateway);
    if (estate === undefined || keys.has(gateway, by.at)) return null;
    return (await keys.issueCode(gateway, estate, by)).code;
  }

  /**
   * Of which estate a gateway is.
   * @param sees whether the one who asks may know of an estate
   * @throws CaretakerError `CLOUD_GATEWAY_UNKNOWN`
   */
  estateOf(gateway: string, sees: (estate: string) => boolean): string {
    const { directory } = this.#parts;
    const estate = directory.gateways.get(gateway);
    if (estate !== undefined && sees(estate)) return estate;
    return unknownGateway(`No estate names a gateway ${gateway}.`);
  }

  /** @throws CaretakerError `CLOUD_GATEWAY_UNKNOWN` */
  async revoke(gateway: string, by: By): Promise<void> {
    checkGateway(this.#parts.directory, gateway);
    await this.#parts.keys.revoke(gateway, by);
  }

  /**
   * A gateway shows its code and its new key.
   * @param address where it comes from: whoever guesses at codes has to wait
   * @throws WaitError `CLOUD_SIGN_IN_WAIT`
   * @throws CaretakerError `CLOUD_ENROLMENT_REFUSED`
   */
  enrol(request: EnrolRequest, address: string): Promise<EnrolAnswer> {
    return this.#counted(address, async (now) => ({
      ...(await this.#parts.keys.enrol(request, now)),
      ...this.#believed(),
    }));
  }

  /**
   * A gateway replaces its key.
   * @param token signed with its present key, and not used before
   * @throws WaitError `CLOUD_SIGN_IN_WAIT`
   * @throws CaretakerError `CLOUD_ENROLMENT_REFUSED`
   */
  rotate(token: string, request: RotateRequest, address: string): Promise<EnrolAnswer> {
    return this.#counted(address, async (now) => {
      const { keys, tokens } = this.#parts;
      const proved = await tokens.check(subjectOf(token), token, now);
      if (proved === null) {
        return refuse(
          'CLOUD_ENROLMENT_REFUSED',
          'The present key of the gateway was not proved.',
          'Sign a new token, or enrol the gateway again with a code.',
        );
      }
      return { ...(await keys.rotate(proved.key, request, now)), ...this.#believed() };
    });
  }

  /** By what the gateway is to know its configuration. */
  #believed(): Pick<EnrolAnswer, 'bundleKey'> {
    const { publicKey } = this.#parts.bundles;
    return publicKey === undefined ? {} : { bundleKey: publicKey };
  }

  async #counted<T>(address: string, work: (now: number) => Promise<T>): Promise<T> {
    const { database, clock } = this.#parts;
    const now = clock.now();
    const guarded = ofEnrolment(address);
    await charge(database, [guarded], now);
    const answer = await work(now);
    await database.write((tx) => takeBack(tx, guarded, now));
    return answer;
  }
}

/** @throws CaretakerError `CLOUD_GATEWAY_UNKNOWN` unless the estate, or any one, names the gateway */
export function checkGateway(
  { gateways }: Pick<Directory, 'gateways'>,
  gateway: string,
  estate = gateways.get(gateway),
): void {
  if (estate !== undefined && gateways.get(gateway) === estate) return;
  unknownGateway(
    estate === undefined
      ? `No estate names a gateway ${gateway}.`
      : `The estate ${estate} names no gateway ${gateway}.`,
  );
}

function unknownGateway(message: string): never {
  return refuse(
    'CLOUD_GATEWAY_UNKNOWN',
    message,
    'Name it in the estate first: as its gateway, or as that of an asset.',
  );
}

function shown({ id, created, until, revoked }: GatewayKeyRow) {
  return { id, created, until, revoked };
}

/** Whose token it says it is; not proved by this. */
function subjectOf(token: string): string {
  try {
    return decodeJwt(token).sub ?? '';
  } catch {
    return '';
  }
}
