import type { Infer } from '@millrace/component-sdk';
import { exactly, textOrNull } from './parts.js';

const texts = { type: 'object', additionalProperties: { type: 'string' } } as const;

const recipeSchema = exactly('CredentialRecipe', {
  title: { type: 'string' },
  help: { ...textOrNull, description: 'Where its owner finds the secret.' },
  definition: { ...texts, description: 'A definition of a credential, without what is asked for.' },
  asks: { ...texts, description: 'What to ask for, in words: `secret`, and other members of the definition.' },
});

const acceptedSchema = {
  ...exactly('ComponentCredential', {
    types: { type: 'array', items: { type: 'string' } },
    required: { type: 'boolean' },
    recipes: { type: 'array', items: recipeSchema, description: 'How people usually come by one.' },
  }),
  type: ['object', 'null'],
  description: 'What the `credential` of its step may be; null when it takes none.',
} as const;

export const componentSchema = exactly('Component', {
  name: { type: 'string', description: 'What the `use` of a step says.' },
  title: { type: 'string' },
  description: textOrNull,
  props: { type: 'object', description: 'JSON Schema of its `with`.' },
  output: { type: ['object', 'null'], description: 'JSON Schema of what it gives; null when it does not say.' },
  credential: acceptedSchema,
  effects: { enum: ['none', 'outside'], description: 'outside: it changes something that is not Millrace.' },
  timeout: { ...textOrNull, description: 'Of one attempt, unless the step says otherwise.' },
});

export const componentListSchema = exactly('ComponentList', { items: { type: 'array', items: componentSchema } });

export type ComponentView = Infer<typeof componentSchema>;
export type ComponentList = Infer<typeof componentListSchema>;
