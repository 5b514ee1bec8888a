import { CaretakerError } from '../base/index.ts';

/** Where the server is, without its password: fit for a log. */
export interface Server {
  readonly address: string;
  readonly database: string;
}

/** The error arrives as JSON in a message. */
function unescaped(message: string): string {
  return message.replaceAll('\\"', '"').trim();
}

/** What the client or the server said. */
export function messageOf(error: unknown): string {
  return unescaped(error instanceof Error ? error.message : String(error));
}

/** What the client or the server said, as an error of ours. */
export function influxError(cause: unknown, { address, database }: Server): CaretakerError {
  if (cause instanceof CaretakerError) return cause;
  const status = (cause as { res?: { statusCode?: number } }).res?.statusCode;
  const said = messageOf(cause);
  if (status === 401 || status === 403) {
    return unavailable(
      `InfluxDB refuses our user: ${said}`,
      'Correct the user and password in INFLUX_URL, and grant it the database.',
      address,
      cause,
    );
  }
  if (status === 404) {
    return unavailable(
      `InfluxDB has no database "${database}" any more: ${said}`,
      'Start again: the database is created at start.',
      address,
      cause,
    );
  }
  if (status !== undefined && status < 500) {
    return new CaretakerError(
      {
        code: 'READINGS_STORE_REFUSED',
        message: `InfluxDB will not keep or answer this: ${said}`,
        next: 'Lift the limit it names (retention policy, series or values per tag), then it goes on.',
        where: address,
      },
      { cause },
    );
  }
  return unavailable(
    `InfluxDB does not answer: ${said || 'no connection'}`,
    'Check that it runs and that INFLUX_URL names it; nothing is lost, and writing goes on by itself.',
    address,
    cause,
  );
}

export function unavailable(
  message: string,
  next: string,
  where: string,
  cause?: unknown,
): CaretakerError {
  return new CaretakerError(
    { code: 'READINGS_STORE_UNAVAILABLE', message, next, where },
    cause === undefined ? undefined : { cause },
  );
}
