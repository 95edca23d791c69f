import { type Component, tryComponent } from '@millrace/component-sdk';
import plugin from './index.js';

function component(name: string): Component {
  const found = plugin.components.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`No component ${name}`);
  return found;
}

describe('text.upper', () => {
  it('gives the text in upper case', async () => {
    expect((await tryComponent(component('text.upper'), { props: { text: 'straße' } })).output).toBe('STRASSE');
  });

  it('refuses props that its schema does not know', async () => {
    await expect(tryComponent(component('text.upper'), { props: { txt: 'a' } })).rejects.toThrow(
      'props.text is missing; props.txt is not a known property',
    );
  });
});

describe('text.truncate', () => {
  it('keeps a text that fits', async () => {
    expect((await tryComponent(component('text.truncate'), { props: { text: 'abc', length: 3 } })).output).toEqual({
      text: 'abc',
      shortened: false,
    });
  });

  it('shortens to the length, without cutting an emoji in half', async () => {
    expect((await tryComponent(component('text.truncate'), { props: { text: '🙂🙂🙂', length: 2 } })).output).toEqual({
      text: '🙂…',
      shortened: true,
    });
  });
});
