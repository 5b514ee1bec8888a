import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** A TCP connection between two programs that can be cut, held up or refused. */
export class Link {
  readonly #target: number;
  readonly #pairs = new Set<Pair>();
  #server: Server | null = null;
  #refusing = 0;
  #stalled = 0;
  #mute = 0;

  /** @param target port on loopback that it leads to */
  constructor(target: number) {
    this.#target = target;
  }

  /** @param port where it listens on loopback */
  async start(port: number): Promise<void> {
    const server = createServer((socket) => this.#connect(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  }

  /** Cuts every connection: what is on the way is lost, in the middle of a packet or not. */
  cut(): void {
    for (const pair of this.#pairs) pair.destroy();
  }

  /** Cuts, and lets nobody through until `allow` was called as often. */
  refuse(): void {
    this.#refusing += 1;
    this.cut();
  }

  allow(): void {
    this.#refusing -= 1;
  }

  /** Carries nothing in either direction until `flow` was called as often; nobody is told. */
  stall(): void {
    this.#stalled += 1;
    for (const pair of this.#pairs) pair.hold();
  }

  flow(): void {
    this.#stalled -= 1;
    this.#carry();
  }

  /** Carries what is said and not what is answered, until `unmute` was called as often. */
  mute(): void {
    this.#mute += 1;
    for (const pair of this.#pairs) pair.holdAnswers();
  }

  unmute(): void {
    this.#mute -= 1;
    this.#carry();
  }

  async stop(): Promise<void> {
    this.cut();
    const server = this.#server;
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }

  #connect(near: Socket): void {
    if (this.#refusing > 0) {
      near.destroy();
      return;
    }
    const pair = new Pair(near, createConnection(this.#target, '127.0.0.1'), () =>
      this.#pairs.delete(pair),
    );
    this.#pairs.add(pair);
    this.#carry();
  }

  #carry(): void {
    if (this.#stalled > 0) return;
    for (const pair of this.#pairs) pair.carry(this.#mute === 0);
  }
}

class Pair {
  readonly #near: Socket;
  readonly #far: Socket;

  constructor(near: Socket, far: Socket, gone: () => void) {
    this.#near = near;
    this.#far = far;
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.destroy();
        gone();
      });
    }
  }

  carry(answers: boolean): void {
    // Whoever is piped twice is heard twice.
    this.hold();
    this.#near.pipe(this.#far);
    if (answers) this.#far.pipe(this.#near);
  }

  hold(): void {
    this.#near.unpipe(this.#far);
    this.holdAnswers();
  }

  holdAnswers(): void {
    this.#far.unpipe(this.#near);
  }

  destroy(): void {
    this.#near.destroy();
    this.#far.destroy();
  }
}
