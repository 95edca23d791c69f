import { definitionOf, mayGenerate, offeredRecipes, suggestedAnswers, suggestedName, type Recipe } from './recipes.js';

const bot: Recipe = {
  title: 'Slack bot token',
  help: null,
  definition: { type: 'api-key', in: 'header', name: 'authorization', prefix: 'Bearer ' },
  asks: { secret: 'Bot token' },
};

const titles = (recipes: readonly Recipe[]): string[] => recipes.map(({ title }) => title);
const general = (title: string, incoming = false): Recipe =>
  offeredRecipes({ recipes: [], incoming }).general.find((one) => one.title === title)!;

describe('ways to make a credential', () => {
  it('are those of the component, once each, and general ones of the types that it takes', () => {
    const { own, general: others } = offeredRecipes({ types: ['api-key'], recipes: [bot, { ...bot }] });
    expect(titles(own)).toEqual(['Slack bot token']);
    expect(titles(others)).toEqual(['Bearer token', 'Key in a header', 'Key in the query', 'Secret address']);
  });

  it('begin with a signature for what comes in, and know no address there', () => {
    const { general: ways } = offeredRecipes({ incoming: true, recipes: [] });
    expect(titles(ways)).toEqual([
      'Signature of a sender',
      'Bearer token',
      'Key in a header',
      'Key in the query',
      'User name and password',
    ]);
  });

  it('let Millrace make a secret that no vendor gives out', () => {
    const offered = offeredRecipes({ recipes: [bot] });
    const making = [...offered.own, ...offered.general].filter((recipe) => mayGenerate(offered, recipe));
    expect(titles(making)).toEqual([
      'Bearer token',
      'Key in a header',
      'Key in the query',
      'User name and password',
      'Signature of a sender',
    ]);
  });

  it('suggest a free name: of the vendor where one is named', () => {
    expect(suggestedName(bot, {}, [])).toBe('slack');
    expect(suggestedName(bot, {}, ['slack', 'slack-2'])).toBe('slack-3');
    expect(suggestedName(general('Signature of a sender'), { scheme: 'github' }, [])).toBe('github');
  });

  it('ask for what the recipe suggests, and put the secret where its type has it', () => {
    const key = general('Key in a header');
    expect(suggestedAnswers(key)).toEqual({ name: 'x-api-key' });
    expect(definitionOf(key, { name: 'x-key' }, 's')).toEqual({ type: 'api-key', in: 'header', name: 'x-key', value: { secret: 's' } });
    const login = general('User name and password');
    expect(definitionOf(login, { username: 'ada' }, 's')).toEqual({ type: 'basic', username: 'ada', password: { secret: 's' } });
    const signature = general('Signature of a sender');
    expect(definitionOf(signature, { scheme: 'github' }, 's')).toEqual({ type: 'hmac', scheme: 'github', secrets: [{ secret: 's' }] });
    expect(definitionOf(signature, { scheme: 'github' }, '')).toEqual({ type: 'hmac', scheme: 'github' });
  });
});
