import { defineCredential, type Credential } from '../credential.js';
import { entrySchema, viewOf, type Build, type CommonConfig, type CredentialType } from './type.js';

export interface NoneConfig extends CommonConfig {
  readonly type: 'none';
}

/** An open door: every request is accepted, nothing is added to one that goes out. */
export const none: CredentialType<NoneConfig> = {
  name: 'none',
  schema: entrySchema('none', 'No credential: whoever knows the address may send.', {}, []),
  create: (_config, build) => openCredential(build),
};

function openCredential(build: Build): Credential {
  return defineCredential({
    name: build.name,
    type: 'none',
    view: viewOf(build),
    secrets: [],
    verify: () => ({ ok: true, consumed: { headers: [], query: [] } }),
    diagnose: () => ({ findings: [] }),
    apply: (request) => request,
  });
}
