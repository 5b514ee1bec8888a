import { type Check, checks } from '../checks/checks.ts';

async function timed(check: Check): Promise<{ findings: string[]; seconds: string }> {
  const began = performance.now();
  const findings = await check.find();
  return { findings, seconds: ((performance.now() - began) / 1000).toFixed(1) };
}

// Side by side, and told in their order.
const all = checks.map((check) => [check.name, timed(check)] as const);
let failed = 0;
for (const [name, run] of all) {
  const { findings, seconds } = await run;
  console.log(`${findings.length === 0 ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
  for (const finding of findings) console.log(finding.replace(/^/gm, '        '));
  failed += findings.length === 0 ? 0 : 1;
}
process.exitCode = failed === 0 ? 0 : 1;
