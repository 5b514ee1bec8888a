'use strict';

const { filterOf, listOf } = require('../lib/event.js');
const { listen } = require('../lib/listener.js');

module.exports = (RED) => {
  class Ticket {
    constructor(config) {
      RED.nodes.createNode(this, config);
      const wanted = filterOf({
        asset: listOf(config.assets),
        severity: listOf(config.severities),
        state: listOf(config.states),
      });
      const select = (ticket) => (wanted(ticket) ? ticket : null);
      // How it ended the cloud knows; that it is open no more is what a lamp needs.
      const gone = (ticket) => ({ ...ticket, state: 'closed', open: false, missed: true });
      listen(RED, this, config, { ticket: { select, lasting: true, gone } });
    }
  }

  RED.nodes.registerType('caretaker-ticket', Ticket);
};
