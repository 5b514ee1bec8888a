import { CaretakerError } from '@caretaker/readings/base';
import {
  type Cost,
  digestOf,
  isToken,
  networkOf,
  PasswordHashes,
  passwordFaults,
  plainCode,
  randomToken,
  readableCode,
} from '@caretaker/readings/secrets';
import { type Guarded, LocalDatabase, type SessionRow } from './database.ts';

const minute = 60_000;
const hour = 3_600_000;
/** OWASP Session Management Cheat Sheet: both an idle and an absolute end. */
const idleLimit = 12 * hour;
const absoluteLimit = 7 * 24 * hour;
const codeGoodFor = 24 * hour;

const ofPassword: Guarded = { key: 'password', free: 5 };
const ofAddress = (address: string): Guarded => ({
  key: `address:${networkOf(address)}`,
  free: 20,
});

/** Too many wrong guesses: nothing is looked at for a while, not even the right answer. */
export class LocalWaitError extends CaretakerError {
  /** Seconds. */
  readonly retryAfter: number;

  constructor(wait: number) {
    const seconds = Math.ceil(wait / 1000);
    super({
      code: 'EDGE_SIGN_IN_WAIT',
      message: `There were too many attempts; the next one is taken in ${seconds} s.`,
      next: 'Wait, then try again with care.',
    });
    this.retryAfter = seconds;
  }
}

/** The local administrator, whom the gateway knows without the cloud: one password, and one-time codes. */
export class LocalAdministrator {
  readonly #directory: string;
  readonly #passwords: PasswordHashes;
  #open: LocalDatabase | null = null;

  /** @param directory the gateway's data folder */
  constructor(directory: string, cost?: Cost) {
    this.#directory = directory;
    this.#passwords = new PasswordHashes(busy, cost);
  }

  /** @throws CaretakerError `EDGE_LOCAL_UNAVAILABLE`, `EDGE_FILE_NOT_PRIVATE` */
  async start(): Promise<void> {
    this.#open = await LocalDatabase.open(this.#directory);
  }

  stop(): void {
    this.#open?.close();
    this.#open = null;
  }

  get hasPassword(): boolean {
    return this.#database.password() !== null;
  }

  /** A code that signs in once within 24 hours, in place of any before it. */
  issueCode(at: number): string {
    const code = readableCode(5);
    this.#database.setCode(digestOf(plainCode(code)), at);
    return code;
  }

  /**
   * Sets the password, and ends every session.
   * @throws CaretakerError `EDGE_PASSWORD_UNFIT`
   */
  async setPassword(password: string): Promise<void> {
    const reasons = passwordFaults(password, '');
    if (reasons.length > 0) {
      throw new CaretakerError({
        code: 'EDGE_PASSWORD_UNFIT',
        message: `The password cannot be used: ${reasons.join('; ')}.`,
        next: 'Take four or more words at random, or let a password manager make one.',
      });
    }
    this.#database.setPassword(await this.#passwords.hash(password));
  }

  /**
   * @returns the token of a new session
   * @throws CaretakerError `EDGE_SIGN_IN_REFUSED`, `EDGE_SIGN_IN_WAIT`, `EDGE_SIGN_IN_BUSY`
   */
  async signIn(password: string, address: string, at: number): Promise<string> {
    await this.#prove(password, address, at);
    return this.#begin('password', at);
  }

  /**
   * @returns the token of a new session
   * @throws CaretakerError `EDGE_CODE_REFUSED`, `EDGE_SIGN_IN_WAIT`
   */
  redeem(code: string, address: string, at: number): string {
    const guarded = [ofAddress(address)];
    this.#charge(guarded, at);
    if (!this.#database.takeCode(digestOf(plainCode(code)), at - codeGoodFor)) {
      throw new CaretakerError({
        code: 'EDGE_CODE_REFUSED',
        message: 'The code is not right, too old, or was used already.',
        next: 'Make a new one on the gateway with "caretaker edge-admin code".',
      });
    }
    this.#database.forgive(guarded);
    return this.#begin('code', at);
  }

  /** What a token opens now; null for nothing, whatever the reason. */
  session(token: string, at: number): SessionRow | null {
    if (!isToken(token)) return null;
    const digest = digestOf(token);
    const row = this.#database.session(digest);
    if (row === null || !isGood(row, at)) return null;
    // A write is paid for with a turn of the disk: once a minute is exact enough for hours.
    if (at - row.used >= minute) this.#database.useSession(digest, at);
    return row;
  }

  /** Whether a token still opens something; asking is no use of it. */
  stands(token: string, at: number): boolean {
    const row = isToken(token) ? this.#database.session(digestOf(token)) : null;
    return row !== null && isGood(row, at);
  }

  signOut(token: string): void {
    if (isToken(token)) this.#database.endSession(digestOf(token));
  }

  /**
   * Changes the password from the page. Whoever came by a code has proved to be at the gateway; others give
   * the present password.
   * @returns the token of a new session, the only one left
   * @throws CaretakerError `EDGE_PASSWORD_UNFIT`, and those of `signIn`
   */
  async changePassword(
    { by }: SessionRow,
    { old, wanted }: { readonly old: string; readonly wanted: string },
    address: string,
    at: number,
  ): Promise<string> {
    if (by === 'password') await this.#prove(old, address, at);
    await this.setPassword(wanted);
    return this.#begin('password', at);
  }

  async #prove(password: string, address: string, at: number): Promise<void> {
    const guarded = [ofPassword, ofAddress(address)];
    this.#charge(guarded, at);
    const { right } = await this.#passwords.verify(password, this.#database.password());
    if (!right) {
      throw new CaretakerError({
        code: 'EDGE_SIGN_IN_REFUSED',
        message: 'The password is not right.',
        next: 'If it is lost, set a new one on the gateway with "caretaker edge-admin password".',
      });
    }
    this.#database.forgive(guarded);
  }

  #begin(by: SessionRow['by'], at: number): string {
    const token = randomToken();
    this.#database.endOldSessions(at - absoluteLimit);
    this.#database.addSession(digestOf(token), by, at);
    return token;
  }

  #charge(guarded: readonly Guarded[], at: number): void {
    const wait = this.#database.charge(guarded, at);
    if (wait > 0) throw new LocalWaitError(wait);
  }

  get #database(): LocalDatabase {
    if (this.#open === null) throw new Error('not started');
    return this.#open;
  }
}

function isGood({ started, used }: SessionRow, at: number): boolean {
  return at - started < absoluteLimit && at - used < idleLimit;
}

function busy(): never {
  throw new CaretakerError({
    code: 'EDGE_SIGN_IN_BUSY',
    message: 'Too many people sign in at this moment.',
    next: 'Try again in a few seconds.',
  });
}
