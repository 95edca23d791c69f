import { jest } from '@jest/globals';
import { CommandError } from '../command.js';
import { defineCommand, helpText } from './define.js';
import { commands } from './index.js';

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

  it('is listed under the first word of its usage', () => {
    for (const [name, { usage }] of Object.entries(commands)) expect(usage.split(' ')[0]).toBe(name);
  });
});
