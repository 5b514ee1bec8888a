import { digestOf, newPepper, newSecret, sameDigest } from './secret.ts';

/**
 * The credential of a program that the gateway itself starts. It is kept in memory alone, has one secret at a
 * time, and outlives neither the program nor the gateway.
 */
export class OwnCredential {
  /** The user name of the connection. */
  readonly id: string;
  readonly #pepper = newPepper();
  readonly #listeners = new Set<() => void>();
  #digest: string | null = null;

  constructor(id: string) {
    this.id = id;
  }

  /** A new secret; the one before counts no more. */
  renew(): string {
    const secret = newSecret();
    this.#set(digestOf(this.#pepper, this.id, secret));
    return secret;
  }

  /** From now on nobody connects by it, and who has is cut off. */
  end(): void {
    this.#set(null);
  }

  /** @returns the digest that was proved; null for anything but the present secret */
  check(id: string, secret: string): string | null {
    if (id !== this.id || this.#digest === null) return null;
    const digest = digestOf(this.#pepper, id, secret);
    return sameDigest(digest, this.#digest) ? digest : null;
  }

  /** Whether a secret that was proved before still counts. */
  stands(digest: string): boolean {
    return digest === this.#digest;
  }

  /**
   * Calls the listener after every change.
   * @returns a function that ends it
   */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #set(digest: string | null): void {
    this.#digest = digest;
    for (const listener of this.#listeners) listener();
  }
}
