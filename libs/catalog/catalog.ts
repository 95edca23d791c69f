import { collectRule, laneRule, webhookRules, type Plan } from '@millrace/engine';
import {
  checkFlow,
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
import { NO_CREDENTIALS, readCredentials, type CredentialBook } from './credentials.js';
import { DraftPlaces, type Drafts } from './draft-places.js';
import { EndpointShelf, type MadeEndpoints } from './endpoint-shelf.js';
import { livenEndpoints, type EndpointBook } from './endpoints.js';
import { FlowExplainer } from './flow-explainer.js';
import { heldBack, priorityOf, rateOf, type HeldBack, type LiveEndpoint, type LiveFlow } from './live.js';
import { Plans } from './plans.js';
import { readFlowFile, readFlowFolder, watchFolder, type FlowFile } from './flow-folder.js';
import { RetiredSecrets } from './retired-secrets.js';
import type { Vault } from './vault/vault.js';

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
  /** The endpoints that were made through the API; without it there are those of the file only. */
  readonly made?: MadeEndpoints;
  /** What is not published yet; without it unpublished flows have no URL. */
  readonly drafts?: Drafts;
  readonly log: Log;
  /** Told when a file of the folder was published, or its flow archived because the file is gone. */
  readonly onFolderChange?: (action: 'flow.published' | 'flow.archived', flow: string, details: { readonly version?: number }) => void;
}

class FileMovedOn extends Error {}

interface RefusedFile extends FlowFile {
  readonly problems: readonly Problem[];
}

/** The problem of a credential whose environment variable is not set. */
const MISSING_SECRET = 'credential.secret-missing';
const NOT_LIVE = { credential: undefined, rules: undefined, trigger: undefined } as const;
const POLL_MS = 1_000;

/**
 * What is live: flows, components, credentials. Publishes the flows folder at the start and on every change, and
 * follows what other processes publish by the store's revision.
 */
export class Catalog {
  private live = new Map<string, LiveFlow>();
  private held = heldBack([]);
  /** What flows that call others are checked against. */
  private readonly callable = new Map<string, FlowInfo>();
  private shared = new Map<string, LiveEndpoint>();
  private readonly shelf: EndpointShelf;
  private readonly drafts: DraftPlaces;
  private book: CredentialBook = NO_CREDENTIALS;
  private revision = '';
  private readings = 0;
  /** Of what decides which flows check, beside the folder: sealed credentials, and endpoints. */
  private outside: string | undefined;
  private readonly retired = new RetiredSecrets();
  private readonly plans: Plans;
  private readonly explainer: FlowExplainer;
  private readonly watchers: { close(): void }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private work: Promise<unknown> = Promise.resolve();

  private constructor(private readonly parts: CatalogParts) {
    const { endpoints: path, made: store, drafts, log } = parts;
    this.shelf = new EndpointShelf({ path, store, log });
    this.drafts = new DraftPlaces(drafts);
    this.explainer = new FlowExplainer(log);
    // What a run needs is its steps: the endpoint that started it may be gone by now.
    this.plans = new Plans(parts.store, parts.components, (flowId) => this.known(flowId));
  }

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

  /** What the URL of a flow leads to: the version that is live or, where none is, the draft. */
  place(id: string): LiveFlow | undefined {
    const flow = this.live.get(id);
    return flow && flow.version > 0 ? flow : (this.drafts.get(id) ?? flow);
  }

  /** The live flows that call this one, in their order; it itself is none of them. */
  callersOf(id: string): readonly string[] {
    const callers = this.flows().filter((flow) => flow.id !== id && flow.calls?.includes(id));
    return callers.map((flow) => flow.id).sort();
  }

  flows(): readonly LiveFlow[] {
    return [...this.live.values()];
  }

  /** Another one as soon as what is live was read anew, of this process: whatever is asked of it from then on is answered by that. */
  get reading(): string {
    return String(this.readings);
  }

