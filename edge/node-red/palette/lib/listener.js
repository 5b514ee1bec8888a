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
 * Lets a node tell the events of a gateway.
 * @param options `kinds`: by the name of one what it makes of an event, `select(event)` with null for one that is not
 *   wanted, `lasting` when it stands until the next, `gone(event)` for one whose end was missed; `standing` to tell at
 *   the start what stands
 */
function listen(node, gateway, options) {
  const { connection, estate } = gateway;
  const onState = (state) => node.status(badgeOf(node, state));
  connection.on('state', onState);
  onState(connection.state);
  const tell = (topic, kind, event, retained) => {
    if (event === null) return;
    node.send({ topic, kind, payload: event, retained });
    node.status({ fill: 'green', shape: 'dot', text: summaryOf(event) });
  };
  const ends = Object.entries(options.kinds).map(([kind, { select, lasting, gone }]) =>
    connection.subscribe({
      filter: `ctk-events/1/${estate}/${kind}/#`,
      lasting,
      answered: (granted) => {
        if (!granted) node.status(badgeOf(node, 'forbidden'));
      },
      heard: (topic, payload, retained) => {
        const event = eventOf(payload);
        if (event === null || (retained && !options.standing)) return;
        tell(topic, kind, select(event), retained);
      },
      gone: (topic, payload) => {
        const event = eventOf(payload);
        if (event !== null && gone !== undefined) tell(topic, kind, select(gone(event)), false);
      },
    }),
  );
  connection.open();
  node.on('close', () => {
    for (const end of ends) end();
    connection.removeListener('state', onState);
  });
}

function summaryOf({ asset, severity, state }) {
  const words = [asset, severity, state].filter((word) => typeof word === 'string');
  return words.join(' · ').slice(0, 60);
}

module.exports = { badgeOf, listen };
