import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findBinary } from '../servers/binary.ts';

/** A system package of the tests, and how to see that it is there. */
interface SystemPackage {
  /** Its name in Debian. */
  readonly name: string;
  present(): boolean;
}

const has = (binary: string) => () => findBinary(binary) !== null;

/** Chromium draws Chinese with it; a missing font would show boxes in every picture. */
const cjkFont = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';

const packages: readonly SystemPackage[] = [
  { name: 'influxdb', present: has('influxd') },
  { name: 'mosquitto', present: has('mosquitto') },
  { name: 'mosquitto-clients', present: has('mosquitto_pub') },
  { name: 'postgresql', present: has('postgres') },
  { name: 'chromium', present: has('chromium') },
  { name: 'fonts-noto-cjk', present: () => existsSync(cjkFont) },
];

const missing = () => packages.filter((one) => !one.present()).map((one) => one.name);

function install(names: readonly string[]): void {
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // Debian starts a server when it installs one; at run level 1 it does not. The tests start their own.
    RUNLEVEL: '1',
  };
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...names);
}

/**
 * Makes sure of the servers and the browser that tests use: installs them as root on Debian, otherwise says
 * which are missing. Tests that need a missing one skip themselves by name.
 */
export function ensureSystemPackages(): void {
  const needed = missing();
  if (needed.length === 0) return;
  const mayInstall = process.getuid?.() === 0 && findBinary('apt-get') !== null;
  if (mayInstall) {
    console.log(`Installing Debian packages: ${needed.join(', ')}`);
    install(needed);
  }
  const still = missing();
  if (still.length === 0) return;
  console.log(
    `Not installed: ${still.join(', ')}. Tests that need them are skipped. ` +
      `To run them all: apt-get install ${still.join(' ')}`,
  );
}
