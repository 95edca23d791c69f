import { generateSecret, withSecret } from '@millrace/credentials';
import { checkEndpoints, endpointNamePattern, hasErrors, type Problem } from '@millrace/flow';
import type { EndpointChange, EndpointEntity, PostgresEndpointStore } from '@millrace/postgres';
import type { Catalog } from './catalog.js';
import type { Vault } from './vault/vault.js';

/** What an endpoint is to be. */
export interface EndpointOrder {
  /** As an entry of `endpoints.json`. */
  readonly definition: Readonly<Record<string, unknown>>;
  /** A credential without its secret: it is made for this endpoint, sealed in the same commit, and named by the definition. */
  readonly generate?: Readonly<Record<string, unknown>> | undefined;
  /** The revision that its caller has seen; 0 for a new endpoint; undefined replaces whatever is there. */
  readonly seen: number | undefined;
}

export type EndpointPut =
  | {
      readonly kind: 'kept';
      readonly endpoint: EndpointEntity;
      /** The generated secret, which can never be had again. */
      readonly secret: string | undefined;
      /** What works, but should be stronger. */
      readonly warnings: readonly string[];
    }
  /** The definition does not check. */
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  /** Somebody else was faster; null when it is gone. */
  | { readonly kind: 'stale'; readonly endpoint: EndpointEntity | null };

/** An order that cannot be carried out. The message says why and holds no secret. */
export class EndpointError extends Error {
  constructor(
    readonly code: 'endpoint.bad-name' | 'endpoint.two-credentials' | 'credential.takes-no-secret',
    message: string,
  ) {
    super(message);
    this.name = 'EndpointError';
  }
}

export interface EndpointMakerParts {
  readonly store: PostgresEndpointStore;
  readonly vault: Vault;
  readonly catalog: Catalog;
}

class Stale extends Error {}

/** The credential that is made for an endpoint, and goes with it. */
export function ownCredential(name: string): string {
  return `endpoints.${name}`;
}

/** Makes, changes and removes endpoints, each together with the credential that was made for it. */
export class EndpointMaker {
  constructor(private readonly parts: EndpointMakerParts) {}

  /** Throws an EndpointError, a VaultError or a SealError, and then nothing was changed. */
  async put(name: string, { definition, generate, seen }: EndpointOrder): Promise<EndpointPut> {
    if (!new RegExp(endpointNamePattern).test(name)) throw badName(name);
    const secret = generate === undefined ? undefined : generated(definition, generate);
    const whole = secret === undefined ? definition : { ...definition, credential: ownCredential(name) };
    const problems = this.problemsOf(name, whole, generate);
    if (hasErrors(problems)) return { kind: 'refused', problems };
    const credential = secret === undefined ? undefined : { definition: withOnly(generate, secret), secret };
    return this.write(name, whole, { seen, credential });
  }

  /** Its own credential goes with it unless something else uses that. False when none was made under the name. */
  async remove(name: string, { keepCredential }: { readonly keepCredential: boolean }): Promise<boolean> {
    const { store, vault } = this.parts;
    if (keepCredential) return store.change((change) => change.remove(name));
    let removed = false;
    await vault.remove(ownCredential(name), async ({ endpoints }) => (removed = await endpoints.remove(name)));
    return removed;
  }

  private problemsOf(name: string, definition: object, generate: EndpointOrder['generate']): readonly Problem[] {
    const { known } = this.parts.catalog.credentials;
    const own = generate && ([ownCredential(name), { type: String(generate['type']) }] as const);
    const credentials = own ? new Map([...known, own]) : known;
    const { problems } = checkEndpoints(JSON.stringify({ [name]: definition }), { credentials });
    return problems.map((problem) => ({ ...problem, path: problem.path.slice(name.length + 1) }));
  }

  private async write(name: string, definition: object, { seen, credential }: Writing): Promise<EndpointPut> {
    let endpoint: EndpointEntity | undefined;
    const put = async (change: EndpointChange): Promise<void> => {
      endpoint = (await change.put(name, definition, seen)) ?? undefined;
      if (!endpoint) throw new Stale();
    };
    const { store, vault } = this.parts;
    try {
      const sealing = credential && (await vault.put(ownCredential(name), credential.definition, ({ endpoints }) => put(endpoints)));
      if (!credential) await store.change(put);
      const warnings = (sealing?.warnings ?? []).map(({ message }) => message);
      return { kind: 'kept', endpoint: endpoint!, secret: credential?.secret, warnings };
    } catch (error) {
      if (!(error instanceof Stale)) throw error;
      return { kind: 'stale', endpoint: await store.find(name) };
    }
  }
}

interface Writing {
  readonly seen: number | undefined;
  readonly credential: { readonly definition: unknown; readonly secret: string } | undefined;
}

function generated({ credential }: EndpointOrder['definition'], generate: unknown): string {
  if (credential !== undefined) {
    throw new EndpointError(
      'endpoint.two-credentials',
      'Either `credential` names one that is there, or `generate` makes one: leave one of them out.',
    );
  }
  const made = generateSecret(generate);
  if ('refused' in made) throw new EndpointError('credential.takes-no-secret', made.refused);
  return made.secret;
}

function withOnly(generate: unknown, secret: string): unknown {
  const placed = withSecret(generate, secret);
  if ('refused' in placed) throw new EndpointError('credential.takes-no-secret', placed.refused);
  return placed.definition;
}

function badName(name: string): EndpointError {
  const shown = JSON.stringify(name.slice(0, 80));
  return new EndpointError(
    'endpoint.bad-name',
    `${shown} cannot be part of a URL; write lower-case letters, digits and dashes, 64 at the most.`,
  );
}
