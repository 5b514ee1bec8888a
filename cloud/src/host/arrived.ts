import type { ReadingStore } from '@caretaker/readings';
import { decodeFrame, type Frame } from '@caretaker/readings/frame';
import type { Localised, Localiser } from './localiser.ts';
import { type Stored, storeLocalised } from './storing.ts';

/** A frame that waits its turn, or has it. What is done with it before is not done again. */
export class Arrived {
  readonly gateway: string;
  readonly bytes: Uint8Array;
  #frame: Frame | null = null;
  #local: { readonly skip: number; readonly readings: Localised } | null = null;
  #begun: { readonly of: Localised; readonly stored: Promise<Stored> } | null = null;

  constructor(gateway: string, bytes: Uint8Array) {
    this.gateway = gateway;
    this.bytes = bytes;
  }

  /** @throws CaretakerError `READINGS_FRAME_…` when the bytes are no frame */
  get frame(): Frame {
    this.#frame ??= decodeFrame(this.bytes);
    return this.#frame;
  }

  /** The frame of that gateway that the bytes are; null when they are none. */
  get ownFrame(): Frame | null {
    try {
      return this.frame.gateway === this.gateway ? this.frame : null;
    } catch {
      return null;
    }
  }

  /** What is in it but for its first `skip` readings. */
  localised(skip: number, localiser: Localiser): Localised {
    if (this.#local?.skip !== skip) {
      const { readings } = this.frame;
      const fresh = skip === 0 ? readings : readings.slice(skip);
      this.#local = { skip, readings: localiser.localise(fresh) };
    }
    return this.#local.readings;
  }

  /** Stores that; once, unless it fails. */
  store(local: Localised, store: ReadingStore): Promise<Stored> {
    if (this.#begun?.of === local) return this.#begun.stored;
    const begun = { of: local, stored: storeLocalised(store, local) };
    this.#begun = begun;
    begun.stored.catch(() => {
      if (this.#begun === begun) this.#begun = null;
    });
    return begun.stored;
  }
}
