import { Client } from 'pg';
import { answerChannel } from './sql/ring.js';

/** Pause before the connection is tried again. */
const RETRY_MS = 1_000;

export interface BellParts {
  /** `postgres://…` */
  readonly url: string;
  /** Id of the process that is rung. */
  readonly instance: string;
  /** A run that this process awaits has an answer. Rings that come while nobody listens are lost. */
  onRing(runId: string): void;
  /** Once for each time that the connection is lost. */
  onLost(error: Error): void;
}

/**
 * Listens for the answers of runs that other processes walk, on a connection of its own: one that is shared cannot LISTEN.
 * https://www.postgresql.org/docs/current/sql-listen.html
 */
export class AnswerBell {
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private listening: Promise<void> | undefined;
  private lost = false;
  private closed = false;

  constructor(private readonly parts: BellParts) {}

  /** Begins to listen, and goes on doing so until `close`. Does nothing when it does so already. Rejects never. */
  listen(): Promise<void> {
    this.listening ??= this.connect();
    return this.listening;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.listening;
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    if (this.closed) return;
    const client = new Client({ connectionString: this.parts.url, application_name: 'millrace-answers', keepAlive: true });
    this.client = client;
    client.on('notification', ({ payload }) => this.parts.onRing(payload ?? ''));
    client.on('error', (error) => this.again(client, error));
    client.on('end', () => this.again(client, new Error('The connection ended.')));
    try {
      await client.connect();
      await client.query(`listen ${answerChannel(this.parts.instance)}`);
      this.lost = false;
    } catch (error) {
      this.again(client, error as Error);
    }
  }

  private again(client: Client, error: Error): void {
    if (this.closed || this.client !== client) return;
    this.client = undefined;
    client.end().catch(() => undefined);
    if (!this.lost) this.parts.onLost(error);
    this.lost = true;
    this.timer = setTimeout(() => {
      this.listening = this.connect();
    }, RETRY_MS);
  }
}
