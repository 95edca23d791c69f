import type { EndpointEntity } from '@millrace/postgres';
import type { Log } from '@millrace/telemetry';
import type { CredentialBook } from './credentials.js';
import { beforeFile, checkMade, NO_ENDPOINTS, readEndpoints, type EndpointBook } from './endpoints.js';

export interface EndpointPlaces {
  /** Of `endpoints.json`; without one no file declares any. */
  readonly path: string | undefined;
  /** Those that were made through the API. */
  readonly store: MadeEndpoints | undefined;
  readonly log: Log;
}

export interface MadeEndpoints {
  list(): Promise<EndpointEntity[]>;
  /** Changes whenever any of them does. */
  revision(): Promise<string>;
}

/** The endpoints of the file and those that were made, each with its last good form for as long as the process lives. */
export class EndpointShelf {
  private file = NO_ENDPOINTS;
  private made = NO_ENDPOINTS;
  private both = NO_ENDPOINTS;
  private said = '';

  constructor(private readonly places: EndpointPlaces) {}

  get book(): EndpointBook {
    return this.both;
  }

  async revision(): Promise<string> {
    return (await this.places.store?.revision()) ?? '';
  }

  /** Reads both anew. Rejects when either cannot be read; nothing changes then. */
  async read(credentials: CredentialBook): Promise<void> {
    const { path, store } = this.places;
    const made = store ? checkMade(await store.list(), credentials, this.made) : NO_ENDPOINTS;
    const file = path === undefined ? NO_ENDPOINTS : await readEndpoints(path, credentials, this.file);
    [this.file, this.made, this.both] = [file, made, beforeFile(made, file)];
    this.explain();
  }

  /** What is wrong is said once, until it changes. */
  private explain(): void {
    const { path = '', log } = this.places;
    const lines = [
      ...this.file.problems.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`),
      ...this.made.problems.map(({ path: at, message }) => `The endpoint ${at.slice(1)}: ${message}`),
    ];
    if (this.said === lines.join('\n')) return;
    this.said = lines.join('\n');
    for (const line of lines) log.warn(line);
  }
}
