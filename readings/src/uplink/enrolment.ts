import { z } from 'zod';

/** For whom a gateway's tokens are, so that none works anywhere else. */
export const uplinkAudience = 'caretaker-uplink';

const key = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'expected 32 bytes in base64url');
const signature = z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'expected 64 bytes in base64url');

/** A gateway's one-time code with its new public key, and that key's signature over `enrolmentText`. */
export const enrolRequestSchema = z.strictObject({
  code: z.string().max(64),
  publicKey: key,
  proof: signature,
});
export type EnrolRequest = Readonly<z.infer<typeof enrolRequestSchema>>;

/** A new public key in place of the present one; the proof signs `enrolmentTextOfRotation`. */
export const rotateRequestSchema = z.strictObject({ publicKey: key, proof: signature });
export type RotateRequest = Readonly<z.infer<typeof rotateRequestSchema>>;

/** Who the gateway is from now on. */
export const enrolAnswerSchema = z.object({
  gateway: z.string(),
  estate: z.string(),
  /** Name of the key, for the `kid` of its tokens. */
  key: z.string(),
  /** The cloud's clock, UTC epoch milliseconds. */
  at: z.number(),
  /** The public key that the cloud signs configuration with; absent from clouds that send none. */
  bundleKey: key.optional(),
});
export type EnrolAnswer = Readonly<z.infer<typeof enrolAnswerSchema>>;

/** What the proof of an enrolment signs. */
export function enrolmentText(code: string, publicKey: string): string {
  return `caretaker enrolment\n${code}\n${publicKey}`;
}

/** What the proof of a rotation signs. */
export function enrolmentTextOfRotation(gateway: string, publicKey: string): string {
  return `caretaker rotation\n${gateway}\n${publicKey}`;
}
