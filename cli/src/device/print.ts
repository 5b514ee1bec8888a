import { topicsOf as mappedTopics } from '@caretaker/devices/decode';
import { kinds } from '@caretaker/devices/kinds';
import type { Estate } from '@caretaker/devices/model';
import { type Credential, eventsRoot, type Issued } from '@caretaker/edge/access';
import { renderUnicodeCompact } from 'uqr';

/** Where the devices of a gateway connect. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly estate: Estate;
}

/** A credential with its secret, for a person: shown this once. */
export function issuedLines(issued: Issued, place: Place, qr: boolean): string[] {
  const { credential, secret } = issued;
  const topics = topicsOf(credential, place.estate);
  const rows: [string, string][] = [
    ['host', place.host],
    ['port', String(place.port)],
    ['user', credential.id],
    ['password', secret],
    ...topics.map((topic, index): [string, string] => [index === 0 ? 'topic' : '', topic]),
  ];
  const old = credential.secrets[1]?.until;
  return [
    `The ${credential.kind} "${credential.id}". Its password is shown only now:`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(9)} ${value}`),
    '',
    ...(old === undefined || old === null
      ? []
      : [`The password before it stays good until ${new Date(old).toISOString()}.`, '']),
    'Try it:',
    `  ${tryLine(issued, place)}`,
    ...(qr ? ['', renderUnicodeCompact(urlOf(issued, place), { border: 2 })] : []),
  ];
}

/** The same for a program, one JSON object. */
export function issuedJson(issued: Issued, place: Place): string {
  const { credential, secret } = issued;
  return JSON.stringify({
    id: credential.id,
    kind: credential.kind,
    host: place.host,
    port: place.port,
    user: credential.id,
    password: secret,
    topics: topicsOf(credential, place.estate),
    url: urlOf(issued, place),
    try: tryLine(issued, place),
    oldUntil: credential.secrets[1]?.until ?? null,
  });
}

export function listLines(credentials: readonly Credential[], now: number): string[] {
  if (credentials.length === 0) {
    return ['No device has a credential yet: caretaker device add <asset>'];
  }
  const rows = credentials.map((one) => [
    one.id,
    one.kind,
    one.kind === 'bridge' ? `${one.prefix}/#` : one.assets.join(', '),
    new Date(one.created).toISOString().slice(0, 10),
    stateOf(one, now),
  ]);
  const all = [['name', 'kind', 'speaks for', 'since', 'state'], ...rows];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `rotating` while an old secret is still good. */
export function stateOf(credential: Credential, now: number): 'good' | 'rotating' | 'revoked' {
  if (credential.revoked !== null) return 'revoked';
  const rotating = credential.secrets.some(({ until }) => until !== null && now < until);
  return rotating ? 'rotating' : 'good';
}

/** What it may publish to: the topics that are mapped, then our own. */
function topicsOf(credential: Credential, estate: Estate): string[] {
  if (credential.kind === 'bridge') return [`${credential.prefix}/#`];
  const mine = new Set(credential.assets);
  const mapped = estate.mappings
    .filter(({ asset }) => mine.has(asset))
    .flatMap((mapping) => mappedTopics(mapping, estate));
  return [...mapped, ...credential.assets.map((asset) => `caretaker/${asset}`)];
}

/** The way of writing that most MQTT programs read; there is no standard one. */
function urlOf({ credential, secret }: Issued, { host, port }: Place): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `mqtt://${credential.id}:${secret}@${name}:${port}`;
}

function tryLine({ credential, secret }: Issued, { host, port, estate }: Place): string {
  if (credential.kind === 'bridge' && credential.prefix === eventsRoot) {
    const who = `-u ${credential.id} -P ${secret}`;
    return `mosquitto_sub -h ${host} -p ${port} ${who} -v -t '${eventsRoot}/#'`;
  }
  const [topic, message] =
    credential.kind === 'bridge'
      ? [`${credential.prefix}/test`, 'hello']
      : [`caretaker/${credential.assets[0]}`, exampleOf(credential.assets[0], estate)];
  const from = `mosquitto_pub -h ${host} -p ${port} -u ${credential.id} -P ${secret}`;
  return `${from} -q 1 -t ${topic} -m '${message}'`;
}

/** A message that the decoder takes: the first point of the asset with a value that it can have. */
function exampleOf(id: string | undefined, estate: Estate): string {
  const asset = estate.assets.find((one) => one.id === id);
  const first = asset?.points[0]?.metric;
  const metric = first === undefined ? undefined : kinds[asset?.kind ?? '']?.metrics[first];
  if (metric === undefined) return '{}';
  const [low, high] = metric.range ?? [0, 0];
  const value =
    metric.type === 'number'
      ? Math.round((low + high) / 2)
      : metric.type === 'flag'
        ? false
        : (metric.states?.[0] ?? '');
  return JSON.stringify({ [metric.id]: value });
}
