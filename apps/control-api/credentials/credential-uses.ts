import { allSteps, type Flow } from '@millrace/flow';
import type { CredentialUse } from '../wire/credential.js';

/** Where a flow uses credentials: their names, and the step or the trigger that does. */
export function credentialUses({ id: flowId, trigger, steps, onError = [] }: Flow): Map<string, CredentialUse[]> {
  const uses = new Map<string, CredentialUse[]>();
  const note = (name: unknown, step: string | null): void => {
    if (typeof name === 'string') uses.set(name, [...(uses.get(name) ?? []), { flowId, step }]);
  };
  note((trigger as { credential?: unknown }).credential, null);
  for (const step of [...allSteps(steps), ...allSteps(onError)]) note((step as { credential?: unknown }).credential, step.id);
  return uses;
}
