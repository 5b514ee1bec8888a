import { serverClock } from '../time/server-clock.ts';
import { url } from './client.ts';
import { doors } from './doors.ts';
import { problemOf, unreachable } from './problem.ts';

/** `fetch` does not tell how much of a body has been sent. */
function attempt(
  target: string,
  body: Blob,
  onShare: (share: number) => void,
  signal: AbortSignal | undefined,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', target);
    request.setRequestHeader('accept', 'application/json');
    // What it is, the service finds in the content: browsers guess it from the name.
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total }) => onShare(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      serverClock.hearDate(request.getResponseHeader('date'));
      const after = request.getResponseHeader('retry-after');
      const headers = after === null ? {} : { 'retry-after': after };
      resolve(new Response(request.responseText, { status: request.status, headers }));
    };
    request.onerror = () => reject(unreachable(new TypeError('The upload was cut off.')));
    request.onabort = () => reject(unreachable(signal?.reason));
    signal?.addEventListener('abort', () => request.abort());
    request.send(body);
  });
}

/** Refused, signed in again, refused for want of the password, confirmed: no more than that. */
const mostTries = 3;

/**
 * Sends one file as it is.
 * @param onShare told how much is sent, from 0 to 1
 * @throws ProblemError with the service's stable code.
 */
export async function upload<T>(
  path: string,
  query: Readonly<Record<string, string>>,
  body: Blob,
  onShare: (share: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const answer = await attempt(url(path, query), body, onShare, signal);
    if (answer.ok) return (await answer.json()) as T;
    const error = await problemOf(answer);
    if (tries === mostTries || !(await doors.mayRepeat(error, 'POST'))) throw error;
  }
}
