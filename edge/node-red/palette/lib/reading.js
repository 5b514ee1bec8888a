'use strict';

const ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;
/** Times below are seconds, or those of another era. */
const EARLIEST_MS = 1e11;
const WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$/;

/** Why a message is no reading, or was not acknowledged; `key` names the text for it. */
class ReadingError extends Error {
  constructor(key, about = '') {
    super(key);
    this.key = key;
    this.about = about;
  }
}

/**
 * What a message becomes on the broker of a gateway.
 * @param msg a message of Node-RED
 * @param config `asset` and `metric` as they were set in the node, either may be empty; `stamp` to give the time of
 *   this machine to a message without one
 * @param now UTC epoch milliseconds
 * @returns the topic and the text to publish
 * @throws ReadingError
 */
function publicationOf(msg, config, now) {
  const asset = idOf(config.asset || msg.asset, 'asset');
  const metric = config.metric || msg.metric;
  const given = metric ? { [idOf(metric, 'metric')]: msg.payload } : objectOf(msg.payload);
  const { at: ofPayload, ...values } = given;
  if (Object.keys(values).length === 0) throw new ReadingError('empty');
  for (const [name, value] of Object.entries(values)) check(idOf(name, 'metric'), value);
  const at = timeOf(msg.at ?? ofPayload) ?? (config.stamp ? now : undefined);
  return {
    topic: `caretaker/${asset}`,
    payload: JSON.stringify(at === undefined ? values : { at, ...values }),
  };
}

function idOf(value, what) {
  if (typeof value === 'string' && ID.test(value)) return value;
  throw new ReadingError(what, nameOf(value));
}

/** What is shown of something that is not what it should be. */
function nameOf(value) {
  return typeof value === 'object' ? typeof value : String(value ?? '');
}

function objectOf(payload) {
  const plain = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  if (plain && !Buffer.isBuffer(payload)) return payload;
  throw new ReadingError('payload');
}

function check(metric, value) {
  if (typeof value === 'boolean' || typeof value === 'string') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  throw new ReadingError('value', metric);
}

/** @returns UTC epoch milliseconds; undefined when there is no time */
function timeOf(given) {
  if (given === undefined || given === null || given === '') return undefined;
  const ms = given instanceof Date ? given.getTime() : written(given);
  if (Number.isFinite(ms) && ms >= EARLIEST_MS) return Math.round(ms);
  throw new ReadingError('at', nameOf(given));
}

function written(given) {
  if (typeof given === 'number') return given;
  // Without an offset the same text is another time on each machine.
  return typeof given === 'string' && WITH_OFFSET.test(given) ? Date.parse(given) : Number.NaN;
}

module.exports = { publicationOf, ReadingError };
