import { createServer } from 'node:net';
import { type Fault, FaultsError } from '@caretaker/readings/base';
import { type PortName, portVariables, type Settings } from './settings.ts';

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/**
 * Asks for every port before anything starts, so that a second start says at once what is wrong.
 * @throws FaultsError `CLI_PORTS_IN_USE` with the variable that moves each taken port.
 */
export async function checkPorts({ host, ports, foreignBroker }: Settings): Promise<void> {
  const faults: Fault[] = [];
  for (const name of Object.keys(ports) as PortName[]) {
    if ((name === 'mqtt' && foreignBroker) || (await isFree(host, ports[name]))) continue;
    faults.push({
      code: 'CLI_PORT_IN_USE',
      where: `${host}:${ports[name]}`,
      message: 'another program listens there',
      next: `end it, or choose another port with ${portVariables[name][0]}=…`,
    });
  }
  if (faults.length > 0) {
    throw new FaultsError('CLI_PORTS_IN_USE', 'Caretaker cannot listen on its ports:', faults);
  }
}
