'use strict';

const { randomBytes } = require('node:crypto');
const { EventEmitter } = require('node:events');
const mqtt = require('mqtt');
const { ReadingError } = require('./reading.js');

const RETRY_MS = 1_000;
const RECONNECT_MS = 2_000;
const CONNECT_MS = 10_000;
/** Readings that wait for the gateway at a time; more are refused, so that memory stays bounded. */
const MOST_WAITING = 1_000;
/** Events that are remembered, to tell after a break of the connection what is new, and what is gone. */
const MOST_REMEMBERED = 2_000;
/** So long after a subscription the broker has told everything that is retained. */
const RETOLD_MS = 3_000;

/**
 * The one connection of a Node-RED to the broker of a gateway, shared by all nodes that name it.
 *
 * Emits `state` with `connecting`, `connected`, `refused` or `lost`.
 */
class Connection extends EventEmitter {
  /** @param settings `url`, `user`, `password`; both may be empty */
  constructor(settings) {
    super();
    this.setMaxListeners(0);
    this.settings = settings;
    this.state = 'connecting';
    this.client = null;
    this.waiting = 0;
    this.closed = false;
    this.subscribers = new Set();
    this.remembered = new Map();
    /** Topics that were told since the connection was made. */
    this.told = new Set();
  }

  /** Connects; more than once is harmless. */
  open() {
    if (this.client !== null || this.closed) return;
    const { url, user, password } = this.settings;
    const client = mqtt.connect(url, {
      ...(user ? { username: user, password } : {}),
      clientId: `node-red-${randomBytes(6).toString('hex')}`,
      clean: true,
      reconnectPeriod: RECONNECT_MS,
      connectTimeout: CONNECT_MS,
      // Ours, because filters belong to nodes that come and go.
      resubscribe: false,
    });
    this.client = client;
    client.on('connect', () => this.connected());
    client.on('close', () => this.tell(this.state === 'refused' ? 'refused' : 'lost'));
    client.on('reconnect', () => this.tell(this.state === 'refused' ? 'refused' : 'connecting'));
    // By the codes of CONNACK [MQTT-3.2.2-4]: bad user name or password, not authorized.
    client.on('error', (error) =>
      this.tell(error.code === 4 || error.code === 5 ? 'refused' : 'lost'),
    );
    client.on('message', (topic, payload, packet) => this.heard(topic, payload, packet.retain));
  }

  connected() {
    this.tell('connected');
    this.told = new Set();
    for (const filter of new Set([...this.subscribers].map((one) => one.filter))) {
      this.ask(filter);
    }
  }

  ask(filter) {
    this.client.subscribe(filter, { qos: 1 }, (error, granted) =>
      this.granted(filter, error, granted),
    );
  }

  granted(filter, error, granted) {
    // The refusal of a filter is 128 [MQTT-3.9.3].
    const refused = error !== null || granted?.some(({ qos }) => qos > 2);
    for (const one of this.subscribers) if (one.filter === filter) one.answered(!refused);
    if (!refused) this.lookForGone(filter);
  }

  /** What stood before a break and is not told again has ended meanwhile; the broker keeps no last word for us. */
  lookForGone(filter) {
    const { told } = this;
    const timer = setTimeout(() => {
      if (this.told !== told || this.state !== 'connected') return;
      // More than we can remember: what is missing among them may well have been told.
      if (told.size >= MOST_REMEMBERED) return;
      for (const [topic, text] of this.remembered) {
        if (told.has(topic) || !takes(filter, topic)) continue;
        this.remembered.delete(topic);
        for (const one of this.of(topic)) one.gone?.(topic, Buffer.from(text));
      }
    }, RETOLD_MS);
    timer.unref();
  }

  of(topic) {
    return [...this.subscribers].filter((one) => takes(one.filter, topic));
  }

  tell(state) {
    if (this.state === state || this.closed) return;
    this.state = state;
    this.emit('state', state);
  }

  /**
   * Publishes at QoS 1.
   * @returns a promise that is kept when the gateway has acknowledged, which is when the reading is on its disk
   * @throws ReadingError `crowded`, `closed`
   */
  async publish(topic, payload) {
    if (this.waiting >= MOST_WAITING) throw new ReadingError('crowded', String(MOST_WAITING));
    this.waiting += 1;
    try {
      for (;;) {
        if (this.closed) throw new ReadingError('closed');
        try {
          await this.client.publishAsync(topic, payload, { qos: 1 });
          return;
        } catch {
          // The client gives up a message when its connection breaks at a bad moment; nobody has acknowledged it.
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    } finally {
      this.waiting -= 1;
    }
  }

  /**
   * Subscribes at QoS 1, again after each connection.
   * @param subscriber `filter`; `heard(topic, payload, retained)`; `answered(granted)`; `lasting` when a topic stands
   *   until another message or an empty one takes its place; `gone(topic, payload)` when that was missed
   * @returns a function that ends it
   */
  subscribe(subscriber) {
    const known = [...this.subscribers].some((one) => one.filter === subscriber.filter);
    this.subscribers.add(subscriber);
    if (this.state === 'connected') {
      const { filter } = subscriber;
      if (known) {
        subscriber.answered(true);
        this.retell(subscriber);
      } else {
        this.ask(filter);
      }
    }
    return () => {
      this.subscribers.delete(subscriber);
      if ([...this.subscribers].some((one) => one.filter === subscriber.filter)) return;
      if (this.state === 'connected') this.client.unsubscribe(subscriber.filter);
      for (const topic of this.remembered.keys()) {
        if (takes(subscriber.filter, topic)) this.remembered.delete(topic);
      }
    };
  }

  retell(subscriber) {
    if (!subscriber.lasting) return;
    for (const [topic, payload] of this.remembered) {
      if (takes(subscriber.filter, topic)) subscriber.heard(topic, Buffer.from(payload), true);
    }
  }

  heard(topic, payload, retained) {
    const subscribers = this.of(topic);
    if (subscribers.some((one) => one.lasting) && !this.isNew(topic, payload, retained)) return;
    for (const one of subscribers) one.heard(topic, payload, retained);
  }

  /** False for what the broker only tells again. */
  isNew(topic, payload, retained) {
    const text = payload.toString('utf8');
    if (this.told.size < MOST_REMEMBERED) this.told.add(topic);
    if (retained && this.remembered.get(topic) === text) return false;
    this.remembered.delete(topic);
    if (text !== '') this.remembered.set(topic, text);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > MOST_REMEMBERED) this.remembered.delete(oldest);
    return true;
  }

  async close() {
    this.closed = true;
    this.removeAllListeners();
    await this.client?.endAsync(true);
  }
}

/** Whether a filter takes a topic [MQTT-4.7.1]. */
function takes(filter, topic) {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [index, name] of wanted.entries()) {
    if (name === '#') return true;
    if (levels[index] === undefined || (name !== '+' && name !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}

module.exports = { Connection };
