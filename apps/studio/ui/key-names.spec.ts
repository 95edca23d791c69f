import { describe, expect, it } from '@jest/globals';
import { keyName, keyNames } from './key-names.js';

describe('keys are called', () => {
  it.each([
    ['MacIntel', '⇧⌘↵', '⇧⌘↵'],
    ['iPhone', '⌘↵', '⌘↵'],
    ['Win32', '⇧⌘↵', 'Ctrl ⇧ ↵'],
    ['Linux x86_64', '⌘↵', 'Ctrl ↵'],
    ['', '⌥↑', 'Alt ↑'],
  ])('on %s %s: %s', (platform, keys, names) => expect(keyNames(keys, platform)).toBe(names));

  it('by one sign each', () => {
    expect(['⌘', '⌥', 'K'].map((key) => keyName(key, 'Win32'))).toEqual(['Ctrl', 'Alt', 'K']);
    expect(keyName('⌘', 'MacIntel')).toBe('⌘');
  });
});
