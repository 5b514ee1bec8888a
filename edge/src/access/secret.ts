import { timingSafeEqual } from 'node:crypto';

// The cloud makes secrets of the same kind. The gateway's own lie beside one key in another file, so that a copy of
// the list alone tells nothing.
export {
  deviceDigest as digestOf,
  newDeviceSalt as newPepper,
  newDeviceSecret as newSecret,
} from '@caretaker/readings/secrets';

/** Compares two digests in a time that does not tell where they differ. */
export function sameDigest(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
