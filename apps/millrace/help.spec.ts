import { jest } from '@jest/globals';
import { commands } from './commands/index.js';
import { asksForVersion, help } from './help.js';

it('the list of commands has what they do in one column', () => {
  const lines: string[] = [];
  const print = jest.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(...line.split('\n')));
  expect(help('help', commands, '1.2.3')).toBe(0);
  print.mockRestore();
  for (const { about } of Object.values(commands)) expect(lines.find((line) => line.endsWith(about))?.indexOf(about)).toBe(37);
  expect(lines[0]).toBe('Millrace 1.2.3');
  expect(lines.find((line) => line.startsWith('  --version'))?.indexOf('Print the version')).toBe(37);
});

it.each([
  ['--version', true],
  ['-v', true],
  ['versions', false],
  ['-V', false],
])('%s asks for the version: %s', (word, asks) => {
  expect(asksForVersion(word)).toBe(asks);
});
