interface Waiting {
  readonly messageId: number;
  done: boolean;
}

/**
 * Messages are acknowledged in the order in which they came [MQTT-4.6.0-2], however their storing ends.
 */
export class Acknowledgements {
  readonly #send: (messageId: number) => void;
  readonly #waiting: Waiting[] = [];

  constructor(send: (messageId: number) => void) {
    this.#send = send;
  }

  /** @returns to be called when the message is safe */
  expect(messageId: number): () => void {
    const waiting: Waiting = { messageId, done: false };
    this.#waiting.push(waiting);
    return () => {
      waiting.done = true;
      while (this.#waiting[0]?.done === true) {
        const next = this.#waiting.shift();
        if (next !== undefined) this.#send(next.messageId);
      }
    };
  }
}
