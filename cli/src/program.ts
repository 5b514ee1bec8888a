import { Command } from 'commander';
import { addDiscovery } from './discovery/add.ts';
import { addTickets } from './tickets/add.ts';

const environmentHelp = `
Settings come from the environment:
  CARETAKER_DATA             folder of everything kept (./data)
  CARETAKER_HOST             address to listen on (127.0.0.1)
  CARETAKER_HTTP_PORT        web app and API (8080)
  CARETAKER_MQTT_PORT        devices (1883)
  CARETAKER_MQTT_ANONYMOUS   1 or 0: devices without credentials (1 for start on 127.0.0.1, else 0)
  CARETAKER_EDGE_HTTP_PORT   status of the gateway (8081)
  CARETAKER_CLOUD_MQTT_PORT  gateways (1884)
  CARETAKER_ESTATE           YAML file of your estate (the demo estate)
  CARETAKER_STANDARD         folder of the standard in YAML (the built-in catalogue)
  CARETAKER_SIMULATE         1 or 0: simulated devices (1 with the demo estate)
All of them: docs/configuration.md`;

/** The `caretaker` command. Each command loads its own code, so that help is quick. */
export function createProgram(): Command {
  const program = new Command('caretaker')
    .description(
      'Watches residential estates and opens a ticket when a reading breaches the standard.',
    )
    // A command with commands of its own must not take their options for its own.
    .enablePositionalOptions()
    .addHelpText('after', environmentHelp)
    .hook('preAction', async (_program, command) => {
      const { checkAllowed } = await import('./base/allowed.ts');
      const { data } = command.opts<{ data?: string }>();
      checkAllowed(pathOf(command), data ?? process.env.CARETAKER_DATA);
    });
  program
    .command('start')
    .description('run everything on this machine: simulated devices, gateway, cloud and web app')
    .action(async () => (await import('./start/start.ts')).runStart());
  program
    .command('cloud')
    .description('run the rules service of all estates with its API and the web app')
    .action(async () => (await import('./parts/cloud.ts')).runCloud());
  program
    .command('edge')
    .description('run the gateway of one estate')
    .action(async () => (await import('./parts/edge.ts')).runEdge());
  program
    .command('simulate')
    .description('run the simulated devices of the demo estate against a running gateway')
    .action(async () => (await import('./parts/simulate.ts')).runSimulate());
  addReplay(program);
  addDecode(program);
  addStandard(program);
  addBacktest(program);
  addTestStandard(program);
  addAudit(program);
  addPerson(program);
  addDevice(program);
  addGateway(program);
  addDiscovery(program);
  addTickets(program);
  addEdgeAdmin(program);
  addActions(program);
  addDoctor(program);
  return program;
}

