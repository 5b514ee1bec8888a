'use strict';

const { badgeOf } = require('../lib/listener.js');
const { publicationOf, ReadingError } = require('../lib/reading.js');

module.exports = (RED) => {
  class Reading {
    constructor(config) {
      RED.nodes.createNode(this, config);
      const gateway = RED.nodes.getNode(config.gateway);
      if (!gateway) {
        this.status(badgeOf(this, 'nowhere'));
        return;
      }
      const { connection } = gateway;
      const onState = (state) => this.status(badgeOf(this, state));
      connection.on('state', onState);
      onState(connection.state);
      connection.open();
      this.on('input', (msg, send, done) => {
        this.take(config, connection, msg).then(
          () => {
            send(msg);
            done();
          },
          (error) => {
            const why = spoken(error);
            this.status({ fill: 'red', shape: 'dot', text: why.slice(0, 60) });
            done(why);
          },
        );
      });
      this.on('close', () => connection.removeListener('state', onState));
    }

    /** Publishes it; the promise is kept when the gateway has the reading on its disk. */
    async take(config, connection, msg) {
      const { topic, payload } = publicationOf(msg, config, Date.now());
      this.status({ fill: 'blue', shape: 'ring', text: 'caretaker-reading.status.sending' });
      await connection.publish(topic, payload);
      this.status({ fill: 'green', shape: 'dot', text: payload.slice(0, 60) });
    }
  }

  /** With the reason in the language of this Node-RED. */
  function spoken(error) {
    if (!(error instanceof ReadingError)) return error.message;
    return RED._(`caretaker-reading.errors.${error.key}`, { about: error.about.slice(0, 64) });
  }

  RED.nodes.registerType('caretaker-reading', Reading);
};
