import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createCredential, type CredentialConfig } from '@millrace/credentials';
import { SETTINGS } from '@millrace/config';
import { parse } from 'jsonc-parser';
import { demoCredentials } from './credentials.js';

const addressOf = (vendor: string): string => `http://127.0.0.1:1/${encodeURIComponent(vendor)}`;

async function exampleFile(): Promise<Record<string, CredentialConfig>> {
  return parse(await readFile(resolve('flows/credentials.json'), 'utf8')) as Record<string, CredentialConfig>;
}

it('makes every example credential usable without anything from the environment', async () => {
  const { entries, variables } = demoCredentials(await exampleFile(), addressOf);
  for (const [name, entry] of Object.entries(entries)) {
    const { problems } = createCredential(name, entry as CredentialConfig, ({ env }) => variables[env]);
    expect({ name, problems }).toEqual({ name, problems: [] });
  }
});

it('leaves no address in a credential but those of the stand-ins', async () => {
  const { entries, variables } = demoCredentials(await exampleFile(), addressOf);
  const addresses = JSON.stringify([entries, variables]).match(/https?:\/\/[^"/]+/g) ?? [];
  expect(new Set(addresses)).toEqual(new Set(['http://127.0.0.1:1']));
});

it('leaves out credentials that the demo does not know, so that they cannot be used from it', async () => {
  const own = { type: 'api-key', in: 'url', value: { env: 'REAL_SLACK' } };
  const { entries, variables } = demoCredentials({ ...(await exampleFile()), own }, addressOf);
  expect(entries).not.toHaveProperty('own');
  expect(variables).not.toHaveProperty('REAL_SLACK');
});

it('says which entry is missing', async () => {
  const { chatbot: _, ...others } = await exampleFile();
  expect(() => demoCredentials(others, addressOf)).toThrow('has no "chatbot"');
});

it('knows every example credential', async () => {
  const file = await exampleFile();
  expect(Object.keys(demoCredentials(file, addressOf).entries).sort()).toEqual(Object.keys(file).sort());
});

it('documents every variable of the credentials and of the settings in .env.example', async () => {
  const { variables } = demoCredentials(await exampleFile(), addressOf);
  const documented = [...(await readFile(resolve('.env.example'), 'utf8')).matchAll(/^#([A-Z_]+)=/gm)].map((match) => match[1]);
  const known = [...Object.keys(variables), ...Object.values(SETTINGS).map(({ variable }) => variable)];
  expect([...documented].sort()).toEqual(known.sort());
});
