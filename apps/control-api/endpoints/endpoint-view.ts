import { ownCredential, type DefinedEndpoint, type LiveEndpoint } from '@millrace/catalog';
import { webhookDefaults } from '@millrace/flow';
import { problemView } from '../flows/flow-view.js';
import type { EndpointItem } from '../wire/endpoint.js';

/** An endpoint as it was declared, and as it is in force. */
export function endpointItem(defined: DefinedEndpoint, live: LiveEndpoint | undefined, publicUrl: string): EndpointItem {
  const { name, source, shadowsFile, definition, revision, updatedAt } = defined;
  const credential = textOf(definition, 'credential');
  return {
    name,
    title: textOf(definition, 'name'),
    icon: textOf(definition, 'icon'),
    note: textOf(definition, 'note'),
    url: `${publicUrl}/endpoints/${name}`,
    source,
    shadowsFile,
    revision,
    definition: definition ?? null,
    takesRequests: live?.rules !== undefined,
    problems: (live?.problems ?? []).map(problemView),
    methods: [...(live?.rules?.methods ?? webhookDefaults.methods)],
    credential,
    ownsCredential: source === 'made' && credential === ownCredential(name),
    listeners: (live?.listeners ?? []).map(({ id }) => id),
    updatedAt: updatedAt?.toISOString() ?? null,
  };
}

function textOf(definition: object | undefined, key: string): string | null {
  const value = (definition as Record<string, unknown> | undefined)?.[key];
  return typeof value === 'string' ? value : null;
}
