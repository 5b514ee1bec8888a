import { CaretakerError } from '../base/index.ts';

/** Why a frame was refused. Stable; a gateway and a cloud may run different versions. */
export type FrameFault =
  | 'READINGS_FRAME_MAGIC'
  | 'READINGS_FRAME_VERSION'
  | 'READINGS_FRAME_TRUNCATED'
  | 'READINGS_FRAME_TRAILING'
  | 'READINGS_FRAME_CHECKSUM'
  | 'READINGS_FRAME_TOO_LARGE'
  | 'READINGS_FRAME_MALFORMED'
  | 'READINGS_FRAME_VALUE';

export function frameError(code: FrameFault, message: string, cause?: unknown): CaretakerError {
  return new CaretakerError({ code, message }, cause === undefined ? undefined : { cause });
}

/** Largest body before compression, bytes: what one decode may allocate before it looks at anything. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Most readings in one frame: a reading takes some 100 bytes in memory but may take 4 in the body. */
export const MAX_READINGS = 100_000;
