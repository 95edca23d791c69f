import { join } from 'node:path';
import { differenceText } from '@millrace/cases';
import { openSuites } from '../apps/millrace/cases/index.js';

const ROOT = process.cwd();
const flows = join(ROOT, 'flows');
const { suites, findings, without } = await openSuites(
  { cwd: ROOT, home: join(ROOT, '.millrace'), flows, credentials: join(flows, 'credentials.json'), plugins: [join(ROOT, 'plugins')] },
  [],
);

it('every example flow checks and has cases', () => {
  expect([findings, without]).toEqual([[], []]);
  for (const { cases } of suites) expect(cases.length).toBeGreaterThan(0);
});

describe.each(suites.map((suite) => [suite.flow, suite] as const))('the example flow %s', (_, suite) => {
  it.each(suite.cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const differences = await suite.run(one);
    expect(differences.map((difference) => differenceText(difference, suite.where(one, difference.pointer))).join('\n')).toBe('');
  });
});
