'use strict';

const MOST_CHARACTERS = 262144;

/** The words of a list as a person types it: `north-gate, pool`. */
function listOf(text) {
  return String(text ?? '')
    .split(/[\s,;]+/)
    .filter((word) => word !== '');
}

/**
 * What a node lets through.
 * @param wanted lists by the name of a field; an empty one takes everything
 * @returns a function that says whether something with these fields is wanted
 */
function filterOf(wanted) {
  const rules = Object.entries(wanted)
    .filter(([, words]) => words.length > 0)
    .map(([name, words]) => [name, new Set(words)]);
  return (event) => rules.every(([name, words]) => words.has(String(event[name])));
}

/**
 * An event as the gateway published it.
 * @returns null for what is none: the empty message that takes a retained one away, or a foreign one
 */
function eventOf(payload) {
  if (payload.length === 0 || payload.length > MOST_CHARACTERS) return null;
  try {
    const event = JSON.parse(payload.toString('utf8'));
    return typeof event === 'object' && event !== null && !Array.isArray(event) ? event : null;
  } catch {
    return null;
  }
}

module.exports = { eventOf, filterOf, listOf };
