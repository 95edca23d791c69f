import { Get, Inject } from '@nestjs/common';
import { parseFlow } from '@millrace/flow';
import { PLATFORM, type Platform } from '@millrace/platform';
import { ApiController } from '../api-controller.js';
import type { CredentialItem, CredentialList, CredentialUse } from '../wire/credential.js';
import { credentialUses } from './credential-uses.js';

type Known = Platform['catalog']['credentials']['known'] extends ReadonlyMap<string, infer K> ? K : never;

/** Names and what they are good for; never a secret. */
@ApiController('credentials')
export class CredentialsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  async list(): Promise<CredentialList> {
    const { known, problems } = this.platform.catalog.credentials;
    const uses = await this.uses();
    const names = [...new Set([...known.keys(), ...uses.keys()])].sort();
    return {
      items: names.map((name) => credentialItem(name, known.get(name), uses.get(name) ?? [])),
      problems: problems.filter(({ code }) => code === 'credentials.unreadable').map(({ message }) => message),
    };
  }

  private async uses(): Promise<ReadonlyMap<string, CredentialUse[]>> {
    const all = new Map<string, CredentialUse[]>();
    for (const { id, version } of this.platform.catalog.flows()) {
      const stored = version > 0 ? await this.platform.flows.version(id, version) : null;
      const { flow } = stored ? parseFlow(stored.text) : {};
      for (const [name, uses] of flow ? credentialUses(flow) : []) all.set(name, [...(all.get(name) ?? []), ...uses]);
    }
    return all;
  }
}

function credentialItem(name: string, known: Known | undefined, usedBy: CredentialUse[]): CredentialItem {
  if (!known) return { name, type: 'unknown', state: 'undefined', missing: null, problem: null, usedBy };
  const { type, missing = null, broken = null } = known;
  return {
    name,
    type,
    state: missing !== null ? 'secret-missing' : broken !== null ? 'broken' : 'ready',
    missing,
    problem: broken,
    usedBy,
  };
}
