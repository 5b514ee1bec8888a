import { z } from 'zod';
import { idSchema, instantSchema } from './common.ts';

export const roleSchema = z.enum(['viewer', 'technician', 'engineer', 'manager', 'administrator']);

/** Estates that something holds for: all there are and will be, or these. */
export const scopeSchema = z.union([z.literal('all'), z.array(idSchema).max(1000)]);
export const grantSchema = z.object({ role: roleSchema, estates: scopeSchema });
export const grantsSchema = z.array(grantSchema).max(20);

/** Everything that can be allowed; which role may what is said in one table of the cloud. */
export const actionSchema = z.enum([
  'look',
  'ticket.act',
  'ticket.direct',
  'planned.change',
  'limit.change',
  'standard.change',
  'backtest.run',
  'device.look',
  'gateway.manage',
  'estate.change',
  'people.manage',
  'audit.read',
  'operate',
  'self',
]);
export type Action = z.infer<typeof actionSchema>;

/** `GET /api/session`: who asks, and what they may do where. */
export const sessionSchema = z.object({
  /** `half`: the second factor is still to come. */
  state: z.enum(['none', 'half', 'full']),
  /** There is no administrator yet: the code that the cloud printed makes the first. */
  first: z.boolean(),
  /** Sign-in with the company's own accounts, by the name that it goes by. */
  oidc: z.object({ name: z.string() }).nullable(),
  person: z.object({ id: z.string(), login: z.string(), name: z.string() }).nullable(),
  token: z.object({ id: z.string() }).nullable(),
  grants: z.array(grantSchema),
  may: z.partialRecord(actionSchema, scopeSchema),
  /** Which roles do something, to name them to whoever may not; empty unless `full`. */
  roles: z.partialRecord(actionSchema, z.array(roleSchema)),
  /** When the person last proved who they are. */
  confirmed: instantSchema.nullable(),
  secondFactor: z.boolean(),
});
export type SessionInfo = z.infer<typeof sessionSchema>;

const password = z.string().min(1).max(4096);
const code = z.string().min(1).max(200);

/** `POST /api/session`. */
export const signInSchema = z.strictObject({ login: z.string().min(1).max(500), password });
/** `POST /api/session/code` and `/link`, `POST /api/account/second-factor/confirm`. */
export const codeSchema = z.strictObject({ code });
/** `POST /api/session/confirm`. */
export const confirmSchema = z.strictObject({ password });
/** `POST /api/first`. */
export const firstSchema = z.strictObject({
  code,
  login: z.string().min(1).max(500),
  name: z.string().min(1).max(500),
  password,
});
/** `POST /api/invite`: a person sets the password of an account made for them. */
export const takeInviteSchema = z.strictObject({ code, password });

/** `GET /api/account`. */
export const accountSchema = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string(),
  grants: z.array(grantSchema),
  /** False for people who sign in elsewhere. */
  hasPassword: z.boolean(),
  sessions: z.array(
    z.object({
      id: z.string(),
      address: z.string(),
      agent: z.string(),
      started: instantSchema,
      lastUsed: instantSchema,
      current: z.boolean(),
    }),
  ),
  secondFactor: z.object({ on: z.boolean(), recoveryLeft: z.int() }),
});
export type Account = z.infer<typeof accountSchema>;

/** `POST /api/account/password`. */
export const newPasswordSchema = z.strictObject({ old: password, wanted: password });
/** `POST /api/account/name`. */
export const renameSchema = z.strictObject({ name: z.string().min(1).max(500) });
/** The secret of an authenticator app, and the address that a QR code of it carries. */
export const factorSecretSchema = z.object({ secret: z.string(), uri: z.string() });
/** Each good once; shown once. */
export const recoverySchema = z.object({ recovery: z.array(z.string()) });

export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  grants: z.array(grantSchema),
  readOnly: z.boolean(),
  created: instantSchema,
  expires: instantSchema,
  lastUsed: instantSchema.nullable(),
  revoked: instantSchema.nullable(),
});
export type Token = z.infer<typeof tokenSchema>;
export const newTokenSchema = z.strictObject({
  name: z.string().min(1).max(500),
  grants: grantsSchema.min(1),
  readOnly: z.boolean().default(false),
  expires: instantSchema,
});
/** Shown once. */
export const issuedTokenSchema = z.object({ id: z.string(), token: z.string() });

export const personSchema = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string(),
  grants: z.array(grantSchema),
  created: instantSchema,
  disabled: instantSchema.nullable(),
  erased: instantSchema.nullable(),
  secondFactor: z.boolean(),
});
export type Person = z.infer<typeof personSchema>;
export const newPersonSchema = z.strictObject({
  login: z.string().min(1).max(500),
  name: z.string().min(1).max(500),
  grants: grantsSchema,
});
/** With the code by which the person sets a password, shown once. */
export const invitedSchema = z.object({
  person: personSchema,
  invite: z.object({ code: z.string(), expires: instantSchema }),
});
export type Invited = z.infer<typeof invitedSchema>;
/** `PATCH /api/people/{id}`. */
export const personChangeSchema = z.strictObject({
  name: z.string().min(1).max(500).optional(),
  grants: grantsSchema.optional(),
  disabled: z.boolean().optional(),
});

/** `GET /api/oidc/link`: whether one's account is linked to that of one's company. */
export const companyLinkSchema = z.object({ name: z.string(), linked: instantSchema.nullable() });
export type CompanyLink = z.infer<typeof companyLinkSchema>;
/** `POST /api/oidc/link`: the page comes back to `return`, a path of ours. */
export const companyLinkRequestSchema = z.strictObject({ return: z.string().max(500).optional() });
/** Where the browser is to go. */
export const companyBegunSchema = z.object({ location: z.string() });
export type CompanyBegun = z.infer<typeof companyBegunSchema>;

/** One row of the audit log. */
export const auditRowSchema = z.object({
  number: z.int(),
  at: instantSchema,
  actor: z.object({
    /** `person`, `token`, `gateway`, `system`, `nobody`. */
    kind: z.string(),
    id: z.string().nullable(),
    /** Of a person, or of a token's owner, who is not erased. */
    name: z.string().nullable(),
  }),
  action: z.string(),
  object: z.string(),
  /** Null when it was erased. */
  detail: z.record(z.string(), z.unknown()).nullable(),
});
export type AuditRow = z.infer<typeof auditRowSchema>;
export const auditStateSchema = z.object({
  rows: z.int(),
  head: z.object({ number: z.int(), at: instantSchema, hash: z.string() }).nullable(),
  /** The newest row that was noted outside the database. */
  noted: z.object({ at: instantSchema, number: z.int() }).nullable(),
});
export type AuditState = z.infer<typeof auditStateSchema>;
