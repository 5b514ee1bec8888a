import { checks } from '../checks/checks.ts';

let failed = 0;
for (const check of checks) {
  const began = performance.now();
  const findings = await check.find();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${findings.length === 0 ? 'ok    ' : 'FAILED'}  ${check.name} (${seconds} s)`);
  for (const finding of findings) console.log(finding.replace(/^/gm, '        '));
  failed += findings.length === 0 ? 0 : 1;
}
process.exitCode = failed === 0 ? 0 : 1;
