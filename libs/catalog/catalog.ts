import { planFlow, webhookRules, type Plan } from '@millrace/engine';
import {
  checkFlow,
  flowControlKeys,
  flowInfo,
  flowInfos,
  hasErrors,
  type CheckOptions,
  type Flow,
  type FlowInfo,
  type Problem,
  type Trigger,
} from '@millrace/flow';
import type { FlowEntity, PostgresFlowStore, Published } from '@millrace/postgres';
import type { Log } from '@millrace/telemetry';
import type { ComponentRegistry } from './components.js';
import { schemaCheck } from './components.js';
import { readCredentials, type CredentialBook } from './credentials.js';
import { livenEndpoints, NO_ENDPOINTS, readEndpoints, type EndpointBook } from './endpoints.js';
import type { LiveEndpoint, LiveFlow } from './live.js';
import { readFlowFile, readFlowFolder, watchFolder, type FlowFile } from './flow-folder.js';
import { RetiredSecrets } from './retired-secrets.js';
import type { Vault } from './vault/vault.js';

/** Why a version can never be run by this process as it is, whatever the database does. */
export class NotRunnable extends Error {}

export interface CatalogParts {
  /** Folder of the flow files, or undefined to run only what is stored. */
  readonly flows: string | undefined;
  readonly credentials: string;
  /** File of the shared endpoints; without one there are none. */
  readonly endpoints?: string;
  variable(name: string): string | undefined;
  readonly components: ComponentRegistry;
  readonly store: PostgresFlowStore;
  /** The sealed credentials; without one there are those of the file only. */
  readonly vault?: Vault;
  readonly log: Log;
}

class FileMovedOn extends Error {}

/** The problem of a credential whose environment variable is not set. */
const MISSING_SECRET = 'credential.secret-missing';
const NO_CREDENTIALS: CredentialBook = { get: () => undefined, known: new Map(), defined: new Map(), problems: [] };
const NOT_LIVE = { credential: undefined, rules: undefined, trigger: undefined } as const;
const POLL_MS = 1_000;
const MAX_PLANS = 200;

/**
 * What is live: flows, components, credentials. Publishes the flows folder at the start and on every change, and
 * follows what other processes publish by the store's revision.
 */
export class Catalog {
  private live = new Map<string, LiveFlow>();
  /** What flows that call others are checked against. */
  private readonly callable = new Map<string, FlowInfo>();
  private shared = new Map<string, LiveEndpoint>();
  private declared: EndpointBook = NO_ENDPOINTS;
  private book: CredentialBook = NO_CREDENTIALS;
  private revision = '';
  private vaultRevision: string | undefined;
  private readonly retired = new RetiredSecrets();
  private readonly plans = new Map<string, Promise<Plan>>();
  private readonly explained = new Map<string, string>();
  private readonly watchers: { close(): void }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private work: Promise<unknown> = Promise.resolve();

  private constructor(private readonly parts: CatalogParts) {}

  /** Reads everything once; with `follow` also from then on. */
  static async open(parts: CatalogParts, follow = true): Promise<Catalog> {
    const catalog = new Catalog(parts);
    await catalog.reload();
    if (follow) catalog.follow();
    return catalog;
  }

  get components(): ComponentRegistry {
    return this.parts.components;
  }

  get credentials(): CredentialBook {
    return this.book;
  }

  /** What to redact of a credential: its secrets, and those it had since this process began, for a step may still be using them. */
  secretsOf(name: string): readonly string[] {
    return this.retired.with(name, this.book.get(name)?.secrets ?? []);
  }

  flow(id: string): LiveFlow | undefined {
    return this.live.get(id);
  }

  flows(): readonly LiveFlow[] {
    return [...this.live.values()];
  }

  endpoint(name: string): LiveEndpoint | undefined {
    return this.shared.get(name);
  }

  endpoints(): readonly LiveEndpoint[] {
    return [...this.shared.values()];
  }

  /** The largest body that anything live takes, or `fallback` where that is more. */
  largestBody(fallback: number): number {
    return Math.max(fallback, ...[...this.live.values(), ...this.shared.values()].map(({ rules }) => rules?.maxBytes ?? 0));
  }

  /** Parses and checks a text against what this process has. */
  check(text: string, flowId?: string): { flow?: Flow; problems: readonly Problem[] } {
    return checkFlow(text, { ...this.known(flowId), endpoints: this.declared.names, flows: this.callable });
  }

  private known(flowId?: string): CheckOptions {
    return {
      unsupported: flowControlKeys,
      components: this.components.all,
      credentials: this.book.known,
      ...(flowId === undefined ? {} : { flowId }),
    };
  }

