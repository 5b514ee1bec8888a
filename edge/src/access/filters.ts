/** Longest topic and most levels that anybody may name; no device comes near either. */
const MOST_CHARACTERS = 512;
const MOST_LEVELS = 32;

/** Whether a topic may be published to at all: no wildcards, and none of the broker's own. */
export function isTopic(topic: string): boolean {
  return isSane(topic) && !topic.includes('+') && !topic.includes('#');
}

/** Whether a filter may be subscribed to at all: `#` only at its end, `+` only as a level [MQTT-4.7.1-2, -3]. */
export function isFilter(filter: string): boolean {
  if (!isSane(filter)) return false;
  const levels = filter.split('/');
  return levels.every((level, index) => {
    if (level.includes('#')) return level === '#' && index === levels.length - 1;
    return !level.includes('+') || level === '+';
  });
}

/** `$SYS`, `$share` and whatever else begins so belong to the broker. */
function isSane(text: string): boolean {
  return (
    text !== '' &&
    text.length <= MOST_CHARACTERS &&
    !text.startsWith('$') &&
    !text.includes('\0') &&
    text.split('/', MOST_LEVELS + 1).length <= MOST_LEVELS
  );
}

/** Whether a filter takes a topic [MQTT-4.7.1]. A wildcard at the start takes no topic that begins with `$`. */
export function matches(filter: string, topic: string): boolean {
  return takes(filter.split('/'), topic.split('/'));
}

function takes(wanted: readonly string[], levels: readonly string[]): boolean {
  if (levels[0]?.startsWith('$') === true && isWild(wanted[0])) return false;
  for (const [index, name] of wanted.entries()) {
    if (name === '#') return true;
    const level = levels[index];
    if (level === undefined || (name !== '+' && name !== level)) return false;
  }
  return wanted.length === levels.length;
}

function isWild(level: string | undefined): boolean {
  return level === '+' || level === '#';
}

/** Whether some topic is taken by both filters. */
export function overlap(one: string, other: string): boolean {
  const a = one.split('/');
  const b = other.split('/');
  const dollar = (levels: readonly string[]) => levels[0]?.startsWith('$') === true;
  if ((dollar(a) && isWild(b[0])) || (dollar(b) && isWild(a[0]))) return false;
  for (let index = 0; ; index += 1) {
    const left = a[index];
    const right = b[index];
    // `a/#` takes `a` itself, too, so the rest of the other one may be anything, or nothing.
    if (left === '#' || right === '#') return true;
    if (left === undefined || right === undefined) return left === right;
    if (left !== right && left !== '+' && right !== '+') return false;
  }
}

/**
 * Whether everything that `filter` can take is taken by one of `allowed`, exactly.
 *
 * Decided on witnesses: topics of the filter with a name in place of each wildcard that no filter can spell.
 * What takes a witness has a wildcard wherever the filter has one, and so takes every topic of the same number
 * of levels. `#` stands for every number of levels; beyond the longest of `allowed` only another `#` can take
 * the witness, and that one takes the deeper ones as well.
 */
export function covers(allowed: readonly string[], filter: string): boolean {
  const wanted = filter.split('/');
  const lists = allowed.map((one) => one.split('/'));
  const open = wanted.at(-1) === '#';
  const fixed = (open ? wanted.slice(0, -1) : wanted).map((level) =>
    level === '+' ? '\0' : level,
  );
  const deepest = open ? Math.max(fixed.length, ...lists.map((levels) => levels.length)) + 1 : 0;
  const witness = [...fixed];
  // A lone `#` takes no topic without levels.
  if (witness.length === 0) witness.push('\0');
  for (;;) {
    if (!lists.some((levels) => takes(levels, witness))) return false;
    if (witness.length >= deepest) return true;
    witness.push('\0');
  }
}
