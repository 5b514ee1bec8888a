import { CaretakerError, FaultsError, type Log } from '@caretaker/readings/base';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  isResponseSerializationError,
} from 'fastify-type-provider-zod';
import type { Problem } from '../contract/index.ts';
import { WaitError } from '../identity/attempts.ts';
import { Forbidden } from '../policy/access.ts';
import { RevisionConflict } from '../tickets/meets.ts';

/** HTTP status and title by code; a code that is not here is ours to mend. */
const known: Readonly<Record<string, readonly [status: number, title: string]>> = {
  CLOUD_NOT_FOUND: [404, 'Not found'],
  CLOUD_SIGN_IN_NEEDED: [401, 'Not signed in'],
  CLOUD_FORBIDDEN: [403, 'Not allowed'],
  CLOUD_TOKEN_READ_ONLY: [403, 'Not allowed'],
  CLOUD_CONFIRM_NEEDED: [403, 'Proof needed'],
  CLOUD_SIGN_IN_REFUSED: [401, 'Sign-in refused'],
  CLOUD_SIGN_IN_BUSY: [503, 'Too many sign-ins'],
  CLOUD_SECOND_FACTOR_REFUSED: [401, 'Code refused'],
  CLOUD_SECOND_FACTOR_STATE: [409, 'Second factor'],
  CLOUD_SECRET_SEALED: [500, 'Second factor cannot be read'],
  CLOUD_FIRST_CODE_REFUSED: [401, 'Code refused'],
  CLOUD_INVITE_REFUSED: [401, 'Code refused'],
  CLOUD_PASSWORD_UNFIT: [422, 'Password refused'],
  CLOUD_LOGIN_INVALID: [422, 'Login refused'],
  CLOUD_LOGIN_TAKEN: [409, 'Login taken'],
  CLOUD_NAME_INVALID: [422, 'Name refused'],
  CLOUD_GRANT_INVALID: [422, 'Role refused'],
  CLOUD_LAST_ADMINISTRATOR: [409, 'Last administrator'],
  CLOUD_PERSON_UNKNOWN: [404, 'Unknown person'],
  CLOUD_SESSION_UNKNOWN: [404, 'Unknown session'],
  CLOUD_TOKEN_UNKNOWN: [404, 'Unknown token'],
  CLOUD_TOKEN_INVALID: [422, 'Token refused'],
  CLOUD_TOKEN_SCOPE: [403, 'Not allowed'],
  CLOUD_ESTATE_UNKNOWN: [404, 'Unknown estate'],
  CLOUD_ESTATE_CHANGED: [409, 'Estate has changed'],
  CLOUD_ESTATE_OVERRIDES: [422, 'Limits refused'],
  DEVICES_ESTATE_INVALID: [422, 'Estate refused'],
  CLOUD_ASSET_UNKNOWN: [404, 'Unknown asset'],
  CLOUD_POINT_UNKNOWN: [404, 'Unknown point'],
  CLOUD_GATEWAY_UNKNOWN: [404, 'Unknown gateway'],
  CLOUD_DISCOVERY_UNKNOWN: [404, 'Unknown device'],
  CLOUD_DISCOVERY_DECIDED: [409, 'Taken in already'],
  CLOUD_DISCOVERY_NO_SUGGESTION: [422, 'Nothing recognised'],
  CLOUD_CREDENTIAL_EXISTS: [409, 'Name taken'],
  CLOUD_CREDENTIAL_ASSET: [422, 'Credential refused'],
  CLOUD_CREDENTIAL_PREFIX: [422, 'Credential refused'],
  CLOUD_CREDENTIAL_UNKNOWN: [404, 'Unknown credential'],
  CLOUD_ENROLMENT_REFUSED: [403, 'Enrolment refused'],
  CLOUD_SIGN_IN_WAIT: [429, 'Too many attempts'],
  CLOUD_TICKET_UNKNOWN: [404, 'Unknown ticket'],
  CLOUD_VERSION_UNKNOWN: [404, 'Unknown version'],
  CLOUD_VERSION_IN_FORCE: [409, 'In force already'],
  CLOUD_RESTATEMENT_PERIOD: [422, 'Out of reach'],
  CLOUD_EFFECTIVE_PAST: [422, 'In the past'],
  CLOUD_OVERRIDE_INVALID: [422, 'Limits refused'],
  CLOUD_BACKTEST_UNKNOWN: [404, 'Unknown backtest'],
  CLOUD_BACKTEST_PERIOD: [422, 'Nothing in this period'],
  CLOUD_BACKTEST_BUSY: [503, 'Too many backtests'],
  STANDARDS_INVALID: [422, 'Standard refused'],
  CLOUD_PLANNED_UNKNOWN: [404, 'Unknown planned work'],
  CLOUD_PLANNED_PAST: [422, 'In the past'],
  CLOUD_PLANNED_LENGTH: [422, 'Wrong length'],
  CLOUD_PLANNED_SCOPE: [422, 'About nothing'],
  CLOUD_PLANNED_OVER: [409, 'Over already'],
  CLOUD_REQUEST_INVALID: [400, 'Invalid request'],
  CLOUD_CURSOR_INVALID: [400, 'Invalid cursor'],
  CLOUD_KEY_MISSING: [400, 'Idempotency-Key missing'],
  CLOUD_KEY_REUSED: [422, 'Idempotency-Key used before'],
  CLOUD_TICKET_CHANGED: [409, 'Ticket has changed'],
  CLOUD_TICKET_FILTERS_FULL: [409, 'Too many filters'],
  CLOUD_TICKET_FILTER_UNKNOWN: [404, 'Unknown filter'],
  CLOUD_TICKET_REVISION: [422, 'No such revision'],
  CLOUD_TICKET_INCOMPLETE: [422, 'Something is missing'],
  CLOUD_TICKET_TIME: [422, 'Wrong time'],
  CLOUD_TICKET_PERSON: [422, 'Cannot be sent there'],
  CLOUD_TICKET_ITEM: [422, 'Unknown item'],
  CLOUD_TICKET_PLACE: [422, 'Another place'],
  CLOUD_TICKET_CODE_REFUSED: [422, 'Code refused'],
  CLOUD_TICKET_CONSENT: [409, 'No consent'],
  CLOUD_TICKET_SENSOR_DECIDES: [409, 'The sensor decides'],
  CLOUD_TICKET_SECOND_PERSON: [409, 'Needs a second person'],
  CLOUD_TICKET_UNPROVEN: [409, 'Not proven yet'],
  CLOUD_TICKET_STANDS: [409, 'Condition stands'],
  CLOUD_TICKET_FOLLOW_UP_OWED: [409, 'Follow-up owed'],
  CLOUD_TICKET_NOT_YOURS: [409, 'Not handed over to you'],
  CLOUD_TICKET_OTHER_OPEN: [409, 'Open elsewhere'],
  CLOUD_PLACE_CODE_UNKNOWN: [404, 'Unknown code'],
  CLOUD_TICKET_MOVE: [409, 'Not possible from this state'],
  CLOUD_FILE_TYPE: [415, 'File of another type'],
  CLOUD_FILE_CONTRADICTS: [422, 'Not what it is said to be'],
  CLOUD_FILE_TOO_LARGE: [413, 'File too large'],
  CLOUD_FILE_EMPTY: [422, 'File is empty'],
  CLOUD_FILE_BROKEN: [422, 'File is damaged'],
  CLOUD_FILE_POLYGLOT: [422, 'More than one file'],
  CLOUD_FILE_EXPANDS: [422, 'Too large to open'],
  CLOUD_FILE_ACTIVE: [422, 'File does something'],
  CLOUD_FILE_NAME: [422, 'Name refused'],
  CLOUD_FILE_TOO_MANY: [409, 'Too many files'],
  CLOUD_FILE_BUSY: [503, 'Too many uploads'],
  CLOUD_FILE_UNKNOWN: [404, 'Unknown file'],
  CLOUD_FILE_LOST: [500, 'File is lost'],
  CLOUD_FILE_STORE_UNAVAILABLE: [503, 'Store of files unavailable'],
  CLOUD_HOST_NOT_ALLOWED: [403, 'Host not allowed'],
  CLOUD_ORIGIN_NOT_ALLOWED: [403, 'Origin not allowed'],
  CLOUD_NOT_JSON: [415, 'Not JSON'],
  CLOUD_TOO_LARGE: [413, 'Request too large'],
  CLOUD_OIDC_OFF: [404, 'Not set up'],
  CLOUD_OIDC_EXPIRED: [400, 'Sign-in not begun here'],
  CLOUD_OIDC_INVALID: [400, 'Sign-in proves nothing'],
  CLOUD_OIDC_REFUSED: [403, 'Refused by the provider'],
  CLOUD_OIDC_NOT_LET_IN: [403, 'No account'],
  CLOUD_OIDC_LOGIN_TAKEN: [409, 'Login is taken'],
  CLOUD_OIDC_LINKED_ELSEWHERE: [409, 'Linked otherwise'],
  CLOUD_OIDC_ONLY_WAY: [409, 'Only way in'],
  CLOUD_OIDC_UNAVAILABLE: [503, 'Provider unavailable'],
  CLOUD_NOT_READY: [503, 'Not ready'],
  READINGS_STORE_UNAVAILABLE: [503, 'Readings store unavailable'],
};

