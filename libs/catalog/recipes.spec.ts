import type { CredentialRecipe } from '@millrace/component-sdk';
import { builtinComponents } from '@millrace/components';
import { createCredential, withSecret, type CredentialConfig } from '@millrace/credentials';
import { readComponents } from './plugin-components.js';

const recipes = builtinComponents.flatMap(({ credential }) => credential?.recipes ?? []).map((recipe) => [recipe.title, recipe] as const);

/** What somebody types into the form. */
const TYPED: Readonly<Record<string, string>> = { baseUrl: 'https://example.zendesk.com', username: 'ada@example.com/token' };

/** The definition that a form makes of a recipe, with a variable where the secret is. */
function filledIn({ definition, asks }: CredentialRecipe): unknown {
  const { secret: _, ...members } = asks;
  const answers = Object.keys(members).map((key) => [key, TYPED[key] ?? definition[key]]);
  const whole = withSecret({ ...definition, ...(Object.fromEntries(answers) as object) }, 'SECRET');
  if ('refused' in whole) throw new Error(whole.refused);
  return JSON.parse(JSON.stringify(whole.definition).replace('{"secret":"SECRET"}', '{"env":"SECRET"}'));
}

describe('the recipes of the components that come with Millrace', () => {
  it.each(recipes)('%s makes a credential', (_title, recipe) => {
    const secret = recipe.definition['in'] === 'url' ? 'https://hooks.example.com/services/T/B/x' : 'a-secret-that-is-long-enough';
    expect(createCredential('made', filledIn(recipe) as CredentialConfig, () => secret)).toMatchObject({ problems: [] });
  });

  it('are as those of plugins have to be', () => {
    const withRecipes = builtinComponents.filter(({ credential }) => credential?.recipes);
    expect(readComponents(withRecipes, 'built-in').problems).toEqual([]);
  });
});
