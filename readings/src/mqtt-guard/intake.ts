import type { Duplex } from 'node:stream';
import { PacketCount } from './packets.ts';

/** Packets that a broker works on at a time. */
export interface IntakeLimits {
  readonly overall: number;
  readonly perClient: number;
}

/** One connection's share in the work. */
export interface Line {
  /** One of its packets is done with. */
  done(): void;
}

/** What slows one connection down, beside the work. */
export interface Pace {
  /** Milliseconds until it may be read again; 0 for now. */
  readonly wait: () => number;
  /** Calls back after so many milliseconds. */
  readonly after: (ms: number, call: () => void) => void;
}

/**
 * Bounds how many packets a broker works on at a time. A broker that parses all that a socket holds works on
 * thousands of small packets of one client at once; a thousand such clients fill the memory, and one keeps
 * everybody waiting. Here a connection gets its next packets when few of its own are under way, and those who
 * wait for the others get their turn in the order in which they came. What is not read yet stays in the socket
 * and then in the kernel, so that the client's own TCP slows it down: nothing is dropped.
 */
export class Intake {
  readonly #limits: IntakeLimits;
  readonly #waiting = new Set<Reader>();
  #underWay = 0;
  #scheduled = false;

  constructor(limits: IntakeLimits) {
    this.#limits = limits;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Takes charge of what `socket.read()` gives.
   * @param socket a connection that a broker reads with `read()` after 'readable', and after it is done with packets
   */
  watch(socket: Duplex, pace: Pace): Line {
    const limits = this.#limits;
    const reader = new Reader(socket, {
      ...pace,
      most: limits.perClient,
      admits: (one) => {
        if (this.#underWay < limits.overall) return true;
        this.#waiting.add(one);
        return false;
      },
      changed: (by) => {
        this.#underWay += by;
        if (by < 0 && this.#waiting.size > 0) this.#schedule();
      },
    });
    socket.once('close', () => {
      this.#waiting.delete(reader);
      reader.close();
    });
    return reader;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const reader of this.#waiting) {
        if (this.#underWay >= this.#limits.overall) return;
        this.#waiting.delete(reader);
        reader.wake();
      }
    });
  }
}

interface Share extends Pace {
  readonly most: number;
  readonly admits: (reader: Reader) => boolean;
  readonly changed: (by: number) => void;
}

class Reader implements Line {
  readonly #socket: Duplex;
  readonly #share: Share;
  readonly #packets = new PacketCount();
  readonly #read: Duplex['read'];
  readonly #wake = () => this.wake();
  /** Fetches from the kernel. */
  readonly #fetch: Duplex['_read'];
  /** A part of what was read went back to wait, so nothing is fetched beside it. */
  #holding = false;
  /** Bytes that the stream asked for meanwhile; null when it did not. */
  #owed: number | null = null;
  #underWay = 0;
  /** What follows CONNECT has to wait for its answer. */
  #greeting: 'before' | 'under way' | 'done' = 'before';
  #asleep = false;
  #closed = false;

  constructor(socket: Duplex, share: Share) {
    this.#socket = socket;
    this.#share = share;
    this.#read = socket.read;
    this.#fetch = socket._read;
    socket._read = (size) => {
      if (this.#holding) this.#owed = size;
      else this.#fetch.call(socket, size);
    };
    socket.read = (size?: number | null) => {
      // Streams ask for 0 bytes to be told when there are some.
      return typeof size === 'number' ? this.#read.call(socket, size) : this.#next();
    };
  }

  done(): void {
    if (this.#closed || this.#underWay === 0) return;
    this.#greeting = 'done';
    this.#underWay -= 1;
    this.#share.changed(-1);
  }

  wake(): void {
    this.#asleep = false;
    if (!this.#closed) this.#socket.emit('readable');
  }

  close(): void {
    this.#closed = true;
    this.#share.changed(-this.#underWay);
    this.#underWay = 0;
  }

  #next(): unknown {
    const { most, admits } = this.#share;
    // With packets under way the broker asks again when they are done with.
    const busy = this.#greeting === 'under way' || this.#underWay * 2 > most;
    if (busy || this.#asleep || this.#sleeps() || !admits(this)) return null;
    // A stream that is read empty fetches as much again at once, and twice as much waits in the end.
    this.#holding = true;
    const chunk: unknown = this.#read.call(this.#socket);
    const part = chunk instanceof Uint8Array ? this.#cut(chunk) : chunk;
    if (this.#socket.readableLength === 0) this.#letFetch();
    return part;
  }

  #letFetch(): void {
    const size = this.#owed;
    this.#holding = false;
    this.#owed = null;
    if (size !== null) this.#fetch.call(this.#socket, size);
  }

  #sleeps(): boolean {
    const { wait, after } = this.#share;
    const ms = wait();
    if (ms > 0) after(ms, this.#wake);
    // Whoever does not read the answers is not read either.
    else if (this.#socket.writableNeedDrain) this.#socket.once('drain', this.#wake);
    else return false;
    this.#asleep = true;
    return true;
  }

  #cut(chunk: Uint8Array): Uint8Array {
    const { most, changed } = this.#share;
    const room = this.#greeting === 'done' ? most - this.#underWay : 1;
    const { packets, bytes } = this.#packets.walk(chunk, room);
    if (packets > 0 && this.#greeting === 'before') this.#greeting = 'under way';
    this.#underWay += packets;
    changed(packets);
    if (bytes === chunk.length) return chunk;
    this.#socket.unshift(chunk.subarray(bytes));
    return chunk.subarray(0, bytes);
  }
}
