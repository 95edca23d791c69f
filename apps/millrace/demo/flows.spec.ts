import { resolve } from 'node:path';
import { ComponentRegistry, readCredentials, readFlowFolder } from '@millrace/catalog';
import { builtinComponents } from '@millrace/components';
import { checkFlow, type Problem } from '@millrace/flow';

const components = new ComponentRegistry(builtinComponents).all;

/** The problems of each example flow, by its id, with the given environment. */
async function check(variable: (name: string) => string | undefined): Promise<Record<string, readonly Problem[]>> {
  const book = await readCredentials(resolve('flows/credentials.json'), variable);
  const files = await readFlowFolder(resolve('flows'));
  const options = { components, credentials: book.known };
  return Object.fromEntries(files.map(({ id, text }) => [id, checkFlow(text, { ...options, flowId: id }).problems]));
}

it('checks without a single problem or warning when all variables are set', async () => {
  const problems = await check((name) => (name.endsWith('_URL') ? 'https://example.com/hook' : 'a-long-random-text-for-tests'));
  expect(problems).toEqual({
    alarm: [],
    'github-push': [],
    'handoff-requested': [],
    hello: [],
    'lead-captured': [],
    'nightly-report': [],
    'squake-order': [],
  });
});

it('works without any variable for flows that talk to nobody, and names the missing ones for the others', async () => {
  const { hello, alarm, 'nightly-report': report, ...others } = await check(() => undefined);
  expect([hello, alarm, report]).toEqual([[], [], []]);
  for (const problems of Object.values(others)) {
    expect(problems.map(({ code }) => code)).toEqual(problems.map(() => 'credential.missing-secret'));
    expect(problems[0]?.message).toMatch(/environment variable [A-Z_]+/);
  }
});
