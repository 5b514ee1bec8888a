import type { Problem } from '@caretaker/cloud/contract';

/** Why a request failed: the service's own problem document, or ours when it gave none. */
export class ProblemError extends Error {
  readonly problem: Problem;
  /** The body of the answer, for problems that carry more than the standard fields. */
  readonly body: unknown;
  /** Milliseconds until another attempt is looked at; 0 unless the service said so. */
  readonly retryAfter: number;

  constructor(
    problem: Problem,
    body: unknown = problem,
    options: { cause?: unknown; retryAfter?: number } = {},
  ) {
    super(problem.detail, options);
    this.name = 'ProblemError';
    this.problem = problem;
    this.body = body;
    this.retryAfter = options.retryAfter ?? 0;
  }
}

/** The service did not answer at all. */
export function unreachable(cause: unknown): ProblemError {
  const problem: Problem = {
    type: 'about:blank',
    title: 'No answer',
    status: 0,
    detail: 'The service does not answer.',
    code: 'WEB_UNREACHABLE',
  };
  return new ProblemError(problem, problem, { cause });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}

/** The problem of an answer that is not 2xx. */
export async function problemOf(answer: Response): Promise<ProblemError> {
  const body: unknown = await answer.json().catch(() => null);
  const seconds = Number(answer.headers.get('retry-after') ?? 0);
  const retryAfter = Number.isFinite(seconds) ? seconds * 1000 : 0;
  if (isProblem(body)) return new ProblemError(body, body, { retryAfter });
  return new ProblemError({
    type: 'about:blank',
    title: answer.statusText,
    status: answer.status,
    detail: `The service answered ${answer.status} without a reason.`,
    code: 'WEB_BAD_ANSWER',
  });
}

/** What to print for any error: its stable code and its sentence. */
export function problemIn(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return unreachable(error).problem;
}
