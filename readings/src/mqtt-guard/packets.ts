/**
 * Counts MQTT packets in a stream by their fixed headers (MQTT 3.1.1 §2.2), across chunk borders. What is malformed
 * has been refused before by `HeaderScan`.
 */
export class PacketCount {
  #inLength = false;
  #length = 0;
  #factor = 1;
  #left = 0;

  /**
   * Walks until `most` packets have ended, or to the end of the chunk.
   * @returns packets that ended, and bytes walked over
   */
  walk(chunk: Uint8Array, most: number): { packets: number; bytes: number } {
    let at = 0;
    let packets = 0;
    while (at < chunk.length && packets < most) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, chunk.length - at);
        at += step;
        this.#left -= step;
        if (this.#left === 0) packets += 1;
      } else if (this.#inLength) {
        const byte = chunk[at] as number;
        at += 1;
        if (this.#lengthByte(byte)) packets += 1;
      } else {
        at += 1;
        this.#inLength = true;
        this.#length = 0;
        this.#factor = 1;
      }
    }
    return { packets, bytes: at };
  }

  /** @returns whether the packet ended with it, because nothing follows */
  #lengthByte(byte: number): boolean {
    this.#length += (byte & 0x7f) * this.#factor;
    this.#factor *= 128;
    if ((byte & 0x80) !== 0) return false;
    this.#inLength = false;
    this.#left = this.#length;
    return this.#left === 0;
  }
}