  /** What claims have to look for. Each round of claims asks, so that it is found out when what is live changes. */
  get heldBack(): HeldBack {
    return this.held;
  }

  endpoint(name: string): LiveEndpoint | undefined {
    return this.shared.get(name);
  }

  endpoints(): readonly LiveEndpoint[] {
    return [...this.shared.values()];
  }

  /** As they were declared, with those that cannot take anything. */
  get declaredEndpoints(): EndpointBook {
    return this.shelf.book;
  }

  /** The largest body that anything live takes, or `fallback` where that is more. */
  largestBody(fallback: number): number {
    const places = [...this.live.values(), ...this.drafts.all(), ...this.shared.values()];
    return Math.max(fallback, ...places.map(({ rules }) => rules?.maxBytes ?? 0));
  }

  /** Parses and checks a text against what this process has. */
  check(text: string, flowId?: string): { flow?: Flow; problems: readonly Problem[] } {
    return checkFlow(text, { ...this.known(flowId), endpoints: this.shelf.book.names, flows: this.callable });
  }

  private known(flowId?: string): CheckOptions {
    return {
      components: this.components.all,
      credentials: this.book.known,
      ...(flowId === undefined ? {} : { flowId }),
    };
  }

  /** A version ready to run; compiled once. Rejects with NotRunnable when it is gone or no longer checks. */
  plan(flowId: string, version: number): Promise<Plan> {
    return this.plans.get(flowId, version);
  }

