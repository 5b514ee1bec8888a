'use strict';

const { eventOf } = require('./event.js');

/** Badges by the state of a connection; a text that begins with a dot is the node's own. */
const shown = {
  connecting: { fill: 'yellow', shape: 'ring', text: 'node-red:common.status.connecting' },
  connected: { fill: 'green', shape: 'ring', text: 'node-red:common.status.connected' },
  lost: { fill: 'red', shape: 'ring', text: 'node-red:common.status.disconnected' },
  refused: { fill: 'red', shape: 'ring', text: '.status.refused' },
  forbidden: { fill: 'red', shape: 'dot', text: '.status.forbidden' },
  nowhere: { fill: 'red', shape: 'ring', text: '.status.nowhere' },
};

/** The badge of a node; the editor writes its text in the language of whoever looks. */
function badgeOf(node, state) {
  const { fill, shape, text } = shown[state];
  return { fill, shape, text: text.startsWith('.') ? `${node.type}${text}` : text };
}

/**
 * Ties a node to the connection of its gateway, and shows how that is.
 * @returns the gateway; null when the node names none
 */
function join(RED, node, config) {
  const gateway = RED.nodes.getNode(config.gateway);
  if (!gateway) {
    node.status(badgeOf(node, 'nowhere'));
    return null;
  }
  const { connection } = gateway;
  const onState = (state) => node.status(badgeOf(node, state));
  connection.on('state', onState);
  onState(connection.state);
  connection.open();
  node.on('close', () => connection.removeListener('state', onState));
  return gateway;
}

/**
 * Lets a node tell the events of its gateway, if it names one.
 * @param config as it was set in the node; `standing` to tell at the start what stands
 * @param kinds by the name of one what it makes of an event, `select(event)` with null for one that is not wanted,
 *   `lasting` when it stands until the next, `gone(event)` for one whose end was missed
 */
function listen(RED, node, config, kinds) {
  const gateway = join(RED, node, config);
  if (gateway === null) return;
  const { connection, estate } = gateway;
  const standing = config.standing !== false;
  const tell = (topic, kind, event, retained) => {
    if (event === null) return;
    node.send({ topic, kind, payload: event, retained });
    node.status({ fill: 'green', shape: 'dot', text: summaryOf(event) });
  };
  const ends = Object.entries(kinds).map(([kind, { select, lasting, gone }]) =>
    connection.subscribe({
      filter: `ctk-events/1/${estate}/${kind}/#`,
      lasting,
      answered: (granted) => {
        if (!granted) node.status(badgeOf(node, 'forbidden'));
      },
      heard: (topic, payload, retained) => {
        const event = eventOf(payload);
        if (event === null || (retained && !standing)) return;
        tell(topic, kind, select(event), retained);
      },
      gone: (topic, payload) => {
        const event = eventOf(payload);
        if (event !== null && gone !== undefined) tell(topic, kind, select(gone(event)), false);
      },
    }),
  );
  node.on('close', () => {
    for (const end of ends) end();
  });
}

function summaryOf({ asset, severity, state }) {
  const words = [asset, severity, state].filter((word) => typeof word === 'string');
  return words.join(' · ').slice(0, 60);
}

module.exports = { join, listen };
