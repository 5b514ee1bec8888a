import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A secret, and the only places in which it may be. */
interface Planted {
  readonly value: string;
  readonly home: readonly string[];
}

/** Where something was said, and what. */
interface Heard {
  readonly where: string;
  readonly text: string;
}

/**
 * Secrets of a running product, and everything it was heard to say: finds those that are where they should not be.
 * They are looked for as they are, and as they are written in addresses, JSON, base64 and hexadecimal.
 */
export class Canaries {
  readonly #planted = new Map<string, Planted>();
  readonly #heard: Heard[] = [];

  /** @param home files below the data folder, or `output`, in which it is meant to be */
  plant(name: string, value: string, home: readonly string[] = []): string {
    if (value.length < 8) throw new Error(`${name} is too short to be told from other text`);
    this.#planted.set(name, { value, home });
    return value;
  }

  get names(): readonly string[] {
    return [...this.#planted.keys()];
  }

  hear(where: string, text: string): void {
    this.#heard.push({ where, text });
  }

  /** Command lines of every process of this machine, as anybody on it can read them. */
  hearProcesses(when: string): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        this.hear(`process list ${when}`, readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  hearFiles(folder: string): void {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      // One character a byte, so that text in the middle of a database is found like any other.
      this.hear(`file ${relative(folder, file)}`, readFileSync(file, 'latin1'));
    }
  }

  /** Each secret that is where it should not be, with the place. */
  found(): string[] {
    const found = new Set<string>();
    for (const { where, text } of this.#heard) {
      for (const [name, { value, home }] of this.#planted) {
        if (home.some((place) => where === place || where === `file ${place}`)) continue;
        if (formsOf(value).some((form) => text.includes(form))) found.add(`${name} in ${where}`);
      }
    }
    return [...found].sort();
  }

  /** Secrets that are not even where they are meant to be: nothing would be proved by looking for them. */
  missing(): string[] {
    return [...this.#planted]
      .filter(([, { home }]) => home.length > 0)
      .filter(([, { value, home }]) =>
        home.every((place) =>
          this.#heard.every(
            ({ where, text }) =>
              !((where === place || where === `file ${place}`) && text.includes(value)),
          ),
        ),
      )
      .map(([name]) => name);
  }
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
  return [...forms, base64, bytes.toString('base64url'), bytes.toString('hex')];
}