export const statusOf = (code: string): number => known[code]?.[0] ?? 500;
export const titleOf = (code: string): string => known[code]?.[1] ?? 'Internal error';

const fastifyCodes: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'CLOUD_NOT_JSON',
  FST_ERR_CTP_BODY_TOO_LARGE: 'CLOUD_TOO_LARGE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'CLOUD_REQUEST_INVALID',
  FST_ERR_CTP_INVALID_JSON_BODY: 'CLOUD_REQUEST_INVALID',
};

/** RFC 9457 for one error; what is ours to mend says nothing of its inside. */
export function problemOf(error: unknown): Problem & Record<string, unknown> {
  if (error instanceof RevisionConflict) return { ...fromCode(error), current: error.current };
  if (error instanceof Forbidden) return { ...fromCode(error), needs: error.needs };
  if (error instanceof WaitError) return { ...fromCode(error), retryAfter: error.retryAfter };
  if (error instanceof FaultsError && error.code in known) {
    return { ...fromCode(error), faults: error.faults };
  }
  if (error instanceof CaretakerError && error.code in known) return fromCode(error);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.map(({ instancePath, message }) => ({
      where: `${error.validationContext ?? 'request'}${instancePath}`,
      message,
    }));
    const detail = faults.map(({ where, message }) => `${where}: ${message}`).join('; ');
    return { ...fromCode({ code: 'CLOUD_REQUEST_INVALID', message: detail }), faults };
  }
  const { code, statusCode, message } = error as Partial<FastifyError>;
  const ours = fastifyCodes[code ?? ''];
  if (ours !== undefined) return fromCode({ code: ours, message: message ?? '' });
  if (statusCode !== undefined && statusCode < 500) {
    return {
      ...fromCode({ code: 'CLOUD_REQUEST_INVALID', message: message ?? '' }),
      status: statusCode,
    };
  }
  return {
    type: 'about:blank',
    title: 'Internal error',
    status: 500,
    detail: 'Something went wrong in the cloud; its log says what.',
    code: 'CLOUD_INTERNAL',
  };
}

function fromCode(fault: { code: string; message: string; next?: string | undefined }): Problem {
  const { code, message: detail, next } = fault;
  const problem = {
    type: 'about:blank',
    title: titleOf(code),
    status: statusOf(code),
    detail,
    code,
  };
  return next === undefined ? problem : { ...problem, next };
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  if ('retryAfter' in problem) {
    reply.header('retry-after', Math.ceil(Number(problem.retryAfter) / 1000));
  }
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(problem);
}

/** Every error leaves as problem details. */
export function handleProblems(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) {
      const cause = isResponseSerializationError(error) ? error.cause.issues : undefined;
      // A query may hold what nobody else is to read, such as the code of a sign-in.
      const path = request.url.split('?', 1)[0];
      log.error({ path, error: String(error), cause }, 'a request failed');
    }
    return sendProblem(reply, problem);
  });
}

/** @param what such as `No such page` */
export function notFound(what: string): CaretakerError {
  return new CaretakerError({ code: 'CLOUD_NOT_FOUND', message: what, next: 'See /docs.' });
}
