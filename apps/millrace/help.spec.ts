import { jest } from '@jest/globals';
import { commands } from './commands/index.js';
import { help } from './help.js';

it('the list of commands has what they do in one column', () => {
  const lines: string[] = [];
  const print = jest.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(...line.split('\n')));
  expect(help('help', commands)).toBe(0);
  print.mockRestore();
  for (const { about } of Object.values(commands)) expect(lines.find((line) => line.endsWith(about))?.indexOf(about)).toBe(37);
});
