import { request } from 'node:http';
import type { Running } from './influx1.ts';

const probeLimitMs = 300;

function socketPath(): { socketPath: string } | { host: string; port: number } {
  const url = process.env.DOCKER_HOST;
  if (url?.startsWith('tcp://')) {
    const { hostname, port } = new URL(url);
    return { host: hostname, port: Number(port) };
  }
  return { socketPath: url?.replace(/^unix:\/\//, '') ?? '/var/run/docker.sock' };
}

/** Whether a container runtime answers within 300 ms; a docker command alone proves nothing. */
export function dockerAnswers(): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ ...socketPath(), path: '/_ping', timeout: probeLimitMs }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
    asked.once('close', () => resolve(false));
    asked.end();
  });
}

/** Starts a container with one published port. The library is heavy, so it is loaded only here. */
export async function startContainer(
  image: string,
  port: number,
  environment: Record<string, string>,
  url: (host: string, port: number) => string,
): Promise<Running> {
  const { GenericContainer } = await import('testcontainers');
  const container = await new GenericContainer(image)
    .withEnvironment(environment)
    .withExposedPorts(port)
    .start();
  return {
    url: url(container.getHost(), container.getMappedPort(port)),
    stop: async () => {
      await container.stop();
    },
  };
}
