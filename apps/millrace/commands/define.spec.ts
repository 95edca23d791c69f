import { jest } from '@jest/globals';
import { CommandError } from '../command.js';
import { defineCommand, helpText } from './define.js';
import { commands } from './index.js';

const ID = '01920f7a-5c1e-7cc3-98c4-dc0c0c07398f';
const seen: unknown[] = [];
const example = defineCommand({
  usage: 'example [id]',
  about: 'An example.',
  options: { flow: { value: 'id', about: 'Only of this flow.' }, json: { about: 'As JSON.' } },
  run: async (values, positionals) => void seen.push([{ ...values }, positionals]),
});

describe('a command', () => {
  it('gets its options and the other words', async () => {
    await example.run(['a', '--flow', 'hello', '--json', '--', '--b']);
    expect(seen).toEqual([[{ flow: 'hello', json: true }, ['a', '--b']]]);
  });

  it.each([[['--flwo', 'x']], [['--flow']], [['--json=yes']]])('answers %j with a sentence that shows the usage', async (args) => {
    await expect(example.run(args)).rejects.toThrow(CommandError);
    await expect(example.run(args)).rejects.toThrow(/Usage: millrace example \[id\]/);
  });

  it('says in one line what is wrong, whatever Node says', async () => {
    await expect(example.run(['--flow', '-1'])).rejects.toThrow(/^Option '--flow' argument is ambiguous\. Usage: [^\n]*$/);
  });

  it('explains itself', () => {
    expect(helpText({ usage: 'example [id]', about: 'An example.', options: { flow: { value: 'id', about: 'Only of this flow.' } } })).toBe(
      'Usage: millrace example [id]\n\nAn example.\n\n  --flow <id>  Only of this flow.',
    );
  });

  it.each(Object.entries(commands))('%s explains itself and does nothing', async (_, { run, usage }) => {
    const said = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      expect(await run(['--help'])).toBeUndefined();
      expect(said).toHaveBeenCalledWith(expect.stringContaining(`Usage: millrace ${usage}`));
    } finally {
      said.mockRestore();
    }
  });

  it.each([
    ['runs', ['cancel', '--flow', 'a', '--event', 'b'], 'runs cancel takes no --event; it takes --flow, --status, --confirm'],
    ['runs', ['cancel', '--flow', 'a', '--limit', '3'], 'runs cancel takes no --limit;'],
    ['runs', ['cancel', ID, '--flow', 'other'], 'runs cancel <id> takes no --flow; it takes --confirm, --json, --url.'],
    ['runs', ['--confirm', '3'], 'millrace runs takes no --confirm;'],
    ['runs', ['show', ID, '--flow', 'a'], 'runs show takes no --flow;'],
    ['dead-letters', ['retry', '--limit', '3', '--before', 'x'], 'dead-letters retry takes no --limit and no --before;'],
    ['dead-letters', ['retry', ID, '--code', 'x'], 'dead-letters retry <id> takes no --code;'],
    ['dead-letters', ['causes', '--code', 'x'], 'dead-letters causes takes no --code;'],
    ['dead-letters', ['discard', '--live'], 'dead-letters discard takes no --live;'],
    ['events', ['replay', '--limit', '3'], 'events replay takes no --limit;'],
    ['events', ['replay', ID, '--flow', 'a'], 'events replay <id> takes no --flow;'],
    ['events', ['--confirm', '3'], 'millrace events takes no --confirm;'],
    ['operations', ['cancel', ID, '--limit', '3'], 'operations cancel takes no --limit;'],
    ['refusals', ['show', ID, '--flow', 'a'], 'refusals show takes no --flow;'],
    ['credentials', ['show', 'x', '--force', '--generate'], 'credentials show takes no --force and no --generate;'],
    ['endpoints', ['remove', 'x', '--open'], 'endpoints remove takes no --open;'],
    ['test', ['--url', 'http://127.0.0.1:9'], '--url goes with --from-run only'],
    ['test', ['flows', '--from-run', ID], 'takes no flows'],
    ['validate', ['--files-only', '--url', 'http://127.0.0.1:9'], 'Take one of --files-only'],
  ])('%s %j is refused, for an option would have no effect', async (name, args, sentence) => {
    const refused = (async () => commands[name]!.run(args))();
    await expect(refused).rejects.toThrow(CommandError);
    await expect(refused).rejects.toThrow(sentence);
  });

  it('is listed under the first word of its usage', () => {
    for (const [name, { usage }] of Object.entries(commands)) expect(usage.split(' ')[0]).toBe(name);
  });
});