/** The command with its parents, such as `device add`. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

function addReplay(program: Command): void {
  program
    .command('replay')
    .description('publish a recorded file of readings to a gateway over MQTT')
    .argument('<file>', 'CSV with a header line, or JSON lines (.jsonl)')
    .option('--map <file>', 'YAML that says which columns are time, topic and metrics')
    .option('--url <url>', 'MQTT address of the gateway', 'mqtt://127.0.0.1:1883')
    .option('--speed <speed>', 'max, or a multiple of real time such as 60x', 'max')
    .option('--shift', 'move all times so that the last reading is measured now', false)
    .addHelpText(
      'after',
      `
Without --map the columns are asset, at, and one for each metric (or metric and value).
Recorded times are kept, so the points should have "history: judge" in the estate file, otherwise
readings older than the judging horizon are stored and not judged.

  caretaker replay cli/samples/noisy-evening.csv
  caretaker replay noise.csv --map cli/maps/noise-1min.yaml --speed 3600x
More: docs/replay.md`,
    )
    .action(async (file: string, options: Record<string, unknown>) =>
      (await import('./replay/command.ts')).runReplay(file, options),
    );
}

function addDecode(program: Command): void {
  program
    .command('decode')
    .description('show what a pasted message of a device becomes, and why; nothing is kept of it')
    .option('--estate <file>', 'YAML of the estate with its mappings (CARETAKER_ESTATE)')
    .option('--topic <topic>', 'on which it came (told by the payload where it can be)')
    .option('--payload <file>', 'file of the payload; - for what is pasted or piped', '-')
    .option('--at <time>', 'when it came, such as 2026-03-01T08:00:00+08:00 (now)')
    .option('--retained', 'as an old message that a broker had kept', false)
    .option('--hex', 'the payload is written in hexadecimal, as of Sparkplug', false)
    .option('--base64', 'the payload is written in base64', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      `
A line as "mosquitto_sub -v" prints it may be pasted whole, or several of them. Of a device that no mapping names it suggests the mapping.
Ends with 1 when the message would go into quarantine.

  caretaker decode --topic zigbee2mqtt/north-gate <<< '{"contact":false,"battery":97}'
More: docs/discovery.md`,
    )
    .action(async (options: Record<string, unknown>) =>
      (await import('./decode/command.ts')).runDecode(options),
    );
}

function addStandard(program: Command): void {
  const standard = program
    .command('standard')
    .description('list the items of the touchpoint standard and how each is checked')
    .option('--summary', 'only count them, for each touchpoint and in all', false)
    .option('--json', 'print JSON: one object an item, or one of all counts', false)
    .option('--schema', 'print the JSON Schema of a catalogue file, for editors', false)
    .enablePositionalOptions()
    .addHelpText('after', '\nWhat an item holds: docs/standard.md')
    .action(async (options: Record<string, unknown>) =>
      (await import('./standard/command.ts')).runStandard(options),
    );
  standard
    .command('check')
    .description('list every fault of a standard, each with file and line')
    .argument('[path...]', 'a folder, or single files that change the built-in standard')
    .option('--json', 'print one JSON object', false)
    .action(async (paths: string[], options: Record<string, unknown>) =>
      (await import('./standard/check.ts')).runCheck(paths, options),
    );
  standard
    .command('diff')
    .description('tell what reads otherwise in one standard than in another')
    .argument('<a>', 'a folder or file, "built-in", or a version kept by the cloud of this machine')
    .argument('<b>', 'the same, for what comes after')
    .option('--lang <language>', 'en or zh', 'en')
    .option('--json', 'print one JSON object', false)
    .action(async (a: string, b: string, options: Record<string, unknown>) =>
      (await import('./standard/diff.ts')).runDiff(a, b, options),
    );
}

function addTestStandard(program: Command): void {
  program
    .command('test-standard')
    .description('run the tests of the rules: a series of readings in, expected episodes out')
    .argument('[folder]', 'folder of test files (the tests of the built-in standard)')
    .option('--standard <folder>', 'folder of the catalogue to test (the built-in one)')
    .option('--rule <id>', 'only the tests of this rule')
    .option('--mutate', 'change every number of every rule a little: some test must notice', false)
    .option('--json', 'print JSON: one object a test or mutant, the sums last', false)
    .addHelpText('after', '\nHow tests are written: docs/testing-a-standard.md')
    .action(async (folder: string | undefined, options: Record<string, unknown>) =>
      (await import('./test-standard/command.ts')).runTestStandard(folder, options),
    );
}

function addBacktest(program: Command): void {
  program
    .command('backtest')
    .description('judge stored readings by a draft of the standard: the tickets that it would open')
    .option('--standard <draft>', 'a YAML file of items, or a folder that is a whole standard')
    .option('--days <n>', 'how far back (90)')
    .option('--from <date>', 'instead of --days: 2026-03-01, or a time with its offset')
    .option('--to <date>', 'where it ends (now)')
    .option('--estate <id>', 'only this estate')
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      `
The items of a single file replace those of the same id in the standard in force. Without
--standard the standard in force itself is judged. Nothing is changed, whether the cloud runs or not.

  caretaker backtest --standard draft.yaml --days 30
More: docs/backtest.md`,
    )
    .action(async (options: Record<string, unknown>) =>
      (await import('./backtest/command.ts')).runBacktestCommand(options),
    );
}

function addAudit(program: Command): void {
  program
    .command('verify')
    .description(
      'prove that the audit log of this machine is what was written, or tell every fault',
    )
    .option('--heads <file>', 'where the last rows were noted (audit-heads.log in the data folder)')
    .option('--no-heads', 'leave them out; then a cut end of the log is not found')
    .option('--json', 'print JSON: one object a fault, the sums last', false)
    .addHelpText(
      'after',
      `
Ends with 0 when the log is sound and with 1 when it is not. Nothing is changed, whether the cloud runs or not.
What can be proved, and what cannot: docs/audit.md`,
    )
    .action(async (options: Record<string, unknown>) =>
      (await import('./audit/verify.ts')).runVerify(options),
    );
  program
    .command('audit')
    .description('the log of who changed what')
    .command('export')
    .description('print the audit log as JSON lines or CSV')
    .option('--from <date>', '2026-03-01 (UTC), or a time with its offset')
    .option('--to <date>', 'where it ends: the first day or time no more')
    .option('--format <format>', 'jsonl or csv', 'jsonl')
    .addHelpText('after', '\nWhat a row holds: docs/audit.md')
    .action(async (options: Record<string, unknown>) =>
      (await import('./audit/export.ts')).runExport(options),
    );
}

function addPerson(program: Command): void {
  const person = program
    .command('person')
    .description('see who may sign in to the cloud, and let in again who locked themselves out')
    .addHelpText(
      'after',
      `
Both work on the database of the cloud (CARETAKER_DATA or DATABASE_URL), whether it runs or not. People are let in and
given roles on the page "People". More: docs/accounts.md`,
    );
  person
    .command('list')
    .description('list everybody with their roles')
    .option('--json', 'print JSON: one object a person', false)
    .action(async (options: Record<string, unknown>) =>
      (await import('./person/command.ts')).runList(options),
    );
  person
    .command('reset')
    .description('make a code by which somebody sets a new password, and print it, once')
    .argument('<login>', 'as they sign in')
    .option('--second-factor', 'take their second factor away as well, as for a lost phone', false)
    .option('--json', 'print one JSON object', false)
    .action(async (login: string, options: Record<string, unknown>) =>
      (await import('./person/command.ts')).runReset(login, options),
    );
}

function addDevice(program: Command): void {
  const device = program
    .command('device')
    .description('give devices and bridges of a gateway their credentials, and take them back')
    .addHelpText('after', '\nWhat a device may say and hear: docs/devices-access.md');
  device
    .command('add')
    .description('make a credential and print it, once, with a line to try it and a QR code')
    .argument('<name>', 'user name of the device or bridge; for a device usually its asset')
    .option('--asset <id...>', 'assets that the device reports on (the one of that name)')
    .option('--bridge <prefix>', 'a bridge that owns these topics, such as zigbee2mqtt/#')
    .option('--host <name>', 'name or address under which devices reach the gateway')
    .option('--no-qr', 'without the QR code')
    .option('--json', 'print one JSON object', false)
    .action(async (id: string, options: Record<string, unknown>) =>
      (await import('./device/command.ts')).runAdd(id, options),
    );
  device
    .command('list')
    .description('list all credentials, never their passwords')
    .option('--json', 'print JSON: one object a credential', false)
    .action(async (options: Record<string, unknown>) =>
      (await import('./device/command.ts')).runList(options),
    );
  device
    .command('rotate')
    .description('make a new password and print it, once; the old one stays good for a while')
    .argument('<name>', 'name of the credential')
    .option('--grace <time>', 'how long the old one stays good: 30m, 12h, 7d, or 0', '7d')
    .option('--host <name>', 'name or address under which devices reach the gateway')
    .option('--no-qr', 'without the QR code')
    .option('--json', 'print one JSON object', false)
    .action(async (id: string, options: Record<string, unknown>) =>
      (await import('./device/command.ts')).runRotate(id, options),
    );
  device
    .command('revoke')
    .description('take a credential back; who is connected by it is cut off')
    .argument('<name>', 'name of the credential')
    .option('--json', 'print one JSON object', false)
    .action(async (id: string, options: Record<string, unknown>) =>
      (await import('./device/command.ts')).runRevoke(id, options),
    );
}

function addGateway(program: Command): void {
  const gateway = program
    .command('gateway')
    .description('let gateways into the cloud, and shut them out')
    .addHelpText(
      'after',
      `
"code", "list" and "revoke" work on the database of the cloud (CARETAKER_DATA or DATABASE_URL), "enrol" and "rotate" on
the data folder of the gateway; each whether it runs or not. More: docs/devices-access.md`,
    );
  gateway
    .command('code')
    .description('make a code to enrol a gateway with and print it, once')
    .argument('<gateway>', 'id of the gateway, as an estate names it')
    .option('--json', 'print one JSON object', false)
    .action(async (id: string, options: Record<string, unknown>) =>
      (await import('./gateway/command.ts')).runCode(id, options),
    );
  gateway
    .command('list')
    .description('list all gateways, and which of them have a key')
    .option('--json', 'print JSON: one object a gateway', false)
    .action(async (options: Record<string, unknown>) =>
      (await import('./gateway/command.ts')).runList(options),
    );
  gateway
    .command('revoke')
    .description('end every key and code of a gateway; it is cut off')
    .argument('<gateway>', 'id of the gateway')
    .option('--json', 'print one JSON object', false)
    .action(async (id: string, options: Record<string, unknown>) =>
      (await import('./gateway/command.ts')).runRevoke(id, options),
    );
  gateway
    .command('enrol')
    .description('at the gateway: exchange a code of the cloud for a key of its own')
    .option('--cloud <url>', 'address of the cloud (CARETAKER_CLOUD_URL)')
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      '\nThe code is asked for, unless CARETAKER_ENROL_CODE_FILE or CARETAKER_ENROL_CODE has it.',
    )
    .action(async (options: Record<string, unknown>) =>
      (await import('./gateway/command.ts')).runEnrol(options),
    );
  gateway
    .command('rotate')
    .description('at the gateway: put a new key in the place of the present one')
    .option('--cloud <url>', 'address of the cloud (CARETAKER_CLOUD_URL)')
    .option('--json', 'print one JSON object', false)
    .action(async (options: Record<string, unknown>) =>
      (await import('./gateway/command.ts')).runRotate(options),
    );
}

function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('examine the gateway of this machine, whether it runs or not, and say what to do')
    .option('--data <folder>', 'its data folder (CARETAKER_DATA)')
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      `
Ends with 0 when all is well, with 1 when something should be looked at, with 2 when something is wrong. It changes
nothing. Run it with the settings of the gateway. What each line means: docs/journal.md#the-doctor`,
    )
    .action(async (options: Record<string, unknown>) =>
      (await import('./doctor/command.ts')).runDoctor(options),
    );
}

function addActions(program: Command): void {
  program
    .command('actions')
    .description('print what the gateway would do by itself because of a breach; nothing is done')
    .argument('<rule>', 'a rule marked local, such as lift-trapped')
    .argument('<asset>', 'id of the asset')
    .option('--json', 'print one JSON object', false)
    .action(async (rule: string, asset: string, options: Record<string, unknown>) =>
      (await import('./actions/command.ts')).runActions(rule, asset, options),
    );
}

function addEdgeAdmin(program: Command): void {
  const admin = program
    .command('edge-admin')
    .description("let somebody in to the gateway's own page, which works without the cloud")
    .addHelpText('after', '\nWhat the page is for: docs/devices-access.md');
  admin
    .command('code')
    .description('make a code and a link that sign in once')
    .action(async () => (await import('./edge-admin/command.ts')).runCode());
  admin
    .command('password')
    .description('set the password: typed, or one line of the standard input')
    .action(async () => (await import('./edge-admin/command.ts')).runPassword());
}