  /** A version ready to run; compiled once. Rejects with NotRunnable when it is gone or no longer checks. */
  plan(flowId: string, version: number): Promise<Plan> {
    const key = `${flowId}@${version}`;
    const known = this.plans.get(key);
    if (known) return known;
    const plan = this.makePlan(flowId, version);
    this.plans.set(key, plan);
    plan.catch(() => this.plans.delete(key));
    if (this.plans.size > MAX_PLANS) this.plans.delete(this.plans.keys().next().value!);
    return plan;
  }

  /** Publishes the folder and reads the credentials again. One at a time, in order. */
  reload(): Promise<void> {
    return this.enqueue(async () => {
      const vaultRevision = await this.readBook();
      for (const { code, message } of this.book.problems) this.parts.log[code === MISSING_SECRET ? 'debug' : 'warn'](message);
      this.plans.clear();
      await this.readEndpoints();
      if (this.parts.flows !== undefined) await this.publishFolder(this.parts.flows);
      await this.refresh();
      this.vaultRevision = vaultRevision;
    });
  }

  /** Does what changes stored flows, not while the folder is read, and then looks at what is live. */
  change<T>(work: () => Promise<T>): Promise<T> {
    return this.enqueue(async () => {
      try {
        return await work();
      } finally {
        // What was done is done: a look that fails now is taken by the next poll.
        await this.refresh().catch((error: unknown) =>
          this.parts.log.debug({ reason: (error as Error).message }, 'The flows could not be read'),
        );
      }
    });
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const watcher of this.watchers) watcher.close();
  }

  private follow(): void {
    const changed = (): void => {
      this.reload().catch((error: unknown) => this.parts.log.error({ err: error }, 'The flows could not be read again'));
    };
    if (this.parts.flows !== undefined) this.watchers.push(watchFolder(this.parts.flows, changed));
    this.poll();
  }

  private poll(): void {
    this.timer = setTimeout(() => {
      this.followVault()
        .then(() => this.enqueue(() => this.refreshIfChanged()))
        .catch((error: unknown) => this.parts.log.debug({ reason: (error as Error).message }, 'The flows could not be compared'))
        .finally(() => this.closed || this.poll());
    }, POLL_MS);
  }

  private enqueue<T>(task: () => Promise<T>): Promise<T> {
    const next = this.work.then(task);
    this.work = next.catch(() => undefined);
    return next;
  }

  private async publishFolder(folder: string): Promise<void> {
    const files = await readFlowFolder(folder);
    for (const [id, info] of flowInfos(files)) this.callable.set(id, info);
    for (const file of files) await this.publish(file);
    const present = new Set(files.map(({ id }) => id));
    for (const flow of await this.parts.store.list()) {
      if (present.has(flow.id) || flow.archived) continue;
      await this.parts.store.archive(flow.id);
      this.callable.delete(flow.id);
    }
  }

  private async readEndpoints(): Promise<void> {
    const { endpoints: path, log } = this.parts;
    if (path === undefined) return;
    this.declared = await readEndpoints(path, this.book, this.declared);
    const said = JSON.stringify(this.declared.problems);
    if (this.explained.get(path) === said) return;
    this.explained.set(path, said);
    for (const { line, column, message } of this.declared.problems) log.warn(`${path}:${line}:${column}: ${message}`);
  }

  private async publish({ id, text, path }: FlowFile): Promise<void> {
    const { flow, problems } = this.check(text, id);
    if (!flow || hasErrors(problems)) {
      await this.parts.store.refuse(id, problems);
      this.explain(id, path, problems, this.live.get(id));
      return;
    }
    this.explained.delete(id);
    const published = await this.publishIfStill({ id, text, path }, flow.enabled !== false);
    if (published?.kind === 'published') this.parts.log.info(`Flow ${id} is live as version ${published.version}`);
  }

  /** A file that was written since it was read, by a publication for one, is left to the reading that this brings about. */
  private async publishIfStill({ id, text, path }: FlowFile, enabled: boolean): Promise<Published | undefined> {
    const before = async (): Promise<void> => {
      const file = await readFlowFile(path).catch(() => undefined);
      if (file?.text !== text) throw new FileMovedOn();
    };
    return this.parts.store.publish(id, text, enabled, { origin: 'folder', before }).catch((error: unknown) => {
      if (!(error instanceof FileMovedOn)) throw error;
      return undefined;
    });
  }

  /** A flow that only waits for its secrets gets one line, anything else is shown where it stands; once, until it changes. */
  private explain(id: string, path: string, problems: readonly Problem[], live: LiveFlow | undefined): void {
    const said = JSON.stringify(problems);
    if (this.explained.get(id) === said) return;
    this.explained.set(id, said);
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (errors.every(({ code }) => code === 'credential.missing-secret')) {
      const variables = new Set(errors.flatMap(({ message }) => /`?\b([A-Z][A-Z0-9_]+)\b`?/.exec(message)?.[1] ?? []));
      const stays = live?.rules
        ? `Version ${live.version} of flow ${id} stays live, the new text is not enabled`
        : `Flow ${id} is not enabled`;
      this.parts.log[live?.rules ? 'warn' : 'info'](`${stays}: set ${[...variables].join(', ')}`);
      return;
    }
    if (live?.rules) this.parts.log.warn(`Version ${live.version} of flow ${id} stays live, the new text does not check:`);
    for (const { line, column, message } of problems) this.parts.log.warn(`${path}:${line}:${column}: ${message}`);
  }

  /** Answers the revision of the vault that was read: noted once the flows follow it, else it is tried again. */
  private async readBook(): Promise<string | undefined> {
    const { vault, credentials, variable } = this.parts;
    // Asked first: what changes in between is read again at the next look.
    const revision = await vault?.revision();
    const book = await readCredentials(credentials, variable, await vault?.entries());
    this.retired.replace(this.book, book);
    this.book = book;
    return revision;
  }

  /** A credential decides which flows check, so that a change of one is like a change of the folder. */
  private async followVault(): Promise<void> {
    if ((await this.parts.vault?.revision()) !== this.vaultRevision) await this.reload();
  }

  private async refreshIfChanged(): Promise<void> {
    if ((await this.parts.store.revision()) !== this.revision) await this.refresh();
  }

  private async refresh(): Promise<void> {
    const revision = await this.parts.store.revision();
    const flows = (await this.parts.store.list()).filter((flow) => !flow.archived);
    this.live = new Map(await Promise.all(flows.map(async (flow) => [flow.id, await this.liven(flow)] as const)));
    this.shared = livenEndpoints(this.declared, this.book, this.live.values());
    this.revision = revision;
  }

  private async liven(entity: FlowEntity): Promise<LiveFlow> {
    const { id, paused } = entity;
    const enabled = entity.enabled && !paused;
    const base = { id, version: entity.liveVersion ?? 0, enabled, paused, ...NOT_LIVE };
    const version = entity.liveVersion && (await this.parts.store.version(entity.id, entity.liveVersion));
    if (!version) return { ...base, problems: entity.problems };
    // A flow that this one calls may come later: its call says so then.
    const { flow, problems } = checkFlow(version.text, { ...this.known(entity.id), endpoints: this.declared.names });
    if (flow) this.callable.set(entity.id, flowInfo(flow));
    if (!flow) return { ...base, problems };
    const { trigger } = flow;
    const declared = { ...base, declared: trigger };
    if (hasErrors(problems)) return { ...declared, problems };
    if (trigger.type !== 'webhook') return { ...declared, trigger, inputProblem: inputCheck(trigger), problems: entity.problems };
    const name = trigger.credential;
    const credential = name === undefined ? undefined : this.book.get(name);
    // The checker has said so already, but a URL must never be open because its credential could not be had.
    if (name !== undefined && !credential) return { ...declared, problems };
    const { endpoint } = trigger;
    const rules = webhookRules(trigger, schemaCheck);
    return { ...declared, trigger, ...(endpoint !== undefined && { endpoint }), rules, credential, problems: entity.problems };
  }

  private async makePlan(flowId: string, version: number): Promise<Plan> {
    const stored = await this.parts.store.version(flowId, version);
    if (!stored) throw new NotRunnable('it is not stored');
    // What a run needs is its steps: the endpoint that started it may be gone by now.
    const { flow, problems } = checkFlow(stored.text, this.known(flowId));
    const error = problems.find(({ severity }) => severity === 'error');
    if (!flow || error) throw new NotRunnable(error?.message ?? 'it does not parse');
    try {
      return planFlow(flow, version, (name) => this.components.all.get(name));
    } catch (cause) {
      throw new NotRunnable((cause as Error).message, { cause });
    }
  }
}

function inputCheck(trigger: Trigger): LiveFlow['inputProblem'] {
  if (trigger.type !== 'call' || trigger.input === undefined) return undefined;
  const misfit = schemaCheck(trigger.input);
  return (input) => misfit(input)?.problem;
}
