/** What an entry tells beside who, what and when: what JSON can say. */
export type Detail = Readonly<Record<string, unknown>>;

const redacted = '[redacted]';
/** What was left out of a text or list that is too long. */
const cut = '…';
const longestText = 2_000;
const longestList = 1_000;
const deepest = 8;

/** Names whose value is a secret, whatever it is; compared without case and separators. */
const secretNames =
  /passw|passphrase|secret|token|authori[sz]ation|cookie|credential|apikey|privatekey|signature|challenge|otp|recovery|pincode|onetimecode|enrol(?:l)?mentcode|phc|salt|hash/;
const secretWords = new Set([
  'key',
  'pin',
  'code',
  'codes',
  'pwd',
  'auth',
  'bearer',
  'psk',
  'jwt',
  'seed',
]);
/** Such a name is about a secret and not the secret: `tokenId`, `tokenName`, `passwordChanged`. */
const aboutSecret = /(?:id|ids|name|kind|count|changed|expires|created|lastused|left)$/;

/** Values that are secrets under any name, alone or within a text. */
const secretValues: readonly RegExp[] = [
  /\bctk_[\w-]{8,}/g,
  /\$argon2(?:id|i|d)\$[^\s"']+/g,
  /\$(?:scrypt|pbkdf2|2[aby])\$[^\s"']+/g,
  /\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi,
  /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\botpauth:\/\/\S+/gi,
];
const passwordInUrl = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/]+@/gi;

/**
 * What may be kept of a detail: secrets are replaced, by the name they stand under and by their look; texts and lists
 * have an end. The log is read by many and kept for years, so nothing that opens a door may be in it.
 */
export function redact(detail: Detail): Detail {
  return redactFields(detail, 0);
}

function redactFields(detail: Detail, depth: number): Detail {
  const kept: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(detail)) {
    kept[redactText(name)] =
      isSecretName(name) && mayHide(value) ? redacted : redactValue(value, depth);
  }
  return kept;
}

/** Flags and nothing hide no secret: `{ password: true }` says that it was changed. */
function mayHide(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'boolean';
}

function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (secretWords.has(plain)) return true;
  return secretNames.test(plain) && !aboutSecret.test(plain);
}

/** JSON leaves out what becomes undefined. */
function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return undefined;
  if (depth >= deepest) return cut;
  if (ArrayBuffer.isView(value)) return redacted;
  if (value instanceof Date) return value.toJSON();
  if (!Array.isArray(value)) return redactFields(value as Detail, depth + 1);
  const kept = value.slice(0, longestList).map((one) => redactValue(one, depth + 1));
  return value.length > longestList ? [...kept, cut] : kept;
}

function redactText(text: string): string {
  // Secrets first: half of one, left by cutting, would not be known as one.
  let kept = text.replace(passwordInUrl, `$1${redacted}@`);
  for (const pattern of secretValues) kept = kept.replace(pattern, redacted);
  if (kept.length > longestText) kept = `${kept.slice(0, longestText)}${cut}`;
  return kept.toWellFormed();
}
