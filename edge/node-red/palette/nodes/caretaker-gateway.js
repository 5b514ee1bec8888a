'use strict';

const { Connection } = require('../lib/connection.js');

const nearby = 'mqtt://127.0.0.1:1883';

/** What is left empty comes from the environment: a gateway that runs Node-RED itself puts its own there. */
function settingsOf(config, credentials, env) {
  const given = config.url !== undefined && config.url !== '';
  return {
    url: given ? config.url : env.CARETAKER_MQTT_URL || nearby,
    // A name and password of another broker would be told to this one.
    user: credentials.user || (given ? '' : env.CARETAKER_MQTT_USER || ''),
    password: credentials.password || (given ? '' : env.CARETAKER_MQTT_PASSWORD || ''),
    estate: config.estate || env.CARETAKER_ESTATE_ID || '+',
  };
}

module.exports = (RED) => {
  class Gateway {
    constructor(config) {
      RED.nodes.createNode(this, config);
      const settings = settingsOf(config, this.credentials ?? {}, process.env);
      this.estate = settings.estate;
      this.connection = new Connection(settings);
      this.on('close', (done) => {
        this.connection.close().then(() => done(), done);
      });
    }
  }

  RED.nodes.registerType('caretaker-gateway', Gateway, {
    credentials: { user: { type: 'text' }, password: { type: 'password' } },
  });
};
