import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { isCommon } from './common-passwords.ts';
import { Turns } from './turns.ts';

const derive = promisify(argon2);

/** What one hash costs; see RFC 9106. */
export interface Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** The least that the OWASP Password Storage Cheat Sheet has for argon2id with 19 MiB. */
export const usualCost: Cost = { memory: 19_456, passes: 2, parallelism: 1 };

const shortest = 12;
const longest = 1024;
const hashBytes = 32;

interface Stored extends Cost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Hashes passwords with argon2id and checks them against PHC strings. */
export class PasswordHashes {
  readonly #cost: Cost;
  readonly #busy: () => never;
  /** Hashing holds threads that files and names need too, and 19 MiB each. */
  readonly #turns = new Turns(2, 64);

  /** @param busy throws, when too many are hashed at once */
  constructor(busy: () => never, cost: Cost = usualCost) {
    this.#busy = busy;
    this.#cost = cost;
  }

  /**
   * @returns a PHC string
   * @throws what `busy` throws
   */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(16);
    return phcOf({ ...this.#cost, salt, hash: await this.#derive(password, salt, this.#cost) });
  }

  /**
   * Spends one hash whatever it is asked: how long it takes tells nobody whether there is such a person.
   * @param stored null when there is nobody, or nobody with a password
   * @returns whether it is right, and whether it is to be hashed again because hashing costs more by now
   * @throws what `busy` throws
   */
  async verify(
    password: string,
    stored: string | null,
  ): Promise<{ readonly right: boolean; readonly stale: boolean }> {
    const known = stored === null ? null : parsePhc(stored);
    const against = known ?? { ...this.#cost, salt: randomBytes(16), hash: randomBytes(hashBytes) };
    const overlong = password.length > longest * 2;
    const hash = await this.#derive(overlong ? '' : password, against.salt, against);
    const same = hash.length === against.hash.length && timingSafeEqual(hash, against.hash);
    return {
      right: same && known !== null && !overlong,
      stale: against.memory < this.#cost.memory || against.passes < this.#cost.passes,
    };
  }

  #derive(password: string, nonce: Buffer, cost: Cost): Promise<Buffer> {
    const { memory, passes, parallelism } = cost;
    // Keyboards spell one letter in several ways; RFC 8265 has them compared in one form.
    const message = password.normalize('NFKC');
    return this.#turns.take(
      () =>
        derive('argon2id', { message, nonce, memory, passes, parallelism, tagLength: hashBytes }),
      this.#busy,
    );
  }
}

/** Why a password is not to be used: too short, too long, too common, or it says the login. Empty when it may be. */
export function passwordFaults(password: string, login: string): string[] {
  const plain = password.normalize('NFKC');
  const length = [...plain].length;
  const name = login.split('@')[0] ?? '';
  return [
    ...(length < shortest ? [`it is shorter than ${shortest} characters`] : []),
    ...(length > longest ? [`it is longer than ${longest} characters`] : []),
    ...(name.length >= 3 && plain.toLowerCase().includes(name) ? ['it contains the login'] : []),
    ...(length <= longest && isCommon(plain) ? ['it is among the first that are guessed'] : []),
  ];
}

function phcOf({ memory, passes, parallelism, salt, hash }: Stored): string {
  const text = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${text(salt)}$${text(hash)}`;
}

function parsePhc(text: string): Stored | null {
  const found =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([\w+/]{11,})\$([\w+/]{16,})$/.exec(
      text,
    );
  if (found === null) return null;
  const [, memory, passes, parallelism, salt = '', hash = ''] = found;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}