  /** Publishes the folder and reads the credentials again. One at a time, in order. */
  reload(): Promise<void> {
    return this.enqueue(async () => {
      // Asked first: what changes in between is read again at the next look.
      const outside = await this.outsideRevision();
      await this.readBook();
      this.plans.clear();
      await this.shelf.read(this.book);
      const refused = this.parts.flows === undefined ? [] : await this.publishFolder(this.parts.flows);
      await this.refresh();
      // By now it is known whether the version before stays live: what it needs may be gone as well.
      for (const { id, path, problems } of refused) this.explainer.explain(id, path, problems, this.live.get(id));
      this.outside = outside;
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

  /** Follows a draft at once, so that a URL that somebody was just shown is there; any other is found by the next look. */
  async followDraft(id: string): Promise<void> {
    if ((this.live.get(id)?.version ?? 0) > 0) return;
    await this.enqueue(() => this.readDrafts()).catch((error: unknown) =>
      this.parts.log.debug({ reason: (error as Error).message }, 'The drafts could not be read'),
    );
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
      this.followOutside()
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

  /** Answers what was not published. */
  private async publishFolder(folder: string): Promise<RefusedFile[]> {
    const files = await readFlowFolder(folder);
    for (const [id, info] of flowInfos(files)) this.callable.set(id, info);
    const refused: RefusedFile[] = [];
    for (const file of files) {
      const problems = await this.publish(file);
      if (problems) refused.push({ ...file, problems });
    }
    const present = new Set(files.map(({ id }) => id));
    for (const flow of await this.parts.store.list()) {
      if (present.has(flow.id) || flow.archived) continue;
      if (!(await this.parts.store.archive(flow.id))) continue;
      this.parts.log.info(`Flow ${flow.id} is archived: it has no file in ${folder}`);
      this.parts.onFolderChange?.('flow.archived', flow.id, {});
    }
    return refused;
  }

  /** Answers why it was not published. */
  private async publish({ id, text, path }: FlowFile): Promise<readonly Problem[] | undefined> {
    const { flow, problems } = this.check(text, id);
    if (!flow || hasErrors(problems)) {
      await this.parts.store.refuse(id, problems);
      return problems;
    }
    this.explainer.forget(id);
    const published = await this.publishIfStill({ id, text, path }, flow);
    if (published?.kind !== 'published') return undefined;
    this.parts.log.info(`Flow ${id} is live as version ${published.version}`);
    this.parts.onFolderChange?.('flow.published', id, { version: published.version });
    return undefined;
  }

  /** A file that was written since it was read, by a publication for one, is left to the reading that this brings about. */
  private async publishIfStill({ id, text, path }: FlowFile, flow: Flow): Promise<Published | undefined> {
    const before = async (): Promise<void> => {
      const file = await readFlowFile(path).catch(() => undefined);
      if (file?.text !== text) throw new FileMovedOn();
    };
    const publication = { origin: 'folder', rate: rateOf(flow), priority: priorityOf(flow), before } as const;
    return this.parts.store.publish(id, text, flow.enabled !== false, publication).catch((error: unknown) => {
      if (!(error instanceof FileMovedOn)) throw error;
      return undefined;
    });
  }

  private async readBook(): Promise<void> {
    const { vault, credentials, variable } = this.parts;
    const before = this.book;
    const book = await readCredentials(credentials, variable, await vault?.entries(), before);
    this.retired.replace(before, book);
    this.book = book;
    for (const { code, message, kept } of book.problems) this.parts.log[code === MISSING_SECRET && !kept ? 'debug' : 'warn'](message);
    const keeps = ({ problems }: CredentialBook): boolean => problems.some(({ kept }) => kept);
    if (keeps(before) && !keeps(book)) this.parts.log.info(`${credentials} can be used again as it stands`);
  }

  private async outsideRevision(): Promise<string> {
    return `${await this.parts.vault?.revision()} ${await this.shelf.revision()}`;
  }

  /** A credential or an endpoint decides which flows check, so that a change of one is like a change of the folder. */
  private async followOutside(): Promise<void> {
    if ((await this.outsideRevision()) !== this.outside) await this.reload();
  }

  private async refreshIfChanged(): Promise<void> {
    if ((await this.parts.store.revision()) !== this.revision) await this.refresh();
    else if (await this.drafts.areOld()) await this.readDrafts();
  }

  private readDrafts(): Promise<void> {
    const known = { ...this.known(undefined), endpoints: this.shelf.book.names };
    const isLive = (id: string): boolean => (this.live.get(id)?.version ?? 0) > 0;
    return this.drafts.read({ known, credentials: this.book, isLive });
  }

  private async refresh(): Promise<void> {
    const revision = await this.parts.store.revision();
    const flows = (await this.parts.store.list()).filter((flow) => !flow.archived);
    this.live = new Map(await Promise.all(flows.map(async (flow) => [flow.id, await this.liven(flow)] as const)));
    for (const id of this.callable.keys()) if (!this.live.has(id)) this.callable.delete(id);
    this.held = heldBack(this.live.values());
    this.shared = livenEndpoints(this.shelf.book, this.book, this.live.values());
    await this.readDrafts();
    this.revision = revision;
    this.readings += 1;
  }

  private async liven(entity: FlowEntity): Promise<LiveFlow> {
    const { id, paused } = entity;
    const enabled = entity.enabled && !paused;
    const base = { id, version: entity.liveVersion ?? 0, enabled, paused, ...NOT_LIVE };
    const version = entity.liveVersion && (await this.parts.store.version(entity.id, entity.liveVersion));
    if (!version) return { ...base, problems: entity.problems };
    // A flow that this one calls may come later: its call says so then.
    const { flow, problems } = checkFlow(version.text, { ...this.known(entity.id), endpoints: this.shelf.book.names });
    if (!flow) return { ...base, problems };
    const info = flowInfo(flow);
    this.callable.set(entity.id, info);
    const { trigger } = flow;
    const lane = flow.concurrency && laneRule(flow.concurrency);
    const across = { collects: collectRule(flow), ...(lane && { lane }), rate: rateOf(flow), priority: priorityOf(flow) };
    const declared = { ...base, declared: trigger, calls: info.calls, ...across };
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
}

function inputCheck(trigger: Trigger): LiveFlow['inputProblem'] {
  if (trigger.type !== 'call' || trigger.input === undefined) return undefined;
  const misfit = schemaCheck(trigger.input);
  return (input) => misfit(input)?.problem;
}
