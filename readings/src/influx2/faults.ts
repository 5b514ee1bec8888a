import { HttpError } from '@influxdata/influxdb-client';
import { CaretakerError } from '../base/index.ts';

/** Where the server is and what we use there: fit for a log. */
export interface Server {
  readonly address: string;
  readonly organisation: string;
  readonly bucket: string;
}

/** What the client or the server said. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim() || 'no connection';
}

/** What the client or the server said, as an error of ours. Codes of the API: 400 to 422 need somebody to act. */
export function influxError(cause: unknown, server: Server): CaretakerError {
  if (cause instanceof CaretakerError) return cause;
  const status = cause instanceof HttpError ? cause.statusCode : null;
  const said = messageOf(cause);
  if (status === 401 || status === 403) {
    return unavailable(
      `InfluxDB refuses our token: ${said}`,
      `Correct INFLUX2_TOKEN: it must read and write ${server.bucket} and ${server.bucket}_hourly.`,
      server,
      cause,
    );
  }
  if (status === 404) {
    return unavailable(
      `InfluxDB does not find the organisation or bucket: ${said}`,
      'Correct INFLUX2_ORG and INFLUX2_BUCKET, or make the bucket.',
      server,
      cause,
    );
  }
  // 429: too many requests.
  if (status !== null && status < 500 && status !== 429) {
    return new CaretakerError(
      {
        code: 'READINGS_STORE_REFUSED',
        message: `InfluxDB will not keep or answer this: ${said}`,
        next: 'Lift the limit it names, then it goes on.',
        where: server.address,
      },
      { cause },
    );
  }
  return unavailable(
    `InfluxDB does not answer: ${said}`,
    'Check that it runs and that INFLUX2_URL names it; nothing is lost, and writing goes on by itself.',
    server,
    cause,
  );
}

export function unavailable(
  message: string,
  next: string,
  { address }: Server,
  cause?: unknown,
): CaretakerError {
  return new CaretakerError(
    { code: 'READINGS_STORE_UNAVAILABLE', message, next, where: address },
    cause === undefined ? undefined : { cause },
  );
}
