'use strict';

const { filterOf, listOf } = require('../lib/event.js');
const { listen } = require('../lib/listener.js');

/** What is told of an alarm and of the condition of an asset, with the breaches that are asked for. */
function kindsOf(config) {
  const ofAsset = filterOf({ asset: listOf(config.assets) });
  const ofBreach = filterOf({ severity: listOf(config.severities), rule: listOf(config.rules) });
  const alarm = {
    select: (event) => (ofAsset(event) && ofBreach(event) ? event : null),
    lasting: false,
  };
  const condition = {
    select: (event) => {
      if (!ofAsset(event) || !Array.isArray(event.breaches)) return null;
      return { ...event, breaches: event.breaches.filter(ofBreach) };
    },
    lasting: true,
  };
  if (config.about === 'alarms') return { alarm };
  return config.about === 'conditions' ? { condition } : { alarm, condition };
}

module.exports = (RED) => {
  class Alarm {
    constructor(config) {
      RED.nodes.createNode(this, config);
      listen(RED, this, config, kindsOf(config));
    }
  }

  RED.nodes.registerType('caretaker-alarm', Alarm);
};
