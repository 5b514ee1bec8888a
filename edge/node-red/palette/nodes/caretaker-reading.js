'use strict';

const { join } = require('../lib/listener.js');
const { publicationOf, ReadingError } = require('../lib/reading.js');

module.exports = (RED) => {
  class Reading {
    constructor(config) {
      RED.nodes.createNode(this, config);
      const gateway = join(RED, this, config);
      if (gateway === null) return;
      const { connection } = gateway;
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
